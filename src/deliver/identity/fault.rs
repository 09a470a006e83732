//! Why a peer's certificate is not what it should be, with the facts, and in a sentence for people.

use std::fmt;

use crate::model::distinguished_name::DistinguishedName;
use crate::model::moment::{self, Moment};
use crate::trust::asn1::dotted;
use crate::trust::link::Link;
use crate::trust::peer::{Peer, Usage};
use crate::trust::presented::NotPresented;
use crate::trust::reason::Reason;
use crate::trust::ruleset::Check;
use crate::trust::validation::Fault;

use super::references::References;

/// What is wrong. Times are seconds since 1970; names come from the peer and are escaped where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateFault {
    SelfSigned {
        name: String,
    },
    /// The chain is whole and ends in a root that is no trust anchor.
    UnknownIssuer {
        root: String,
    },
    /// The chain ends below `root`, which is no trust anchor; nothing tells of an intermediate between.
    UnknownRoot {
        root: String,
    },
    /// The peer did not send the certificate of `issuer`, which issued the one it `of`, and nobody here has it.
    MissingIntermediate {
        issuer: String,
        of: Of,
    },
    Expired {
        of: Of,
        not_after: i64,
        at: i64,
    },
    NotYetValid {
        of: Of,
        not_before: i64,
        at: i64,
    },
    WrongName {
        wanted: String,
        presented: Vec<String>,
        more: usize,
        /// A common name that would have fitted if there were no dNSName.
        ignored: Option<String>,
    },
    /// The session was made for a destination whose setting checks nothing.
    NotJudged,
    /// There is no name that the certificate could have: mail to an address literal.
    NoReference,
    CaAsLeaf,
    WrongUsage {
        of: Of,
        wanted: Usage,
    },
    WeakKey {
        kind: String,
    },
    /// By an algorithm that proves nothing any more.
    WeakSignature {
        of: Of,
        name: String,
    },
    /// Nobody here can check it; with the reason.
    UncheckedSignature {
        of: Of,
        obstacle: String,
    },
    BadSignature {
        of: Of,
        issuer: String,
    },
    Revoked {
        of: Of,
    },
    /// Anything else, by the lint rule that says the same.
    Other {
        of: Of,
        rule: &'static str,
        said: String,
    },
}

/// Which certificate of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Leaf,
    /// By its subject.
    Ca(String),
}

impl CertificateFault {
    /// What the judge of chains found, at `at` seconds since 1970.
    pub(in crate::deliver) fn of(peer: &Peer, (depth, reason): &Fault, at: i64) -> CertificateFault {
        let link = peer.path.get(*depth);
        let of = match depth {
            0 => Of::Leaf,
            _ => Of::Ca(link.map(|link| short(link.subject())).unwrap_or_default()),
        };
        let issuer = || link.map(|link| short(link.issuer())).unwrap_or_default();
        match reason {
            Reason::UntrustedRoot if *depth == 0 => CertificateFault::SelfSigned { name: issuer() },
            Reason::UntrustedRoot => CertificateFault::UnknownIssuer { root: issuer() },
            Reason::UnknownRoot => CertificateFault::UnknownRoot { root: issuer() },
            Reason::NoIssuer => CertificateFault::MissingIntermediate { issuer: issuer(), of },
            Reason::Expired { not_after } => CertificateFault::Expired { of, not_after: *not_after, at },
            Reason::NotYetValid { not_before } => CertificateFault::NotYetValid { of, not_before: *not_before, at },
            Reason::Purpose { wanted } => {
                let client = *wanted == dotted(Usage::Client.purpose());
                CertificateFault::WrongUsage { of, wanted: if client { Usage::Client } else { Usage::Server } }
            }
            Reason::Profile(Check::LeafIsCa) => CertificateFault::CaAsLeaf,
            Reason::Profile(Check::SmallKey) => CertificateFault::WeakKey { kind: key_kind(link) },
            Reason::WeakSignature { name } => CertificateFault::WeakSignature { of, name: name.clone() },
            Reason::UncheckedSignature { obstacle } => {
                CertificateFault::UncheckedSignature { of, obstacle: obstacle.to_string() }
            }
            Reason::BadSignature { .. } => CertificateFault::BadSignature { of, issuer: issuer() },
            Reason::Revoked { .. } => CertificateFault::Revoked { of },
            other => CertificateFault::Other { of, rule: other.id(*depth), said: other.to_string() },
        }
    }

