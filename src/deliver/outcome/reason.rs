//! Why mail did not go out on an attempt, or not as securely as was hoped: the facts, and the sentence for people.

use std::fmt;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as TlsError, InvalidMessage, PeerIncompatible};

use super::table::{Cause, Row, TlsResult};
use crate::deliver::dialogue::{Lost, Phase, Reply, Unsuitable, WireError};
use crate::deliver::identity::{CertificateFault, Of};
use crate::deliver::status_code::StatusCode;
use crate::deliver::tls_words;
use crate::sys::dns::DnsError;
use crate::sys::library_error;

/// A cause with its facts. What peers said is escaped where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The domain says that it takes no mail (RFC 7505).
    NullMx {
        domain: String,
    },
    NoSuchDomain {
        domain: String,
    },
    /// No MX record and no address.
    NoMailHost {
        domain: String,
    },
    Dns(DnsError),
    /// The mail hosts have no address that may be used; what was looked for.
    NoAddress {
        wanted: String,
    },
    /// The best mail host left is this gateway.
    Loop {
        host: String,
    },
    RouteDrops {
        domain: String,
    },
    Unreachable {
        detail: String,
    },
    Lost {
        phase: Phase,
        error: WireError,
    },
    /// The greeting or the reply to EHLO and HELO.
    GreetingRefused(Reply),
    NoExtendedSmtp(Reply),
    StartTlsNotOffered,
    StartTlsOnGreetingLine,
    StartTlsRefused(Reply),
    LostAtStartTls(Lost),
    OctetsBehindStartTls {
        octets: usize,
    },
    Handshake(HandshakeFault),
    /// The destination needs our certificate, and none is bound to its role.
    NoClientCertificate,
    Certificate(CertificateFault),
    /// 530 5.7.0 (RFC 3207 section 4) on a connection in clear text.
    TlsWanted(Reply),
    Unsuitable(Unsuitable),
    Refused {
        phase: Phase,
        reply: Reply,
    },
    Unreadable {
        detail: String,
    },
}

/// How a handshake ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HandshakeFault {
    /// Seconds.
    Silent {
        waited: u64,
    },
    /// The peer closed the connection.
    Closed,
    /// It speaks nothing newer than TLS 1.1.
    LegacyProtocol,
    NoCommonCipher,
    /// It lacks what our own settings leave: versions or ciphers, in OpenSSL's words.
    NotEnabledHere {
        enabled: String,
    },
    /// It answered with something that is not TLS.
    NotTls,
    /// It showed a certificate and signed with another key.
    WrongKey,
    /// It asked for our certificate and does not believe the one we showed, or misses one.
    ClientCertificateRefused {
        shown: bool,
        by: Refusal,
    },
    /// It ended the handshake with another alert; by name.
    Alert {
        alert: String,
    },
    /// Anything else, in our words.
    Other {
        detail: String,
    },
}

/// How a peer refuses a client certificate, or the lack of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// By name.
    Alert(String),
    /// It closed the connection without a word.
    Closing,
    /// To the EHLO over TLS.
    Reply(Reply),
}

