//! One row for each cause of a failure: what it is called by our lint rules, by TLS reports (RFC 8460 section 4.3), and by SMTP
//! (RFC 3463). The sentence for people is with the facts, in `reason`.

use std::fmt;

use crate::deliver::status_code::StatusCode;

/// Why something failed, without the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    NullMx,
    NoSuchDomain,
    NoMailHost,
    DnsFailure,
    NoAddress,
    Loop,
    RouteDrops,
    Unreachable,
    Lost,
    GreetingRefused,
    NoExtendedSmtp,
    StartTlsNotOffered,
    StartTlsOnGreetingLine,
    StartTlsRefused,
    LostAtStartTls,
    OctetsBehindStartTls,
    HandshakeFailed,
    HandshakeSilent,
    LegacyProtocol,
    NoCommonCipher,
    NotEnabledHere,
    NotTls,
    WrongKey,
    ClientCertificateRefused,
    NoClientCertificate,
    SelfSigned,
    UnknownIssuer,
    UnknownRoot,
    MissingIntermediate,
    ExpiredLeaf,
    ExpiredCa,
    NotYetValid,
    WrongName,
    NoReference,
    CaAsLeaf,
    WrongUsage,
    WeakKey,
    WeakSignature,
    UncheckedSignature,
    BadSignature,
    Revoked,
    OtherCertificate,
    TlsWanted,
    TooLarge,
    EightBit,
    Utf8Address,
    Utf8Header,
    Refused,
    Unreadable,
}

/// The result types of RFC 8460 section 4.3 that a check of certificates can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsResult {
    StarttlsNotSupported,
    CertificateHostMismatch,
    CertificateExpired,
    CertificateNotTrusted,
    ValidationFailure,
}

/// One row.
#[derive(Debug)]
pub struct Row {
    pub cause: Cause,
    /// The lint rule that says the same of a certificate; for everything else a name of the same form.
    pub code: &'static str,
    /// What a TLS report counts it as; `None` where TLS has no part in it.
    pub result: Option<TlsResult>,
    /// In class 4: tried again. In class 5: refused for good. A reply with a code of its own goes before.
    pub status: StatusCode,
}

const fn row(cause: Cause, code: &'static str, result: Option<TlsResult>, status: (u8, u16, u16)) -> Row {
    Row { cause, code, result, status: StatusCode::new(status.0, status.1, status.2) }
}

const NONE: Option<TlsResult> = None;
const UNSUPPORTED: Option<TlsResult> = Some(TlsResult::StarttlsNotSupported);
const MISMATCH: Option<TlsResult> = Some(TlsResult::CertificateHostMismatch);
const EXPIRED: Option<TlsResult> = Some(TlsResult::CertificateExpired);
const UNTRUSTED: Option<TlsResult> = Some(TlsResult::CertificateNotTrusted);
const FAILURE: Option<TlsResult> = Some(TlsResult::ValidationFailure);

