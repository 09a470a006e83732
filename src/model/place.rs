//! Where something stands in a file.

use std::fmt;

/// A place in an input file, as exact as is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
pub struct Place {
    /// The file as the operator named it; `-` for standard input.
    pub file: String,
    /// Which block or container entry of the file, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<usize>,
    /// Line, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// Byte offset, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<usize>,
}

impl Place {
    /// The file as a whole.
    pub fn file(name: impl Into<String>) -> Place {
        Place { file: name.into(), ..Place::default() }
    }
}

/// `mail.pem`, `mail.pem line 27`, `mail.p12 entry 2`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = if self.file == "-" { "standard input" } else { &self.file };
        match (self.line, self.block) {
            (Some(line), _) => write!(f, "{name} line {line}"),
            (None, Some(block)) => write!(f, "{name} entry {block}"),
            (None, None) => write!(f, "{name}"),
        }
    }
}
