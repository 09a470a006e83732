//! `[tls.inbound]`, `[tls.outbound]`, `[tls.https]`: protocol versions and cipher suites of each kind of service.

use super::words::Word;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    V1_2,
    V1_3,
}

impl Word for TlsVersion {
    const WORDS: &'static [(TlsVersion, &'static str)] = &[(TlsVersion::V1_2, "1.2"), (TlsVersion::V1_3, "1.3")];
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    pub versions: Vec<TlsVersion>,
    /// OpenSSL's names; `None` is every suite that the TLS library has.
    pub ciphers: Option<Vec<String>>,
}

impl Default for TlsSettings {
    fn default() -> TlsSettings {
        TlsSettings { versions: vec![TlsVersion::V1_2, TlsVersion::V1_3], ciphers: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlsByService {
    pub inbound: TlsSettings,
    pub outbound: TlsSettings,
    pub https: TlsSettings,
}
