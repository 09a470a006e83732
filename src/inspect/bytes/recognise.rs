//! What a file is as a whole, and how to get what is needed out of a file of another kind.

use super::consumers::{self, Deviation, Position};
use super::damage::{Damage, Damages, counted};
use super::{Form, Items, Kind, body, container, der_file, object, pem_file, scanner};
use crate::model::diagnostic::Severity;
use crate::model::place::Place;
use crate::model::shell_word::shell_word;

/// The one way in: binary forms by their first bytes, then text with markers, then everything else.
pub(super) fn read(file: &str, bytes: &[u8]) -> Items {
    let mut items = dispatch(file, bytes);
    let remarks = items.items.iter().filter_map(|item| match &item.kind {
        Kind::Locked(locked) => locked.weakness(),
        Kind::Request(request) if request.lacks_attributes() => Some(without_attributes(&item.place)),
        _ => None,
    });
    items.damages.extend(remarks);
    let nothing = items.items.is_empty() && !items.damages.iter().any(|damage| damage.severity == Severity::Error);
    if nothing {
        items.damages.push(nothing_found(file, bytes, items.form));
    }
    items
}

fn without_attributes(place: &Place) -> Damage {
    let message = "the signing request lacks its attributes, even the empty list that belongs there";
    Damage::note("pem/request-without-attributes", place.clone(), message)
        .fact("OpenSSL and Java read it, GnuTLS and Go refuse it")
        .help("make the request again with another program, such as sealpost cert request")
}

fn dispatch(file: &str, bytes: &[u8]) -> Items {
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, ..] => return container::keystore(file, bytes, Form::Jks),
        [0xce, 0xce, 0xce, 0xce, ..] => return container::keystore(file, bytes, Form::Jceks),
        _ if object::begins_as_der(bytes) => return der_file::read(file, bytes),
        _ => {}
    }
    let text = super::text::Text::new(bytes);
    let is_page = is_html(text.bytes());
    if scanner::has_marker(text.bytes()) {
        let mut items = pem_file::read(file, &text);
        if is_page {
            items.form = Form::Html;
        }
        return items;
    }
    if !is_page && let Some(items) = bare_base64(file, text.bytes()) {
        return items;
    }
    let form = if is_page { Form::Html } else { other(text.bytes()) };
    Items { file: file.to_owned(), form, items: Vec::new(), damages: Vec::new() }
}

/// Base64 of a binary form without BEGIN and END, or of a PEM file with them.
fn bare_base64(file: &str, text: &[u8]) -> Option<Items> {
    let text = unquoted(text);
    // A few characters of base64 may be a word.
    let decoded = body::bare(text).filter(|decoded| decoded.len() > SHORTEST)?;
    let inner = match decoded.as_slice() {
        [0xfe, 0xed, 0xfe, 0xed, ..] => container::keystore(file, &decoded, Form::Jks),
        [0xce, 0xce, 0xce, 0xce, ..] => container::keystore(file, &decoded, Form::Jceks),
        der if object::begins_as_der(der) => der_file::read(file, der),
        pem if scanner::has_marker(super::text::Text::new(pem).bytes()) => {
            pem_file::read(file, &super::text::Text::new(pem))
        }
        _ => return None,
    };
    Some(decoded_once(file, inner))
}

/// Bytes that the shortest key or certificate has at least.
const SHORTEST: usize = 30;

/// What was read of the decoded text, and that it had to be decoded.
fn decoded_once(file: &str, inner: Items) -> Items {
    let name = shell_word(file);
    let is_pem = inner.damages.iter().any(|damage| damage.place.line.is_some())
        || inner.items.iter().any(|item| item.place.line.is_some());
    let mut damages = Damages::default();
    damages.push(match is_pem {
        true => Damage::warning("pem/encoded-twice", Place::file(file), "base64 of a whole PEM file")
            .facts(consumers::sentence(Deviation::EncodedTwice, &[Position::Only]))
            .fact("lines and offsets are those of the decoded file")
            .help(format!("base64 -d {name} > {name}.pem")),
        false => {
            let message = format!("base64 of {} without BEGIN and END lines", inner.form);
            Damage::warning("pem/no-markers", Place::file(file), message)
                .facts(consumers::sentence(Deviation::NoMarkers, &[Position::Only]))
                .help(format!("base64 -d {name} > {name}.{}", extension(inner.form)))
        }
    });
    inner.damages.into_iter().for_each(|damage| damages.push(damage));
    Items { file: file.to_owned(), form: Form::Base64, items: inner.items, damages: damages.finish(file) }
}