impl HandshakeFault {
    /// Reads the error of a handshake.
    pub fn of(error: &io::Error) -> HandshakeFault {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
            Some(error) => HandshakeFault::of_tls(error),
            None if error.kind() == io::ErrorKind::UnexpectedEof => HandshakeFault::Closed,
            None if error.kind() == io::ErrorKind::ConnectionReset => HandshakeFault::Closed,
            None => HandshakeFault::Other { detail: library_error::io(error) },
        }
    }

    fn of_tls(error: &TlsError) -> HandshakeFault {
        use PeerIncompatible as P;
        match error {
            TlsError::AlertReceived(alert) => HandshakeFault::of_alert(*alert),
            TlsError::PeerIncompatible(P::ServerDoesNotSupportTls12Or13 | P::ServerTlsVersionIsDisabledByOurConfig) => {
                HandshakeFault::LegacyProtocol
            }
            TlsError::PeerIncompatible(
                P::NoCipherSuitesInCommon | P::NoKxGroupsInCommon | P::NoSignatureSchemesInCommon,
            ) => HandshakeFault::NoCommonCipher,
            TlsError::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::UnknownProtocolVersion
                | InvalidMessage::MessageTooLarge,
            ) => HandshakeFault::NotTls,
            TlsError::InvalidCertificate(CertificateError::BadSignature) => HandshakeFault::WrongKey,
            other => HandshakeFault::Other { detail: library_error::tls(other) },
        }
    }

    /// Reads an alert of the peer.
    pub fn of_alert(alert: AlertDescription) -> HandshakeFault {
        use AlertDescription as A;
        match alert {
            A::ProtocolVersion => HandshakeFault::LegacyProtocol,
            A::HandshakeFailure | A::InsufficientSecurity => HandshakeFault::NoCommonCipher,
            A::NoCertificate
            | A::BadCertificate
            | A::UnsupportedCertificate
            | A::CertificateRevoked
            | A::CertificateExpired
            | A::CertificateUnknown
            | A::UnknownCA
            | A::AccessDenied
            | A::CertificateRequired => {
                HandshakeFault::ClientCertificateRefused { shown: true, by: Refusal::Alert(tls_words::alert(alert)) }
            }
            other => HandshakeFault::Alert { alert: tls_words::alert(other) },
        }
    }

    fn cause(&self) -> Cause {
        match self {
            HandshakeFault::Silent { .. } => Cause::HandshakeSilent,
            HandshakeFault::LegacyProtocol => Cause::LegacyProtocol,
            HandshakeFault::NoCommonCipher => Cause::NoCommonCipher,
            HandshakeFault::NotEnabledHere { .. } => Cause::NotEnabledHere,
            HandshakeFault::NotTls => Cause::NotTls,
            HandshakeFault::WrongKey => Cause::WrongKey,
            HandshakeFault::ClientCertificateRefused { .. } => Cause::ClientCertificateRefused,
            HandshakeFault::Closed | HandshakeFault::Alert { .. } | HandshakeFault::Other { .. } => {
                Cause::HandshakeFailed
            }
        }
    }
}

impl Reason {
    pub fn cause(&self) -> Cause {
        match self {
            Reason::NullMx { .. } => Cause::NullMx,
            Reason::NoSuchDomain { .. } => Cause::NoSuchDomain,
            Reason::NoMailHost { .. } => Cause::NoMailHost,
            Reason::Dns(_) => Cause::DnsFailure,
            Reason::NoAddress { .. } => Cause::NoAddress,
            Reason::Loop { .. } => Cause::Loop,
            Reason::RouteDrops { .. } => Cause::RouteDrops,
            Reason::Unreachable { .. } => Cause::Unreachable,
            Reason::Lost { .. } => Cause::Lost,
            Reason::GreetingRefused(_) => Cause::GreetingRefused,
            Reason::NoExtendedSmtp(_) => Cause::NoExtendedSmtp,
            Reason::StartTlsNotOffered => Cause::StartTlsNotOffered,
            Reason::StartTlsOnGreetingLine => Cause::StartTlsOnGreetingLine,
            Reason::StartTlsRefused(_) => Cause::StartTlsRefused,
            Reason::LostAtStartTls(_) => Cause::LostAtStartTls,
            Reason::OctetsBehindStartTls { .. } => Cause::OctetsBehindStartTls,
            Reason::Handshake(fault) => fault.cause(),
            Reason::NoClientCertificate => Cause::NoClientCertificate,
            Reason::Certificate(fault) => certificate(fault),
            Reason::TlsWanted(_) => Cause::TlsWanted,
            Reason::Unsuitable(Unsuitable::TooLarge { .. }) => Cause::TooLarge,
            Reason::Unsuitable(Unsuitable::EightBit) => Cause::EightBit,
            Reason::Unsuitable(Unsuitable::Utf8Address) => Cause::Utf8Address,
            Reason::Unsuitable(Unsuitable::Utf8Header) => Cause::Utf8Header,
            Reason::Refused { .. } => Cause::Refused,
            Reason::Unreadable { .. } => Cause::Unreadable,
        }
    }

