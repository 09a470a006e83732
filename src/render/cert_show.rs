//! `cert show`.

use crate::app::cert_show::{ProfileAnswer, ShownProfile};

use crate::model::profile::ChainEnd;

use super::answer::Answer;
use super::cert_list::{days, staged};
use super::page::{Page, Style};
use super::views::certificate::certificate;
use super::views::request::request;
use super::views::{field, list};

impl Answer for ProfileAnswer {
    const SCHEMA: &'static str = "sealpost.cert-show/1";

    fn page(&self, page: &mut Page) {
        match self {
            ProfileAnswer::Profile(profile) => shown(page, profile),
            ProfileAnswer::Request(request) => page.raw(request.pem.as_bytes()),
        }
    }
}

fn shown(page: &mut Page, view: &ShownProfile) {
    headline(page, &view.listed.name.to_string(), &standing(view));
    list(page, "roles", &view.listed.roles);
    field(page, "created", &view.created);
    if let Some(imported) = &view.imported {
        let comment = if imported.comment.is_empty() { String::new() } else { format!(", {}", imported.comment) };
        field(page, "imported", &format!("{}{comment}", imported.time));
    }
    if let Some(time) = &view.request_exported {
        field(page, "request given", time);
    }
    if let Some(end) = view.chain_end {
        field(page, "chain ends", ending(end));
    }
    if let Some(view) = &view.certificate {
        page.line("");
        headline(page, "certificate", view.display_name());
        certificate(page, view);
    }
    for (index, view) in view.intermediates.iter().enumerate() {
        page.line("");
        headline(page, &format!("intermediate {}", index + 1), view.display_name());
        certificate(page, view);
    }
    if let Some(view) = &view.root {
        page.line("");
        headline(page, "root, kept for checks and never served", view.display_name());
        certificate(page, view);
    }
    if let Some(view) = &view.previous {
        page.line("");
        headline(page, "previous certificate", view.display_name());
        certificate(page, view);
    }
    if let Some(view) = &view.request {
        page.line("");
        headline(page, "signing request", view.common_name.as_deref().unwrap_or_default());
        request(page, view);
    }
}

/// `Active, 396 days remain, staged as new`.
fn standing(view: &ShownProfile) -> String {
    let listed = &view.listed;
    let mut parts = vec![listed.status.as_str().to_owned()];
    parts.extend(listed.remaining_days.map(|count| format!("{} remain", days(count))));
    parts.extend(listed.staged.map(|change| format!("staged as {}", staged(change))));
    parts.join(", ")
}

fn ending(end: ChainEnd) -> &'static str {
    match end {
        ChainEnd::SelfSigned => "at itself: self-signed",
        ChainEnd::GivenRoot => "at a root that was imported with it",
        ChainEnd::SystemRoot => "at a root that this system trusts",
        ChainEnd::Open => "open: its issuer is not known here",
    }
}

fn headline(page: &mut Page, what: &str, which: &str) {
    let what = page.paint(Style::Strong, what);
    let which = if which.is_empty() { String::new() } else { format!(": {}", Page::plain(which)) };
    page.painted_line(&format!("{what}{which}"));
}
