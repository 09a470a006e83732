//! What the errors of libraries mean, in our own words. Their texts are written for programmers, change with every version, and name
//! things that nobody here knows; so no message, log line or fact repeats one.

use std::io;

use rusqlite::ErrorCode;
use rustls::{CertificateError, InconsistentKeys, PeerIncompatible};

use super::tls_words;

/// Of bytes that are not UTF-8.
pub const NO_TEXT: &str = "it is not UTF-8 text";
/// Of a value that has no form in TOML.
pub const UNWRITABLE: &str = "it cannot be written as TOML";

/// The fact behind an error of the operating system, without its number. An error that a library packed into one is unpacked.
pub fn io(error: &io::Error) -> String {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return self::tls(tls);
    }
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()) {
        return io(inner);
    }
    let text = error.to_string();
    match text.rsplit_once(" (os error ") {
        Some((fact, _)) => fact.to_owned(),
        None => text,
    }
}

/// Why a TLS connection or a configuration for one failed.
pub fn tls(error: &rustls::Error) -> String {
    use rustls::Error as E;
    match error {
        E::AlertReceived(alert) => format!("the other side sent the alert {}", tls_words::alert(*alert)),
        E::InvalidMessage(_) => "the other side sent what is no TLS message".to_owned(),
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => {
            "the other side sent a TLS message that has no place there".to_owned()
        }
        E::DecryptError => "what the other side sent does not decrypt".to_owned(),
        E::EncryptError => "a TLS record could not be encrypted".to_owned(),
        E::PeerSentOversizedRecord => "the other side sent a larger TLS record than is allowed".to_owned(),
        E::PeerIncompatible(incompatible) => peer_incompatible(incompatible).to_owned(),
        E::PeerMisbehaved(_) => "the other side breaks the rules of TLS".to_owned(),
        E::InvalidEncryptedClientHello(_) => "the encrypted ClientHello cannot be used".to_owned(),
        E::NoCertificatesPresented => "the other side showed no certificate".to_owned(),
        E::UnsupportedNameType => "the other side wants a name of an unknown kind".to_owned(),
        E::InvalidCertificate(reason) => certificate(reason).to_owned(),
        E::InvalidCertRevocationList(_) => "a revocation list cannot be used".to_owned(),
        E::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            "the private key is not that of the certificate".to_owned()
        }
        E::NoApplicationProtocol => "both sides have no protocol in common (ALPN)".to_owned(),
        E::FailedToGetCurrentTime => "the system does not tell the time".to_owned(),
        E::FailedToGetRandomBytes => "the system gave no random number".to_owned(),
        E::HandshakeNotComplete => "the handshake is not finished".to_owned(),
        E::General(_) | E::Other(_) => "the private key, or another part, cannot be used".to_owned(),
        _ => "TLS cannot be spoken with these settings".to_owned(),
    }
}

fn peer_incompatible(incompatible: &PeerIncompatible) -> &'static str {
    use PeerIncompatible as P;
    match incompatible {
        P::Tls12NotOffered
        | P::Tls12NotOfferedOrEnabled
        | P::Tls13RequiredForQuic
        | P::ServerDoesNotSupportTls12Or13
        | P::ServerTlsVersionIsDisabledByOurConfig
        | P::SupportedVersionsExtensionRequired => "both sides have no version of TLS in common",
        P::NoCipherSuitesInCommon => "both sides have no cipher suite in common",
        P::NoKxGroupsInCommon | P::NamedGroupsExtensionRequired | P::KeyShareExtensionRequired => {
            "both sides have no key exchange in common"
        }
        P::NoSignatureSchemesInCommon | P::SignatureAlgorithmsExtensionRequired => {
            "both sides have no signature algorithm in common"
        }
        P::ExtendedMasterSecretExtensionRequired => "the other side lacks the extended master secret (RFC 7627)",
        _ => "both sides cannot agree on how to speak TLS",
    }
}

