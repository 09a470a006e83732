//! Which checks a ruleset makes beyond what every ruleset does. This table is the only place that says so.

/// The question "valid by whose rules?".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ruleset {
    /// Path validation as RFC 5280 section 6 defines it: a trust anchor is a name and a key.
    #[default]
    Rfc5280,
    /// What a verifier of public web certificates may insist on: also the profile of RFC 5280 section 4 and the CA/Browser
    /// Forum's Baseline Requirements (BR).
    PublicTls,
}

/// A check that not every ruleset makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    AnchorDates,
    AnchorAsCa,
    CaWithoutKeyUsage,
    BasicConstraintsNotCritical,
    LeafIsCa,
    LeafSignsCertificates,
    PathLengthMisplaced,
    NotVersion3,
    Serial,
    EmptyIssuer,
    CaWithoutSubject,
    SmallKey,
    KeySize,
    KeyType,
    ExplicitCurve,
    AkiCritical,
    AkiMissing,
    AkiForm,
    RootAkiDiffers,
    SkiCritical,
    SkiMissing,
    EkuMissing,
    EkuAny,
    EkuCritical,
    EkuInRoot,
    NoSan,
    SanNotCritical,
    SanCritical,
    SanSyntax,
    CommonNameNotInSan,
    WildcardTooWide,
    ConstraintsInLeaf,
    ConstraintSyntax,
    PolicyConstraintsNotCritical,
    AccessInformation,
    CrlNumber,
}

/// One line of the table.
pub struct Rule {
    pub check: Check,
    pub rfc5280: bool,
    pub public_tls: bool,
    /// The lint rule that says the same.
    pub id: &'static str,
    /// What is wrong, said of the certificate.
    pub fault: &'static str,
    pub source: &'static str,
}

const fn both(check: Check, id: &'static str, fault: &'static str, source: &'static str) -> Rule {
    Rule { check, rfc5280: true, public_tls: true, id, fault, source }
}

const fn public(check: Check, id: &'static str, fault: &'static str, source: &'static str) -> Rule {
    Rule { check, rfc5280: false, public_tls: true, id, fault, source }
}

