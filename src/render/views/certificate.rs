//! A certificate for people.

use crate::app::views::certificate::{CertificateView, Validity};

use super::{extensions, field, list, painted_field};
use crate::render::page::{Page, Style};

/// The labelled lines; the caller writes the headline.
pub fn certificate(page: &mut Page, view: &CertificateView) {
    field(page, "subject", if view.subject.is_empty() { "(empty)" } else { &view.subject });
    field(page, "issuer", &view.issuer);
    list(page, "names", &view.subject_alt_names);
    validity(page, view);
    field(page, "key", &view.key.algorithm);
    usage(page, view);
    field(page, "serial", &view.serial);
    field(page, "sha256", &view.sha256.to_string());
    field(page, "key sha256", &view.key.sha256.to_string());
    let Some(all) = &view.extensions else { return };
    field(page, "version", &view.version.to_string());
    field(page, "signature", &view.signature_algorithm);
    field(page, "not before", &view.not_before);
    field(page, "not after", &view.not_after);
    extensions(page, all);
}

fn validity(page: &mut Page, view: &CertificateView) {
    if view.validity == Validity::Valid {
        return field(page, "valid", &view.period);
    }
    let value = format!("{}: {}", page.paint(Style::Error, view.validity.as_str()), Page::plain(&view.period));
    painted_field(page, "valid", &value);
}

fn usage(page: &mut Page, view: &CertificateView) {
    let mut usage: Vec<String> = Vec::new();
    if view.is_ca {
        usage.push("certification authority".into());
        usage.extend(view.path_length.map(|length| format!("path length {length}")));
    }
    usage.extend(view.extended_key_usage.iter().flatten().cloned());
    usage.extend(view.key_usage.iter().flatten().cloned());
    list(page, "usage", &usage);
}