/// In the order of `Cause`.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(Cause::NullMx,                   "dns/null-mx",                    NONE,        (5, 1, 10)),
    row(Cause::NoSuchDomain,             "dns/no-such-domain",             NONE,        (5, 1, 2)),
    row(Cause::NoMailHost,               "dns/no-mail-host",               NONE,        (5, 4, 4)),
    row(Cause::DnsFailure,               "dns/failure",                    NONE,        (4, 4, 3)),
    row(Cause::NoAddress,                "dns/no-address",                 NONE,        (4, 4, 4)),
    row(Cause::Loop,                     "smtp/loop",                      NONE,        (5, 4, 6)),
    row(Cause::RouteDrops,               "smtp/route-drops",               NONE,        (5, 7, 1)),
    row(Cause::Unreachable,              "net/unreachable",                NONE,        (4, 4, 1)),
    row(Cause::Lost,                     "net/lost",                       NONE,        (4, 4, 2)),
    row(Cause::GreetingRefused,          "smtp/greeting-refused",          NONE,        (4, 3, 2)),
    row(Cause::NoExtendedSmtp,           "tls/no-esmtp",                   UNSUPPORTED, (4, 7, 4)),
    row(Cause::StartTlsNotOffered,       "tls/starttls-not-offered",       UNSUPPORTED, (4, 7, 4)),
    row(Cause::StartTlsOnGreetingLine,   "tls/starttls-on-greeting-line",  UNSUPPORTED, (4, 7, 4)),
    row(Cause::StartTlsRefused,          "tls/starttls-refused",           UNSUPPORTED, (4, 7, 0)),
    row(Cause::LostAtStartTls,           "tls/lost-at-starttls",           FAILURE,     (4, 4, 2)),
    row(Cause::OctetsBehindStartTls,     "tls/octets-behind-starttls",     FAILURE,     (4, 7, 5)),
    row(Cause::HandshakeFailed,          "tls/handshake-failed",           FAILURE,     (4, 7, 5)),
    row(Cause::HandshakeSilent,          "tls/handshake-silent",           FAILURE,     (4, 7, 5)),
    row(Cause::LegacyProtocol,           "tls/legacy-protocol",            FAILURE,     (4, 7, 5)),
    row(Cause::NoCommonCipher,           "tls/no-common-cipher",           FAILURE,     (4, 7, 5)),
    row(Cause::NotEnabledHere,           "tls/not-enabled-here",           FAILURE,     (4, 7, 5)),
    row(Cause::NotTls,                   "tls/not-tls",                    FAILURE,     (4, 7, 5)),
    row(Cause::WrongKey,                 "tls/wrong-key",                  FAILURE,     (4, 7, 5)),
    row(Cause::ClientCertificateRefused, "tls/client-certificate-refused", FAILURE,     (4, 7, 5)),
    row(Cause::NoClientCertificate,      "tls/no-client-certificate",      FAILURE,     (4, 7, 5)),
    row(Cause::SelfSigned,               "chain/self-signed-leaf",         UNTRUSTED,   (4, 7, 5)),
    row(Cause::UnknownIssuer,            "chain/untrusted-root",           UNTRUSTED,   (4, 7, 5)),
    row(Cause::UnknownRoot,              "chain/unknown-root",             UNTRUSTED,   (4, 7, 5)),
    row(Cause::MissingIntermediate,      "chain/missing-intermediate",     UNTRUSTED,   (4, 7, 5)),
    row(Cause::ExpiredLeaf,              "cert/expired-leaf",              EXPIRED,     (4, 7, 5)),
    row(Cause::ExpiredCa,                "cert/expired-ca",                EXPIRED,     (4, 7, 5)),
    row(Cause::NotYetValid,              "cert/not-yet-valid",             UNTRUSTED,   (4, 7, 5)),
    row(Cause::WrongName,                "name/hostname-mismatch",         MISMATCH,    (4, 7, 5)),
    row(Cause::NoReference,              "name/no-reference",              FAILURE,     (4, 7, 5)),
    row(Cause::CaAsLeaf,                 "cert/leaf-is-ca",                UNTRUSTED,   (4, 7, 5)),
    row(Cause::WrongUsage,               "cert/eku",                       UNTRUSTED,   (4, 7, 5)),
    row(Cause::WeakKey,                  "cert/weak-key",                  UNTRUSTED,   (4, 7, 5)),
    row(Cause::WeakSignature,            "cert/weak-signature",            UNTRUSTED,   (4, 7, 5)),
    row(Cause::UncheckedSignature,       "chain/unchecked-signature",      UNTRUSTED,   (4, 7, 5)),
    row(Cause::BadSignature,             "chain/bad-signature",            UNTRUSTED,   (4, 7, 5)),
    row(Cause::Revoked,                  "chain/revoked",                  UNTRUSTED,   (4, 7, 5)),
    row(Cause::OtherCertificate,         "cert/malformed",                 UNTRUSTED,   (4, 7, 5)),
    row(Cause::TlsWanted,                "tls/wanted-by-peer",             NONE,        (4, 7, 0)),
    row(Cause::TooLarge,                 "smtp/too-large",                 NONE,        (5, 3, 4)),
    row(Cause::EightBit,                 "smtp/8bit",                      NONE,        (5, 6, 3)),
    row(Cause::Utf8Address,              "smtp/utf8-address",              NONE,        (5, 6, 7)),
    row(Cause::Utf8Header,               "smtp/utf8-header",               NONE,        (5, 6, 9)),
    row(Cause::Refused,                  "smtp/refused",                   NONE,        (4, 0, 0)),
    row(Cause::Unreadable,               "queue/unreadable",               NONE,        (4, 3, 0)),
];

impl Cause {
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The peer's TLS is of the past.
    pub fn is_legacy(self) -> bool {
        matches!(self, Cause::LegacyProtocol | Cause::NoCommonCipher)
    }

    /// TLS was not reached, or not with the peer that was meant: what breaks a setting that requires it.
    pub fn is_tls(self) -> bool {
        self.row().result.is_some()
    }
}

/// The same code, as a constant of the program; `other` for one that no row has.
pub fn known_code(code: &str) -> &'static str {
    TABLE.iter().map(|row| row.code).find(|known| *known == code).unwrap_or("other")
}

impl fmt::Display for TlsResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TlsResult::StarttlsNotSupported => "starttls-not-supported",
            TlsResult::CertificateHostMismatch => "certificate-host-mismatch",
            TlsResult::CertificateExpired => "certificate-expired",
            TlsResult::CertificateNotTrusted => "certificate-not-trusted",
            TlsResult::ValidationFailure => "validation-failure",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_the_order_of_the_causes() {
        for (index, row) in TABLE.iter().enumerate() {
            assert_eq!(row.cause as usize, index, "{:?}", row.cause);
        }
        assert_eq!(TABLE.len(), Cause::Unreadable as usize + 1);
    }

    /// DELIVERY section 1: refused 4.7.0, not offered 4.7.4, handshake or verification 4.7.5, lost 4.4.2.
    #[test]
    fn every_failure_of_tls_is_tried_again() {
        for row in TABLE.iter().filter(|row| row.cause.is_tls()) {
            let expected = match row.cause {
                Cause::StartTlsRefused => "4.7.0",
                Cause::LostAtStartTls => "4.4.2",
                _ if row.result == UNSUPPORTED => "4.7.4",
                _ => "4.7.5",
            };
            assert_eq!(row.status.to_string(), expected, "{:?}", row.cause);
        }
    }
}