/// In the order of `Check`.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    both(Check::AnchorDates, "cert/expired-ca", "is a trust anchor outside its validity", "RFC 5280 6.1.1 (d) leaves it open; OpenSSL and Go refuse it"),
    public(Check::AnchorAsCa, "chain/not-a-ca", "is a trust anchor that is no proper CA certificate", "BR 7.1.2.1"),
    public(Check::CaWithoutKeyUsage, "cert/ca-no-ku", "is an intermediate certificate without keyUsage", "RFC 5280 4.2.1.3"),
    public(Check::BasicConstraintsNotCritical, "cert/bc-not-critical", "is a CA certificate whose basicConstraints is not critical", "RFC 5280 4.2.1.9"),
    public(Check::LeafIsCa, "cert/leaf-is-ca", "is a CA certificate used as a server's", "BR 7.1.2.7.8"),
    public(Check::LeafSignsCertificates, "cert/ku-leaf-certsign", "has keyCertSign although it is no CA certificate", "RFC 5280 4.2.1.9"),
    public(Check::PathLengthMisplaced, "cert/pathlen-misplaced", "has a path length although it is no CA certificate or lacks keyCertSign", "RFC 5280 4.2.1.9"),
    public(Check::NotVersion3, "cert/version", "is not of version 3", "BR 7.1.1"),
    public(Check::Serial, "cert/serial", "has a serial number that is not positive or longer than 20 octets", "RFC 5280 4.1.2.2"),
    public(Check::EmptyIssuer, "cert/malformed", "has an empty issuer", "RFC 5280 4.1.2.4"),
    public(Check::CaWithoutSubject, "cert/ca-empty-subject", "is a CA certificate without a subject", "RFC 5280 4.1.2.6"),
    both(Check::SmallKey, "cert/weak-key", "has an RSA key of less than 1024 bits", "NIST SP 800-131A"),
    public(Check::KeySize, "cert/weak-key", "has an RSA key of less than 2048 bits, or of a length that is no multiple of 8", "BR 6.1.5"),
    public(Check::KeyType, "cert/key-type", "has a key that is neither RSA nor ECDSA on P-256, P-384 or P-521", "BR 6.1.5, 7.1.3.1"),
    both(Check::ExplicitCurve, "cert/key-type", "has a key on a curve without a name", "RFC 5480 2.1.1"),
    public(Check::AkiCritical, "cert/aki-ski", "has a critical authorityKeyIdentifier", "RFC 5280 4.2.1.1"),
    public(Check::AkiMissing, "cert/aki-ski", "has no authorityKeyIdentifier although another CA signed it", "RFC 5280 4.2.1.1"),
    public(Check::AkiForm, "cert/aki-ski", "has an authorityKeyIdentifier without key id, or with issuer or serial number", "BR 7.1.2.1.3, 7.1.2.11.1"),
    public(Check::RootAkiDiffers, "cert/aki-ski", "is self-signed and its authorityKeyIdentifier is not its subjectKeyIdentifier", "BR 7.1.2.1.3"),
    public(Check::SkiCritical, "cert/aki-ski", "has a critical subjectKeyIdentifier", "RFC 5280 4.2.1.2"),
    public(Check::SkiMissing, "cert/aki-ski", "is a CA certificate without subjectKeyIdentifier", "RFC 5280 4.2.1.2"),
    public(Check::EkuMissing, "cert/eku", "has no extKeyUsage", "BR 7.1.2.7.6"),
    public(Check::EkuAny, "cert/eku", "has anyExtendedKeyUsage", "BR 7.1.2.7.10"),
    public(Check::EkuCritical, "cert/eku-critical", "has a critical extKeyUsage", "BR 7.1.2.7.6"),
    public(Check::EkuInRoot, "cert/eku-in-root", "is a root with extKeyUsage", "BR 7.1.2.1.2"),
    public(Check::NoSan, "name/no-san", "has no subjectAltName", "BR 7.1.2.7.12"),
    public(Check::SanNotCritical, "name/san-not-critical-empty-subject", "has an empty subject, and its subjectAltName is not critical", "RFC 5280 4.2.1.6"),
    public(Check::SanCritical, "name/san-critical", "has a subject, and yet its subjectAltName is critical", "BR 7.1.2.7.12"),
    public(Check::SanSyntax, "name/bad-san", "has a subjectAltName entry that is no proper host name or address", "RFC 5280 4.2.1.6"),
    public(Check::CommonNameNotInSan, "name/cn-not-in-san", "has a common name that is not, character for character, in its subjectAltName", "BR 7.1.4.3"),
    public(Check::WildcardTooWide, "name/wildcard", "has a wildcard that covers a whole top-level domain", "BR 3.2.2.6"),
    public(Check::ConstraintsInLeaf, "cert/nc-not-in-ca", "has nameConstraints although it is no CA certificate", "RFC 5280 4.2.1.10"),
    public(Check::ConstraintSyntax, "cert/nc-malformed", "has a name constraint with a leading dot or a wildcard", "RFC 5280 4.2.1.10"),
    public(Check::PolicyConstraintsNotCritical, "cert/pc-not-critical", "has a policyConstraints that is not critical", "RFC 5280 4.2.1.11"),
    public(Check::AccessInformation, "cert/malformed-ext", "has an authorityInfoAccess that is critical or cannot be read", "RFC 5280 4.2.2.1"),
    public(Check::CrlNumber, "crl/number", "was checked with a CRL whose cRLNumber is missing or critical", "RFC 5280 5.2.3"),
];

impl Check {
    pub fn rule(self) -> &'static Rule {
        &RULES[self as usize]
    }
}

impl Ruleset {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Ruleset::Rfc5280 => "rfc5280",
            Ruleset::PublicTls => "public-tls",
        }
    }

    pub fn makes(self, check: Check) -> bool {
        let rule = check.rule();
        match self {
            Ruleset::Rfc5280 => rule.rfc5280,
            Ruleset::PublicTls => rule.public_tls,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_checks() {
        for (index, rule) in RULES.iter().enumerate() {
            assert_eq!(rule.check as usize, index, "{:?}", rule.check);
        }
        assert_eq!(RULES.len(), Check::CrlNumber as usize + 1);
    }
}