fn certificate(reason: &CertificateError) -> &'static str {
    use CertificateError as C;
    match reason {
        C::BadEncoding => "the certificate cannot be read",
        C::Expired | C::ExpiredContext { .. } => "the certificate is expired",
        C::NotValidYet | C::NotValidYetContext { .. } => "the certificate is not valid yet",
        C::Revoked => "the certificate is revoked",
        C::UnhandledCriticalExtension => "the certificate has a critical extension that is not understood",
        C::UnknownIssuer => "nobody who is trusted issued the certificate",
        C::BadSignature => "the signature was not made with the key of the certificate",
        C::NotValidForName | C::NotValidForNameContext { .. } => "the certificate does not cover the name",
        C::InvalidPurpose | C::InvalidPurposeContext { .. } => "the certificate is for another use",
        _ => "the certificate is refused",
    }
}

/// Why a database gives nothing.
pub fn sqlite(error: &rusqlite::Error) -> String {
    let Some(code) = error.sqlite_error_code() else {
        return match error {
            rusqlite::Error::QueryReturnedNoRows => "a row is missing",
            _ => "a value in it is not as sealpost writes it",
        }
        .to_owned();
    };
    match code {
        ErrorCode::DiskFull => "the disk is full",
        ErrorCode::SystemIoFailure => "the disk failed",
        ErrorCode::DatabaseCorrupt => "the file is damaged",
        ErrorCode::NotADatabase => "the file is no database",
        ErrorCode::CannotOpen => "the file cannot be opened",
        ErrorCode::ReadOnly => "the file can only be read",
        ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => "access is denied",
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed => {
            "another process holds it"
        }
        ErrorCode::OutOfMemory => "there is not enough memory",
        ErrorCode::TooBig => "a value is too large for it",
        ErrorCode::ConstraintViolation => "a value does not fit what is there",
        ErrorCode::OperationInterrupted | ErrorCode::OperationAborted => "it was interrupted",
        _ => "its tables are not those that sealpost makes",
    }
    .to_owned()
}

/// What is wrong with some JSON, with line and column.
pub fn json(error: &serde_json::Error) -> String {
    use serde_json::error::Category;
    let place = format!("line {}, column {}", error.line(), error.column());
    match error.classify() {
        Category::Io => "it cannot be read to its end".to_owned(),
        Category::Eof => format!("it is JSON that ends too early, at {place}"),
        Category::Syntax => format!("it is no JSON at {place}"),
        Category::Data => {
            // `missing field `id` at line 1 column 2`.
            let text = error.to_string();
            let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
            format!(
                "{} ({place})",
                value(text).unwrap_or_else(|| "a value is not of the kind that belongs there".to_owned())
            )
        }
    }
}

/// What is wrong with some TOML, and in which line, counted from 1.
pub fn toml(error: &toml_edit::de::Error, text: &str) -> (Option<usize>, String) {
    let line = error.span().map(|span| text.get(..span.start).unwrap_or(text).matches('\n').count() + 1);
    (line, toml_words(error.message()))
}

/// The same with the line in the text.
pub fn toml_with_line(error: &toml_edit::de::Error, text: &str) -> String {
    match toml(error, text) {
        (Some(line), words) => format!("line {line}: {words}"),
        (None, words) => words,
    }
}

/// The reader's word for a mistake, by the beginning of its message.
const TOML: &[(&str, &str)] = &[
    ("duplicate key", "the same key or table stands here a second time"),
    ("unclosed table", "the name of a table is not closed with `]`"),
    ("unclosed array table", "the name of a table is not closed with `]]`"),
    ("unclosed array", "a list is not closed with `]`"),
    ("unclosed inline table", "a table in braces is not closed with `}`"),
    ("key with no value", "a key stands here without `=` and a value"),
    ("missing value", "a value is missing behind `=`"),
    ("string values must be quoted", "no value that TOML knows stands behind `=`; a text needs quotes"),
    ("extra assignment", "a second `=` stands on the line"),
    ("extra `=`", "a second `=` stands on the line"),
    ("missing assignment", "`=` is missing between key and value"),
    ("extra comma", "a comma too many"),
    ("missing comma", "a comma is missing"),
    ("invalid basic string", "a text is not closed with `\"`"),
    ("invalid literal string", "a text is not closed with `'`"),
    ("invalid multi-line", "a text of several lines is not closed"),
    ("missing escaped value", "a backslash in a text is followed by nothing that TOML knows"),
    ("invalid unquoted key", "a key with other characters than letters, digits, `_` and `-` needs quotes"),
    ("unquoted keys cannot be empty", "a key is missing in front of `=`"),
    ("integer number overflowed", "a number is too large"),
    ("cannot recurse", "values inside values go too deep"),
    ("recursion limit", "values inside values go too deep"),
];

