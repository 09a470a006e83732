//! The number of a revision, as people say it (`42`) and as its directory is called (`000042`).

use std::fmt;
use std::str::FromStr;

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct RevisionNumber(u32);

impl RevisionNumber {
    pub const FIRST: RevisionNumber = RevisionNumber(1);

    pub fn next(self) -> RevisionNumber {
        RevisionNumber(self.0.saturating_add(1))
    }

    /// The name of its directory: at least six digits.
    pub fn directory(self) -> String {
        format!("{:06}", self.0)
    }

    /// The revision whose directory has this name; `None` for any other name.
    pub fn from_directory(name: &str) -> Option<RevisionNumber> {
        let number = name.parse().ok().map(RevisionNumber)?;
        (number.0 > 0 && number.directory() == name).then_some(number)
    }
}

impl From<RevisionNumber> for u32 {
    fn from(number: RevisionNumber) -> u32 {
        number.0
    }
}

impl fmt::Display for RevisionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RevisionNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<RevisionNumber, String> {
        match text.parse() {
            Ok(0) | Err(_) => Err(format!("`{text}` is no revision number")),
            Ok(number) => Ok(RevisionNumber(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RevisionNumber;

    #[test]
    fn only_the_one_spelling_names_a_directory() {
        assert_eq!(RevisionNumber::from_directory("000042"), Some(RevisionNumber(42)));
        assert_eq!(RevisionNumber::from_directory("1000000"), Some(RevisionNumber(1_000_000)));
        for other in ["42", "0000042", "000000", "+00042", ".000042.tmp", "", "4294967296"] {
            assert_eq!(RevisionNumber::from_directory(other), None, "{other}");
        }
    }
}
