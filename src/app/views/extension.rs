//! An extension, for `--full`.

use crate::model::extension::Extension;

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct ExtensionView {
    /// Dotted.
    pub oid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub critical: bool,
    /// Decoded for people, or hexadecimal.
    pub value: Vec<String>,
}

impl From<Extension> for ExtensionView {
    fn from(extension: Extension) -> ExtensionView {
        let Extension { oid, name, critical, value } = extension;
        ExtensionView { oid, name: name.map(str::to_owned), critical, value }
    }
}