    fn row(&self) -> &'static Row {
        self.cause().row()
    }

    /// The lint rule that says the same, or a name of that form.
    pub fn code(&self) -> &'static str {
        match self {
            Reason::Certificate(CertificateFault::Other { rule, .. }) => rule,
            _ => self.row().code,
        }
    }

    /// What a TLS report counts it as.
    pub fn result(&self) -> Option<TlsResult> {
        self.row().result
    }

    /// Class 4: to be tried again; class 5: refused for good.
    pub fn status(&self) -> StatusCode {
        match self {
            Reason::Refused { reply, .. } => {
                let class = if reply.is_permanent() { 5 } else { 4 };
                reply.status().map_or(StatusCode::new(class, 0, 0), |status| StatusCode { class, ..status })
            }
            // Another mail host, or the same one later, may be more polite: many a server that is short of something says 554.
            Reason::GreetingRefused(reply) => {
                reply.status().map_or(self.row().status, |status| StatusCode { class: 4, ..status })
            }
            _ => self.row().status,
        }
    }

    pub fn is_permanent(&self) -> bool {
        self.status().class == 5
    }

    /// What the peer said, where it did.
    pub fn reply(&self) -> Option<&Reply> {
        match self {
            Reason::GreetingRefused(reply)
            | Reason::NoExtendedSmtp(reply)
            | Reason::StartTlsRefused(reply)
            | Reason::LostAtStartTls(Lost::Closing(reply))
            | Reason::TlsWanted(reply)
            | Reason::Handshake(HandshakeFault::ClientCertificateRefused { by: Refusal::Reply(reply), .. })
            | Reason::Refused { reply, .. } => Some(reply),
            _ => None,
        }
    }
}

fn certificate(fault: &CertificateFault) -> Cause {
    match fault {
        CertificateFault::SelfSigned { .. } => Cause::SelfSigned,
        CertificateFault::UnknownIssuer { .. } => Cause::UnknownIssuer,
        CertificateFault::UnknownRoot { .. } => Cause::UnknownRoot,
        CertificateFault::MissingIntermediate { .. } => Cause::MissingIntermediate,
        CertificateFault::Expired { of: Of::Leaf, .. } => Cause::ExpiredLeaf,
        CertificateFault::Expired { .. } => Cause::ExpiredCa,
        CertificateFault::NotYetValid { .. } => Cause::NotYetValid,
        CertificateFault::WrongName { .. } => Cause::WrongName,
        CertificateFault::NotJudged | CertificateFault::NoReference => Cause::NoReference,
        CertificateFault::CaAsLeaf => Cause::CaAsLeaf,
        CertificateFault::WrongUsage { .. } => Cause::WrongUsage,
        CertificateFault::WeakKey { .. } => Cause::WeakKey,
        CertificateFault::WeakSignature { .. } => Cause::WeakSignature,
        CertificateFault::UncheckedSignature { .. } => Cause::UncheckedSignature,
        CertificateFault::BadSignature { .. } => Cause::BadSignature,
        CertificateFault::Revoked { .. } => Cause::Revoked,
        CertificateFault::Other { .. } => Cause::OtherCertificate,
    }
}

/// One sentence without a full stop.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NullMx { domain } => write!(f, "{domain} takes no mail: it has a null MX record"),
            Reason::NoSuchDomain { domain } => write!(f, "there is no domain {domain}"),
            Reason::NoMailHost { domain } => write!(f, "{domain} has neither an MX record nor an address"),
            Reason::Dns(error) => error.fmt(f),
            Reason::NoAddress { wanted } => write!(f, "no mail host has {wanted}"),
            Reason::Loop { host } => {
                write!(f, "mail would loop: the best mail host left is {host}, this gateway itself")
            }
            Reason::RouteDrops { domain } => write!(f, "mail for {domain} is refused by its SMTP route"),
            Reason::Unreachable { detail } => write!(f, "no connection: {detail}"),
            Reason::Lost { phase, error } => write!(f, "lost connection while {phase}: {error}"),
            Reason::GreetingRefused(reply) => write!(f, "the peer takes no mail now: {reply}"),
            Reason::Unsuitable(unsuitable) => unsuitable_sentence(f, *unsuitable),
            Reason::Refused { phase, reply } => write!(f, "refused while {phase}: {reply}"),
            Reason::Unreadable { detail } => write!(f, "the message cannot be read from the queue: {detail}"),
            Reason::Certificate(fault) => fault.fmt(f),
            Reason::Handshake(fault) => fault.fmt(f),
            tls => tls_sentence(f, tls),
        }
    }
}

