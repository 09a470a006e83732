//! What one revision gives to the engine: plain data, read once. `app` makes it from a revision, `live` makes it ready to use.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::certificate::Certificate;
use crate::model::configuration::Configuration;
use crate::model::private_key::PrivateKey;
use crate::model::profile_name::ProfileName;
use crate::trust::peer::Anchors;

/// A revision as the engine knows it.
#[derive(Debug, Clone)]
pub struct Gateway {
    pub revision: u32,
    pub configuration: Configuration,
    /// Every profile that can be presented and that a role names, and the Demo profile.
    pub identities: BTreeMap<ProfileName, Identity>,
    /// What a server role without a profile presents.
    pub demo: ProfileName,
    /// The certificates of the enabled authority lists.
    pub anchors: Arc<Anchors>,
}

/// What is presented: a key and the chain for it.
#[derive(Debug, Clone)]
pub struct Identity {
    pub key: PrivateKey,
    /// Leaf first, without a root; never empty.
    pub chain: Vec<Certificate>,
}
