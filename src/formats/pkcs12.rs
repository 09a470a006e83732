//! Stand-in for the part pkcs12 until it is merged: recognises nothing.
use zeroize::Zeroizing;

#[derive(Debug, thiserror::Error)]
pub enum Pkcs12Error {
    #[error("not PKCS#12")]
    NotPkcs12,
    #[error("wrong password")]
    WrongPassword,
    #[error("{0}")]
    Unsupported(String),
}

pub struct Protection;

impl std::fmt::Display for Protection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PKCS#12")
    }
}

impl Protection {
    pub fn needs_password(&self) -> bool {
        true
    }
}

pub struct Archive {
    pub entries: Vec<Entry>,
}

pub struct Entry {
    pub content: Content,
    pub friendly_name: Option<String>,
    pub local_key_id: Option<Vec<u8>>,
}

pub enum Content {
    Certificate(Vec<u8>),
    Key(Zeroizing<Vec<u8>>),
    Other(String),
}

pub fn inspect(_: &[u8]) -> Result<Protection, Pkcs12Error> {
    Err(Pkcs12Error::NotPkcs12)
}

pub fn open(_: &[u8], _: &str) -> Result<Archive, Pkcs12Error> {
    Err(Pkcs12Error::NotPkcs12)
}
