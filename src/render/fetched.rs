//! Where missing issuers were looked for, and what was found there.

use crate::app::issuer_fetching::FetchTold;

use super::page::{Page, Style};

/// A line for each URL.
pub(super) fn fetched(page: &mut Page, told: &[FetchTold]) {
    for FetchTold { url, wanted_by, certificates, error } in told {
        match error {
            None => page.line(&format!("  fetched from {url}: {}", certificates.join(", "))),
            Some(error) => {
                let head = page.paint(Style::Warning, "not fetched:");
                page.painted_line(&format!(
                    "  {head} {}",
                    Page::plain(&format!("issuer of {wanted_by} from {url}: {error}"))
                ));
            }
        }
    }
}