/// What a message of the TOML reader means.
pub fn toml_words(message: &str) -> String {
    let message = message.trim();
    let known = TOML.iter().find(|(start, _)| message.starts_with(start)).map(|(_, words)| (*words).to_owned());
    known.or_else(|| value(message)).unwrap_or_else(|| "this is no TOML".to_owned())
}

/// What serde says of a value that is well-formed and not what was wanted.
fn value(message: &str) -> Option<String> {
    let quoted = || message.split('`').nth(1).unwrap_or("?").to_owned();
    Some(if message.starts_with("missing field") {
        format!("the key `{}` is missing", quoted())
    } else if message.starts_with("unknown field") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        match known.is_empty() {
            true => format!("there is no key `{}`", quoted()),
            false => format!("there is no key `{}`; there are {}", quoted(), known.join(", ")),
        }
    } else if message.starts_with("unknown variant") {
        let known: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
        format!("`{}` is none of the words that can stand there: {}", quoted(), known.join(", "))
    } else if message.starts_with("duplicate field") {
        format!("the key `{}` stands there twice", quoted())
    } else if let Some((_, wanted)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.split_once(", expected "))
    {
        format!("a value of the wrong kind stands there, where {} belongs", kind(wanted))
    } else if message.starts_with("invalid value") || message.starts_with("invalid length") {
        "a value stands there that is not allowed".to_owned()
    } else {
        return None;
    })
}

/// Serde's word for a kind of value.
fn kind(wanted: &str) -> &'static str {
    match wanted {
        "a string" | "a borrowed string" | "string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        number if ["u8", "u16", "u32", "u64", "usize", "i32", "i64"].contains(&number) => "a whole number",
        _ if wanted.starts_with("struct") => "a table",
        _ => "another",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Settings {
        name: String,
        count: u32,
    }

    #[test]
    fn what_is_wrong_with_toml_is_said_with_its_line() {
        for (text, told) in [
            ("name = \"a\"\ncount = \n", "line 2: no value that TOML knows stands behind `=`; a text needs quotes"),
            ("name = \"a\nb", "line 1: a text is not closed with `\"`"),
            ("name = a", "line 1: no value that TOML knows stands behind `=`; a text needs quotes"),
            ("name = \"a\"\nname = \"b\"", "line 2: the same key or table stands here a second time"),
            ("[table", "line 1: the name of a table is not closed with `]`"),
            ("x = [1", "line 1: a list is not closed with `]`"),
            ("name", "line 1: a key stands here without `=` and a value"),
            ("name = \"a\"", "line 1: the key `count` is missing"),
            ("name = \"a\"\ncount = 1\nother = 1", "line 3: there is no key `other`; there are name, count"),
            ("name = 1\ncount = 1", "line 1: a value of the wrong kind stands there, where a text belongs"),
            (
                "name = \"a\"\ncount = true",
                "line 2: a value of the wrong kind stands there, where a whole number belongs",
            ),
        ] {
            let error = toml_edit::de::from_str::<Settings>(text).unwrap_err();
            assert_eq!(toml_with_line(&error, text), told, "{text} {error}");
        }
    }

    #[test]
    fn what_is_wrong_with_json_is_said_with_its_place() {
        for (text, told) in [
            ("{", "it is JSON that ends too early, at line 1, column 1"),
            ("{\n x", "it is no JSON at line 2, column 2"),
            ("{\"name\":\"a\"}", "the key `count` is missing (line 1, column 12)"),
            ("{\"name\":1}", "a value of the wrong kind stands there, where a text belongs (line 1, column 9)"),
        ] {
            assert_eq!(json(&serde_json::from_str::<Settings>(text).unwrap_err()), told, "{text}");
        }
    }

    #[test]
    fn an_error_of_the_system_goes_without_its_number() {
        let missing = io::Error::from_raw_os_error(2);
        assert_eq!(io(&missing), "No such file or directory");
        assert_eq!(io(&io::Error::other(missing)), "No such file or directory");
        assert_eq!(io(&io::Error::other(rustls::Error::DecryptError)), "what the other side sent does not decrypt");
        assert_eq!(io(&io::Error::other("of our own")), "of our own");
    }
}
