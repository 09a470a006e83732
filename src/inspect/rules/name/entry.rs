//! The entries of subjectAltName, as several rules look at them.

use crate::inspect::bundle::Sheet;
use crate::trust::general_name::GeneralName;

/// Findings of one rule on one certificate. The next ones would say the same again.
pub(super) const TOLD: usize = 20;

/// What a dNSName is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Host,
    /// A host but for an underscore.
    Underscore,
    /// With an asterisk somewhere.
    Wildcard,
    Bad(&'static str),
}

/// The dNSName entries.
pub(super) fn hosts<'a>(sheet: &'a Sheet<'_>) -> impl Iterator<Item = &'a str> {
    sheet.names().iter().filter_map(|name| match name {
        GeneralName::Dns(host) => Some(host.as_str()),
        _ => None,
    })
}

/// The dNSName entries of nameConstraints, permitted and excluded, but for the one that stands for all names.
pub(super) fn constraints<'a>(sheet: &'a Sheet<'_>) -> impl Iterator<Item = &'a str> {
    let constraints = sheet.extensions().name_constraints.iter();
    let bases = constraints.flat_map(|both| both.permitted.iter().chain(&both.excluded)).flatten();
    bases.filter_map(|base| match base {
        GeneralName::Dns(base) if !base.is_empty() => Some(base.as_str()),
        _ => None,
    })
}

/// Judges a dNSName (RFC 1034 section 3.5 as changed by RFC 1123 section 2.1).
pub(super) fn form(host: &str) -> Form {
    if let Some(reason) = bad_characters(host) {
        return Form::Bad(reason);
    }
    let mut form = Form::Host;
    for label in host.split('.') {
        if let Some(reason) = bad_label(label) {
            return Form::Bad(reason);
        }
        if label.contains('*') {
            form = Form::Wildcard;
        } else if label.contains('_') && form == Form::Host {
            form = Form::Underscore;
        }
    }
    form
}

fn bad_characters(host: &str) -> Option<&'static str> {
    let has = |test: fn(u8) -> bool| host.bytes().any(test);
    Some(match host {
        "" | " " => "is empty",
        _ if host.contains("://") => "is a URL",
        _ if host.contains('@') => "is an e-mail address",
        _ if host.parse::<std::net::IpAddr>().is_ok() => "is an IP address, which has to be an iPAddress entry",
        _ if host.contains('\0') => "has a NUL",
        _ if has(|octet| octet == b' ') => "has a blank",
        _ if !host.is_ascii() => "is not ASCII",
        _ if has(|octet| !octet.is_ascii_alphanumeric() && !matches!(octet, b'-' | b'.' | b'_' | b'*')) => {
            "has a character that no host name has"
        }
        _ if host.starts_with('.') => "begins with a dot",
        _ if host.ends_with('.') => "ends with a dot",
        _ if host.len() > 253 => "is longer than 253 characters",
        _ => return None,
    })
}

fn bad_label(label: &str) -> Option<&'static str> {
    Some(match label.len() {
        0 => "has an empty label",
        64.. => "has a label of more than 63 characters",
        _ if label.starts_with('-') || label.ends_with('-') => "has a label that begins or ends with a hyphen",
        // Where every underscore is replaced by a hyphen, the others become host names.
        _ if label.starts_with('_') || label.ends_with('_') => {
            "has a label that begins or ends with an underscore, as names of services do and hosts do not"
        }
        _ => return None,
    })
}

/// An entry for a message: printable, and no longer than a line.
pub(super) fn shown(name: &GeneralName) -> String {
    match name {
        GeneralName::Dns(text) | GeneralName::Email(text) | GeneralName::Uri(text) => printable(text),
        other => other.to_string(),
    }
}

/// Characters shown of a name.
const SHOWN: usize = 80;

/// Text of strangers for a message.
pub(super) fn printable(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_default).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_told_from_mistakes() {
        for good in ["mx.example.com", "3com.com", "a--b.example", "xn--mil-qla.example.com"] {
            assert_eq!(form(good), Form::Host, "{good}");
        }
        assert_eq!(form("mx_1.example.com"), Form::Underscore);
        assert_eq!(form("*.example.com"), Form::Wildcard);
        for bad in [
            "",
            " ",
            "a b",
            ".a.b",
            "a.b.",
            "a..b",
            "-a.b",
            "a-.b",
            "_dmarc.b",
            "https://a.b",
            "a@b",
            "192.0.2.1",
            "a\0b",
            "mäil.example",
            "a/b",
        ] {
            assert!(matches!(form(bad), Form::Bad(_)), "{bad:?}");
        }
        assert!(matches!(form(&format!("{}.b", "a".repeat(64))), Form::Bad(_)));
        assert!(matches!(form(&"a.".repeat(127)), Form::Bad(_)));
    }

    #[test]
    fn what_is_shown_is_short_and_printable() {
        assert_eq!(printable("a\u{1b}[31m"), "a\\u{1b}[31m");
        assert_eq!(printable(&"a".repeat(100)).chars().count(), SHOWN + 1);
    }
}