fn tls_sentence(f: &mut fmt::Formatter<'_>, reason: &Reason) -> fmt::Result {
    match reason {
        Reason::NoExtendedSmtp(reply) => write!(f, "the peer does not speak ESMTP, so not TLS: it answered EHLO with {reply}"),
        Reason::StartTlsOnGreetingLine => f.write_str(
            "the peer does not offer STARTTLS: it writes the word on the greeting line of its EHLO reply, where its name belongs",
        ),
        Reason::StartTlsRefused(reply) => write!(f, "the peer offers STARTTLS and refuses it: {reply}"),
        Reason::LostAtStartTls(Lost::Closing(reply)) => write!(f, "the peer closed the connection at STARTTLS: {reply}"),
        Reason::LostAtStartTls(Lost::Wire(error)) => write!(f, "the connection was lost at STARTTLS: {error}"),
        Reason::OctetsBehindStartTls { octets } => write!(
            f,
            "{octets} octets came behind the reply to STARTTLS and before TLS, as from somebody in between who forges replies"
        ),
        Reason::NoClientCertificate => {
            f.write_str("the destination needs our client certificate, and none is bound to the role outbound")
        }
        Reason::TlsWanted(reply) => write!(f, "the peer takes mail only over TLS, which is off for it here: {reply}"),
        _ => f.write_str("the peer does not offer STARTTLS"),
    }
}

impl fmt::Display for HandshakeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HandshakeFault::Silent { waited } => write!(f, "the TLS handshake did not end within {waited} s"),
            HandshakeFault::Closed => f.write_str("the peer closed the connection in the TLS handshake"),
            HandshakeFault::LegacyProtocol => f.write_str("the peer speaks nothing newer than TLS 1.1"),
            HandshakeFault::NoCommonCipher => f.write_str(
                "the peer has nothing in common with us: no cipher of TLS 1.2 or newer with authenticated encryption and forward secrecy",
            ),
            HandshakeFault::NotTls => f.write_str("the peer answered the TLS handshake with something that is not TLS"),
            HandshakeFault::WrongKey => f.write_str("the peer does not hold the key of the certificate that it shows"),
            HandshakeFault::NotEnabledHere { enabled } => {
                write!(f, "the peer has none of what is enabled here for deliveries ({enabled})")
            }
            HandshakeFault::ClientCertificateRefused { shown, by } => {
                f.write_str(match shown {
                    true => "the peer refuses our client certificate",
                    false => "the peer wants a client certificate, and none that it can use is bound to the role outbound",
                })?;
                match by {
                    Refusal::Alert(alert) => write!(f, " (alert {alert})"),
                    Refusal::Closing => f.write_str(" (it closed the connection)"),
                    Refusal::Reply(reply) => write!(f, ": {reply}"),
                }
            }
            HandshakeFault::Alert { alert } => write!(f, "the peer ended the TLS handshake with the alert {alert}"),
            HandshakeFault::Other { detail } => write!(f, "the TLS handshake failed: {detail}"),
        }
    }
}

fn unsuitable_sentence(f: &mut fmt::Formatter<'_>, unsuitable: Unsuitable) -> fmt::Result {
    match unsuitable {
        Unsuitable::TooLarge { size, limit } => {
            write!(f, "the message has {size} octets, and the peer takes up to {limit}")
        }
        Unsuitable::EightBit => f.write_str("the message has 8-bit content, and the peer does not offer 8BITMIME"),
        Unsuitable::Utf8Address => f.write_str("an address is not ASCII, and the peer does not offer SMTPUTF8"),
        Unsuitable::Utf8Header => f.write_str("the header is not ASCII, and the peer does not offer SMTPUTF8"),
    }
}
