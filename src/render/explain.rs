//! `sealpost explain`.

use crate::app::explain::{Explained, ExplainedRule};

use super::answer::Answer;
use super::page::{Page, Style};

impl Answer for Explained {
    const SCHEMA: &'static str = "sealpost.explain/1";

    fn page(&self, page: &mut Page) {
        for rule in &self.rules {
            match self.in_full {
                true => in_full(page, rule),
                false => page.line(&format!("{:<36} {}", rule.rule, rule.summary)),
            }
        }
    }
}

/// What the word behind a severity means.
const DECIDES: &str = "decides: a finding makes the verdict `fail` and the exit status 1, whatever its severity.";

fn in_full(page: &mut Page, rule: &ExplainedRule) {
    let title = format!("{}: {}", page.paint(Style::Strong, rule.rule), Page::plain(rule.summary));
    page.painted_line(&title);
    for text in [rule.why, rule.mend] {
        page.line("");
        page.line(text);
    }
    for servers in &rule.servers {
        page.line("");
        page.line(&format!("{}:", servers.when));
        match (&servers.alone, &servers.issuer) {
            (Some(alone), Some(issuer)) => {
                page.line(&format!("  in the only certificate: {alone}"));
                page.line(&format!("  in an issuer: {issuer}"));
            }
            (Some(what), None) | (None, Some(what)) => page.line(&format!("  {what}")),
            (None, None) => {}
        }
    }
    page.line("");
    page.line(&format!("source: {}", rule.source));
    for level in &rule.levels {
        let decides = if level.decides { ", decides" } else { "" };
        page.line(&format!("  {:<12} {}{decides}", level.ruleset, level.severity));
    }
    if rule.levels.iter().any(|level| level.decides) {
        page.line("");
        page.line(DECIDES);
    }
}
