//! SARIF 2.1.0 (OASIS), which code hosts and editors show at the lines of the file.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::lint::{Linted, Told, Unread};
use crate::inspect::rules::{self, Rule};
use crate::model::diagnostic::Severity;
use crate::model::place::Place;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation<'a>; 1],
    results: Vec<SarifResult<'a>>,
    column_kind: &'static str,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<ReportingDescriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportingDescriptor {
    id: &'static str,
    short_description: Text<'static>,
    full_description: Text<'static>,
    help: Text<'static>,
    default_configuration: Configuration,
    properties: BTreeMap<&'static str, &'static str>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'static str,
    message: Text<'a>,
    locations: [Location<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: OwnedText,
    locations: [Location<'a>; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct OwnedText {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<usize>,
}

/// The log as one JSON object.
pub(super) fn log(linted: &Linted) -> String {
    let results = linted.files.iter().flat_map(|file| &file.findings).map(result).collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "sealpost",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules::all().map(descriptor).collect(),
            },
        },
        invocations: [Invocation {
            execution_successful: linted.unread.is_empty(),
            tool_execution_notifications: linted.unread.iter().map(notification).collect(),
        }],
        results,
        column_kind: "unicodeCodePoints",
    };
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn descriptor(rule: &Rule) -> ReportingDescriptor {
    ReportingDescriptor {
        id: rule.id,
        short_description: Text { text: rule.summary },
        full_description: Text { text: rule.why },
        help: Text { text: rule.mend },
        default_configuration: Configuration { level: level(rule.severity) },
        properties: BTreeMap::from([("source", rule.source)]),
    }
}

fn level(severity: Severity) -> &'static str {
    severity.as_str()
}

fn notification(unread: &Unread) -> Notification<'_> {
    let place = Place::file(&unread.file);
    Notification {
        level: "error",
        message: Text { text: &unread.error.message },
        locations: [location(&place, None, None)],
    }
}

fn result(told: &Told) -> SarifResult<'_> {
    let facts = told.facts.iter().cloned().chain(told.help.iter().map(|help| format!("help: {help}")));
    let text = std::iter::once(told.message.clone()).chain(facts).collect::<Vec<_>>().join("\n");
    let related = (1..).zip(&told.related);
    SarifResult {
        rule_id: told.rule,
        rule_index: rules::all().position(|rule| rule.id == told.rule),
        level: level(told.severity),
        message: OwnedText { text },
        locations: [location(&told.place, None, None)],
        related_locations: related.map(|(id, note)| location(&note.place, Some(id), note.what.as_deref())).collect(),
        partial_fingerprints: BTreeMap::from([("finding/v1", told.fingerprint.clone())]),
    }
}

fn location<'a>(place: &Place, id: Option<usize>, message: Option<&'a str>) -> Location<'a> {
    let region = Region { start_line: place.line, byte_offset: place.offset };
    let is_known = place.line.is_some() || place.offset.is_some();
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(&place.file) },
            region: is_known.then_some(region),
        },
        message: message.map(|text| Text { text }),
    }
}

/// A path as a URI reference (RFC 3986): relative as it was named, absolute with its scheme.
fn uri(file: &str) -> String {
    let scheme = if file.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    file.bytes().fold(scheme.to_owned(), |mut out, byte| {
        match plain(byte) {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn a_path_becomes_a_uri_reference() {
        assert_eq!(uri("certs/full chain.pem"), "certs/full%20chain.pem");
        assert_eq!(uri("/etc/ssl/ä.pem"), "file:///etc/ssl/%C3%A4.pem");
    }
}