/// Without the quotation marks that JSON, YAML and shells put around a value.
fn unquoted(text: &[u8]) -> &[u8] {
    match text.trim_ascii() {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        bare => bare,
    }
}

fn extension(form: Form) -> &'static str {
    match form {
        Form::Pkcs7 => "p7b",
        Form::Pkcs12 => "p12",
        Form::Jks | Form::Jceks => "jks",
        _ => "der",
    }
}

fn is_html(text: &[u8]) -> bool {
    let start = text.trim_ascii_start();
    [&b"<!doctype html"[..], b"<html", b"<head", b"<body"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag)))
}

fn other(text: &[u8]) -> Form {
    let start = text.trim_ascii();
    match start {
        [] => Form::Empty,
        [b'P', b'K', 3, 4, ..] | [0x1f, 0x8b, ..] => Form::Archive,
        _ if is_ssh(start) => Form::SshPublicKey,
        _ if start.starts_with(b"age-encryption.org/") || start.starts_with(&[0x99, 0x01]) => Form::Pgp,
        _ if start.iter().any(|byte| *byte < 0x20 && !byte.is_ascii_whitespace() && *byte != 0x1b) => Form::Binary,
        _ if std::str::from_utf8(start).is_ok() => Form::Text,
        // Latin-1 and its kin: mostly ASCII.
        _ if start.iter().filter(|byte| !byte.is_ascii()).count() * 4 < start.len() => Form::Text,
        _ => Form::Binary,
    }
}

fn is_ssh(start: &[u8]) -> bool {
    [&b"ssh-rsa "[..], b"ssh-ed25519 ", b"ssh-dss ", b"ecdsa-sha2-", b"sk-ssh-"]
        .iter()
        .any(|name| start.starts_with(name))
}

/// The one error of a file that holds nothing: what it is, and what to do about it.
fn nothing_found(file: &str, bytes: &[u8], form: Form) -> Damage {
    let name = shell_word(file);
    let (message, help) = match form {
        Form::Empty if bytes.is_empty() => {
            ("the file is empty".into(), Some("fetch the file again from where it came".into()))
        }
        Form::Empty => {
            ("the file holds nothing but white space".into(), Some("fetch the file again from where it came".into()))
        }
        Form::Html => (
            "this is an HTML page, not a certificate".into(),
            Some(format!(
                "look at it in a browser (`grep -i '<title' {name}`): often a login or error page was saved in place of the download"
            )),
        ),
        Form::SshPublicKey => (
            "this is an SSH public key, which TLS does not use".into(),
            Some(format!("ssh-keygen -e -m PKCS8 -f {name} turns it into a PEM public key")),
        ),
        Form::Pgp => ("this is PGP data, which TLS does not use".into(), None),
        Form::Archive => (
            "this is a compressed archive".into(),
            Some(match bytes {
                [b'P', ..] => format!("unzip {name}, then name the files that were in it"),
                _ => format!("tar -xzf {name} or gunzip {name}, then name the files that were in it"),
            }),
        ),
        Form::Text => (
            "this is text without any certificate or key: no BEGIN line stands in it".into(),
            Some("name the file that begins with -----BEGIN".into()),
        ),
        Form::Binary => (
            format!("this is binary data ({}) of no known kind", counted(bytes.len(), "byte")),
            Some(format!("file {name} may know what it is")),
        ),
        form => (format!("nothing can be read from this {form} file"), None),
    };
    let mut damage = Damage::error("pem/no-certificate", Place::file(file), message);
    damage.help = help;
    damage
}
