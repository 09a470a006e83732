//! The name of a profile: safe as a file name, on a command line and in a log.

use std::fmt;
use std::str::FromStr;

/// `[A-Za-z0-9][A-Za-z0-9._-]{0,62}`, kept as given; `Demo` in any case is the name of the built-in profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName(String);

/// The name of the profile that `init` makes.
pub const DEMO: &str = "Demo";

impl ProfileName {
    /// The built-in profile, which can be neither renamed, removed nor exported.
    pub fn demo() -> ProfileName {
        ProfileName(DEMO.into())
    }

    pub fn is_demo(&self) -> bool {
        self.0.eq_ignore_ascii_case(DEMO)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no profile name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileNameError {
    #[error("a profile name cannot be empty")]
    Empty,
    #[error("a profile name has at most 63 characters, this has {0}")]
    TooLong(usize),
    #[error("a profile name begins with a letter or a digit, not with `{0}`")]
    BadStart(char),
    #[error("a profile name holds letters, digits, `.`, `_` and `-`, not `{0}`")]
    BadCharacter(char),
}

impl FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<ProfileName, ProfileNameError> {
        let first = text.chars().next().ok_or(ProfileNameError::Empty)?;
        if let Some(bad) = text.chars().find(|c| !(c.is_ascii_alphanumeric() || "._-".contains(*c))) {
            return Err(ProfileNameError::BadCharacter(bad));
        }
        if !first.is_ascii_alphanumeric() {
            return Err(ProfileNameError::BadStart(first));
        }
        if text.len() > 63 {
            return Err(ProfileNameError::TooLong(text.len()));
        }
        Ok(ProfileName(text.to_owned()))
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for ProfileName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl schemars::JsonSchema for ProfileName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ProfileName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_paths_or_options_are_refused() {
        for bad in ["", "..", "../x", "a/b", "-x", ".hidden", "a b", "ä", "a\0b", &"x".repeat(64)] {
            assert!(bad.parse::<ProfileName>().is_err(), "{bad:?} was accepted");
        }
        for good in ["mx-2026", "a", "7", "mx1.example.com", &"x".repeat(63)] {
            assert!(good.parse::<ProfileName>().is_ok(), "{good:?} was refused");
        }
    }
}
