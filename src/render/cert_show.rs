//! `sealpost cert show`.

use crate::app::cert_show::ShownProfile;
use crate::app::views::certificate::CertificateView;
use crate::model::profile::ChainEnd;

use super::answer::Answer;
use super::page::{Page, Style};
use super::views::certificate::certificate;
use super::views::field;
use super::views::request::request;

impl Answer for ShownProfile {
    const SCHEMA: &'static str = "sealpost.cert-show/1";

    fn page(&self, page: &mut Page) {
        let title = format!("{}: {}", page.paint(Style::Strong, self.profile.as_str()), self.status.as_str());
        page.painted_line(&title);
        field(page, "key", &self.key.algorithm);
        field(page, "key sha256", &self.key.sha256.to_string());
        let dates = [("created", Some(&self.created)), ("requested", self.request_exported.as_ref())];
        for (label, date) in dates.into_iter().chain([("imported", self.imported.as_ref())]) {
            date.into_iter().for_each(|date| field(page, label, date));
        }
        self.chain_end.iter().for_each(|end| field(page, "chain ends", ending(*end)));
        self.certificate.iter().for_each(|view| part(page, "certificate", view));
        self.intermediates.iter().for_each(|view| part(page, "intermediate", view));
        self.root.iter().for_each(|view| part(page, "root, kept and not served", view));
        self.previous.iter().for_each(|view| part(page, "previous certificate", view));
        if let Some(view) = self.request.as_ref().filter(|_| self.certificate.is_none()) {
            headline(page, "signing request");
            request(page, view);
        }
    }
}

fn ending(end: ChainEnd) -> &'static str {
    match end {
        ChainEnd::SelfSigned => "at itself: self-signed",
        ChainEnd::GivenRoot => "at a root that was imported with it",
        ChainEnd::SystemRoot => "at a root that this system trusts",
        ChainEnd::Open => "open: its issuer is not known here",
    }
}

fn part(page: &mut Page, what: &str, view: &CertificateView) {
    headline(page, &format!("{what}: {}", view.display_name()));
    certificate(page, view);
}

fn headline(page: &mut Page, text: &str) {
    page.line("");
    let title = page.paint(Style::Strong, text);
    page.painted_line(&title);
}
