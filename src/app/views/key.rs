//! A public key, and a private key by its public half. No private number is ever in a view.

use crate::model::fingerprint::Fingerprint;
use crate::model::public_key::PublicKey;

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct KeyView {
    /// `RSA 2048`, `ECDSA P-256`, `Ed25519`.
    pub algorithm: String,
    /// Over the SubjectPublicKeyInfo.
    pub sha256: Fingerprint,
}

impl From<&PublicKey> for KeyView {
    fn from(key: &PublicKey) -> KeyView {
        KeyView { algorithm: key.kind().to_string(), sha256: key.fingerprint() }
    }
}
