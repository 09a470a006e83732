//! What a sink can do wrong on purpose: each is something that real servers and attackers do.

use crate::model::configuration::Word;

/// One way to fail. Several can be asked for at once; the first that a connection comes to counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// 554 in place of the greeting.
    Greeting554,
    /// 421 in place of the greeting.
    Greeting421,
    /// No greeting.
    GreetingStall,
    /// EHLO is an unknown command.
    NoEhlo,
    /// STARTTLS is neither offered nor known.
    NoStartTls,
    /// STARTTLS stands on the greeting line of the reply to EHLO, where it offers nothing.
    StartTlsOnGreetingLine,
    StartTls454,
    StartTls554,
    /// 421 to STARTTLS, and a close.
    StartTls421,
    /// A close in place of the reply to STARTTLS.
    StartTlsLost,
    /// No reply to STARTTLS.
    StartTlsStall,
    /// A second reply in clear text behind the 220 (CVE-2021-38371).
    InjectedReply,
    /// Clear text in place of the handshake.
    HandshakeGarbage,
    /// A close in place of the handshake.
    HandshakeClose,
    HandshakeStall,
    /// The alert handshake_failure in place of a ServerHello.
    HandshakeAlert,
    /// The alert protocol_version in a record of TLS 1.1: a server that speaks nothing newer.
    LegacyTls,
    Mail451,
    Mail550,
    Rcpt450,
    Rcpt550,
    /// Every second recipient is unknown.
    RcptHalf,
    Data451,
    Data554,
    /// A close in place of the reply to the message.
    DataClose,
    /// No reply to the message.
    DataStall,
    /// A close after the reply to the message.
    CloseAfterData,
}

impl Word for Failure {
    const WORDS: &'static [(Failure, &'static str)] = &[
        (Failure::Greeting554, "greeting-554"),
        (Failure::Greeting421, "greeting-421"),
        (Failure::GreetingStall, "greeting-stall"),
        (Failure::NoEhlo, "no-ehlo"),
        (Failure::NoStartTls, "no-starttls"),
        (Failure::StartTlsOnGreetingLine, "starttls-on-greeting-line"),
        (Failure::StartTls454, "starttls-454"),
        (Failure::StartTls554, "starttls-554"),
        (Failure::StartTls421, "starttls-421"),
        (Failure::StartTlsLost, "starttls-lost"),
        (Failure::StartTlsStall, "starttls-stall"),
        (Failure::InjectedReply, "injected-reply"),
        (Failure::HandshakeGarbage, "handshake-garbage"),
        (Failure::HandshakeClose, "handshake-close"),
        (Failure::HandshakeStall, "handshake-stall"),
        (Failure::HandshakeAlert, "handshake-alert"),
        (Failure::LegacyTls, "legacy-tls"),
        (Failure::Mail451, "mail-451"),
        (Failure::Mail550, "mail-550"),
        (Failure::Rcpt450, "rcpt-450"),
        (Failure::Rcpt550, "rcpt-550"),
        (Failure::RcptHalf, "rcpt-half"),
        (Failure::Data451, "data-451"),
        (Failure::Data554, "data-554"),
        (Failure::DataClose, "data-close"),
        (Failure::DataStall, "data-stall"),
        (Failure::CloseAfterData, "close-after-data"),
    ];
}
