//! What went wrong, a paragraph for each kind.

use crate::app::log::Logged;
use crate::deliver::tracking::{FailureGroup, FailureKind};
use crate::model::moment::plural;
use crate::render::page::{Page, Style};

use super::local;

pub(super) fn page(page: &mut Page, logged: &Logged) {
    for (at, group) in logged.failures.iter().enumerate() {
        let is_first = at == 0 || logged.failures.get(at - 1).is_some_and(|before| before.kind != group.kind);
        if is_first {
            if at > 0 {
                page.line("");
            }
            let title = page.paint(Style::Strong, title(group.kind));
            page.painted_line(&title);
        }
        one(page, group);
    }
    if logged.left_out > 0 {
        page.line(&format!("and {} of other kinds", plural(logged.left_out, "failure")));
    }
    match logged.failures.iter().find_map(|group| group.last_mid) {
        Some(mid) => page.next(&format!("sealpost log --mid {mid}")),
        None if logged.failures.is_empty() => page.say(&format!("no failures in {}", plural(logged.lines, "line"))),
        None => {}
    }
}

fn title(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::TlsIn => "TLS of clients that failed",
        FailureKind::TlsOut => "TLS to destinations that was not reached",
        FailureKind::Downgrade => "Hosts that did TLS before and do not offer it any more",
        FailureKind::Delayed => "Mail that was put off",
        FailureKind::Bounced => "Mail that was given up",
    }
}

fn one(page: &mut Page, group: &FailureGroup) {
    let domain = group.domain.as_ref().map_or_else(String::new, |domain| format!("{domain}: "));
    let cause = group.cause.as_ref().map_or_else(String::new, |cause| format!(" [{cause}]"));
    let count = page.paint(Style::Error, &format!("{:>6} x", group.count));
    page.painted_line(&format!("{count}  {}", Page::plain(&format!("{domain}{}{cause}", group.reason))));
    page.line(&format!("          {}", last(group)));
    match (&group.required, group.kind) {
        (Some(required), _) => page.line(&format!("          {required}: nothing was sent")),
        (None, FailureKind::TlsOut) if goes_in_clear(group) => {
            page.line("          not required: mail goes in clear text")
        }
        (None, FailureKind::TlsOut) => {
            page.line("          after the 220 to STARTTLS there is no clear text: nothing was sent")
        }
        (None, _) => {}
    }
    if let Some(ptr) = &group.ptr_match {
        page.line(&format!("          the appliance would have accepted it by {ptr} (PTR)"));
    }
}

/// TLS was not begun, so that clear text is allowed where nothing requires TLS.
fn goes_in_clear(group: &FailureGroup) -> bool {
    let cause = group.cause.as_deref().unwrap_or_default();
    cause == "tls/no-esmtp" || cause == "tls/lost-at-starttls" || cause.starts_with("tls/starttls-")
}

/// `last 2026-03-06 09:05:03: mx1.example.net 192.0.2.1, DCID 77`.
fn last(group: &FailureGroup) -> String {
    let address = group.address.map(|address| address.to_string());
    let own = |host: &String| Some(host.trim_matches(['[', ']'])) != address.as_deref();
    let host = group.host.clone().filter(own);
    let peer: Vec<String> = host.into_iter().chain(address).collect();
    let numbers = [
        group.last_icid.map(|icid| format!("ICID {icid}")),
        group.last_dcid.map(|dcid| format!("DCID {dcid}")),
        group.last_mid.map(|mid| format!("MID {mid}")),
    ];
    let facts: Vec<String> =
        Some(peer.join(" ")).filter(|peer| !peer.is_empty()).into_iter().chain(numbers.into_iter().flatten()).collect();
    let when = match group.count {
        1 => local(group.last),
        _ if group.first == group.last => local(group.last),
        _ => format!("last {}, first {}", local(group.last), local(group.first)),
    };
    format!("{when}: {}", facts.join(", "))
}
