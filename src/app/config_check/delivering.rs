//! Deliveries that can only fail, and failures that nobody would hear of.

use crate::model::configuration::Destination;
use crate::model::diagnostic::Diagnostic;

use super::View;

/// The default row and the others for which `is_meant` holds: how many, the first of them, and the path of its table.
fn rows<'v>(view: &'v View<'_>, is_meant: impl Fn(&Destination) -> bool) -> Option<(usize, &'v str, Vec<&'v str>)> {
    let all = &view.configuration.destinations;
    let default = is_meant(&all.default).then_some(("(Default)", vec!["destination"]));
    let others = all.rows.iter().filter(|(_, (_, row))| is_meant(row));
    let others = others.map(|(name, _)| (name.as_str(), vec!["destination", name.as_str()]));
    let mut found = default.into_iter().chain(others);
    let (name, path) = found.next()?;
    Some((1 + found.count(), name, path))
}

fn named(count: usize, first: &str) -> String {
    match count {
        1 => format!("destination `{first}`"),
        count => format!("destination `{first}` and {} more", count - 1),
    }
}

/// Bounce verification is on, and there is no key to tag with.
pub(super) fn untagged(view: &View<'_>) -> Vec<Diagnostic> {
    if !view.configuration.bounce_verification.keys.is_empty() {
        return Vec::new();
    }
    let Some((count, first, mut path)) = rows(view, |row| row.bounce_verification == Some(true)) else {
        return Vec::new();
    };
    path.push("bounce-verification");
    let diagnostic =
        Diagnostic::warning("bounce-verification/no-key", "bounce verification is on, and there is no key")
            .fact(format!("{} asks for it; nothing can be tagged", named(count, first)))
            .help("sealpost setting set bounce-verification.keys --from-file FILE");
    vec![view.at(diagnostic, &path)]
}

/// Certificates shall be verified, and no authority is trusted.
pub(super) fn nothing_trusted(view: &View<'_>) -> Vec<Diagnostic> {
    let authorities = &view.configuration.authorities;
    if authorities.system || authorities.custom {
        return Vec::new();
    }
    let Some((count, first, mut path)) = rows(view, |row| row.tls.is_some_and(|tls| tls.verifies())) else {
        return Vec::new();
    };
    path.push("tls");
    let diagnostic =
        Diagnostic::warning("authorities/none", "certificates are to be verified, and no authority is trusted")
            .fact(format!("{} verifies; both authority lists are off", named(count, first)))
            .help("sealpost authority enable system");
    vec![view.at(diagnostic, &path)]
}

/// Alerts are on, and go to nobody.
pub(super) fn nobody_told(view: &View<'_>) -> Vec<Diagnostic> {
    let alerts = &view.configuration.alerts;
    if !alerts.to.is_empty() {
        return Vec::new();
    }
    let (asks, path) = match rows(view, |row| row.tls_alert == Some(true)) {
        _ if alerts.tls_required => ("alerts.tls-required".to_owned(), vec!["alerts", "tls-required"]),
        Some((count, first, mut path)) => {
            path.push("tls-alert");
            (named(count, first), path)
        }
        None => return Vec::new(),
    };
    let diagnostic = Diagnostic::warning("alerts/no-recipient", "alerts are on, and go to nobody")
        .fact(format!("{asks} asks for them; alerts.to is empty"))
        .help("sealpost setting set alerts.to ADDRESS");
    vec![view.at(diagnostic, &path)]
}
