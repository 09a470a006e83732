//! A signing request for people.

use crate::app::views::request::RequestView;

use super::{extensions, field, list, painted_field};
use crate::render::page::{Page, Style};

/// The labelled lines; the caller writes the headline.
pub fn request(page: &mut Page, view: &RequestView) {
    field(page, "subject", if view.subject.is_empty() { "(empty)" } else { &view.subject });
    list(page, "names", &view.subject_alt_names);
    field(page, "key", &view.key.algorithm);
    list(page, "usage", view.extended_key_usage.as_deref().unwrap_or_default());
    field(page, "key sha256", &view.key.sha256.to_string());
    let possession = match view.proves_possession {
        Some(true) => Page::plain("the signature was made with its own key"),
        Some(false) => page.paint(Style::Error, "the signature was not made with its own key: no CA will accept it"),
        None => Page::plain(&format!(
            "the signature cannot be checked: {}",
            view.signature_unchecked.as_deref().unwrap_or("?")
        )),
    };
    painted_field(page, "signature", &possession);
    extensions(page, view.extensions.as_deref().unwrap_or_default());
}