    pub(super) fn wrong_name(references: &References, not: NotPresented) -> CertificateFault {
        let NotPresented { names: presented, more, ignored } = not;
        CertificateFault::WrongName { wanted: references.to_string(), presented, more, ignored }
    }
}

fn key_kind(link: Option<&Link>) -> String {
    link.map(|link| link.public_key().kind().to_string()).unwrap_or_default()
}

fn short(name: &[u8]) -> String {
    DistinguishedName::from_der(name)
        .map_or_else(|| "a name that cannot be read".into(), |name| name.short().to_owned())
}

impl fmt::Display for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Of::Leaf => f.write_str("the certificate"),
            Of::Ca(name) => write!(f, "the CA certificate `{name}`"),
        }
    }
}

/// One sentence without a full stop.
impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CertificateFault::SelfSigned { name } => {
                write!(f, "the certificate is self-signed (`{name}`) and is no trust anchor")
            }
            CertificateFault::UnknownIssuer { root } => {
                write!(f, "the chain ends in `{root}`, which is no trust anchor")
            }
            CertificateFault::UnknownRoot { root } => {
                write!(f, "the chain leads to `{root}`, which is no trust anchor")
            }
            CertificateFault::MissingIntermediate { issuer, of } => {
                write!(
                    f,
                    "the peer does not send the certificate of `{issuer}`, which issued {of}, and it is no trust anchor"
                )
            }
            CertificateFault::Expired { of, not_after, at } => write!(f, "{of} expired {}", when(*not_after, *at)),
            CertificateFault::NotYetValid { of, not_before, at } => {
                write!(f, "{of} is not valid yet, only {}", when(*not_before, *at))
            }
            CertificateFault::WrongName { wanted, presented, more, ignored } => {
                wrong_name(f, wanted, presented, *more, ignored.as_deref())
            }
            CertificateFault::NotJudged => f.write_str("the certificate was not checked"),
            CertificateFault::NoReference => {
                f.write_str("mail to an address literal has no name that a certificate could be checked for")
            }
            CertificateFault::CaAsLeaf => f.write_str("the peer shows a CA certificate as its own"),
            CertificateFault::WrongUsage { of, wanted } => {
                let wanted = if *wanted == Usage::Client { "clients" } else { "servers" };
                write!(f, "{of} is not meant for TLS {wanted} (extKeyUsage)")
            }
            CertificateFault::WeakKey { kind } => write!(f, "the certificate has a weak key ({kind})"),
            CertificateFault::WeakSignature { of, name } => {
                write!(f, "{of} is signed with {name}, which proves nothing any more")
            }
            CertificateFault::UncheckedSignature { of, obstacle } => {
                write!(f, "the signature of {of} cannot be checked: {obstacle}")
            }
            CertificateFault::BadSignature { of, issuer } => {
                write!(f, "{of} was not signed by the `{issuer}` that is at hand")
            }
            CertificateFault::Revoked { of } => write!(f, "{of} was revoked"),
            CertificateFault::Other { of, said, .. } => write!(f, "{of} {said}"),
        }
    }
}

fn wrong_name(
    f: &mut fmt::Formatter<'_>,
    wanted: &str,
    presented: &[String],
    more: usize,
    ignored: Option<&str>,
) -> fmt::Result {
    let names = if presented.is_empty() { "no name".to_owned() } else { presented.join(", ") };
    write!(f, "the certificate is not for {wanted}; it is for {names}")?;
    if more > 0 {
        write!(f, " and {more} more")?;
    }
    match ignored {
        Some(name) => write!(f, "; its common name {name} does not count beside DNS names"),
        None => Ok(()),
    }
}

/// `9 days ago (2026-11-12)`.
fn when(seconds: i64, at: i64) -> String {
    let moment = |seconds| Moment::from_unix_timestamp(seconds).unwrap_or(Moment::UNIX_EPOCH);
    format!("{} ({})", moment::distance(moment(seconds), moment(at)), moment::date(moment(seconds)))
}
