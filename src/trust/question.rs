//! What path validation is asked. Everything is an argument; nothing here knows the time or any file.

use super::crl::Crl;
use super::reference::Reference;
use super::ruleset::Ruleset;

/// May this chain be believed, for these names, this use, at this time?
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Seconds since 1970; fractions are cut off, as certificates know whole seconds only.
    pub at: i64,
    /// All of them must be presented by the leaf.
    pub names: Vec<Reference>,
    /// A common name counts as a host name where the leaf has no dNSName: for `names`, and for name constraints.
    pub common_name: bool,
    /// Object identifiers, as encoded, of which every certificate below the anchor must allow each; empty asks for nothing.
    pub purposes: Vec<Vec<u8>>,
    /// How many CA certificates that are not self-issued may stand between leaf and anchor.
    pub max_depth: Option<u32>,
    pub ruleset: Ruleset,
    /// With at least one, every certificate below the anchor needs a status (RFC 5280 section 6.3).
    pub crls: Vec<Crl>,
    pub effort: Effort,
}

/// How much is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effort {
    /// Yes or no: stop at the first path that holds.
    Verdict,
    /// Every path that holds, and for each that does not every reason.
    #[default]
    Explain,
}

/// extKeyUsage purposes by the names people use, as encoded.
pub const PURPOSES: &[(&str, &[u8])] = &[
    ("any", super::profile::ANY_PURPOSE),
    ("serverAuth", &[0x2b, 6, 1, 5, 5, 7, 3, 1]),
    ("clientAuth", &[0x2b, 6, 1, 5, 5, 7, 3, 2]),
    ("codeSigning", &[0x2b, 6, 1, 5, 5, 7, 3, 3]),
    ("emailProtection", &[0x2b, 6, 1, 5, 5, 7, 3, 4]),
    ("timeStamping", &[0x2b, 6, 1, 5, 5, 7, 3, 8]),
    ("OCSPSigning", &[0x2b, 6, 1, 5, 5, 7, 3, 9]),
];

/// The object identifiers for purposes by name or dotted; `any` asks for nothing. `Err` with the first that is neither.
pub fn purposes<S: AsRef<str>>(names: &[S]) -> Result<Vec<Vec<u8>>, String> {
    let is_any = |name: &str| name.eq_ignore_ascii_case("any") || name.eq_ignore_ascii_case("anyExtendedKeyUsage");
    let wanted = names.iter().map(AsRef::as_ref).filter(|name| !is_any(name));
    let known =
        |name: &str| PURPOSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, oid)| oid.to_vec());
    wanted.map(|name| known(name).or_else(|| super::asn1::encode_oid(name)).ok_or_else(|| name.to_owned())).collect()
}
