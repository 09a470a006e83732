//! SARIF 2.1.0 (OASIS), which code hosts and editors show at the lines of the file.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::app::lint::{FileAnswer, Linted, ProposedFix, Region, Told, Unread};
use crate::inspect::rules::{self, Rule};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::model::place::Place;
use crate::render::page::Page;

use super::Teller;
use crate::render::json::indented;

/// A log with one run: the rules first, then results while they come, then how the run went.
#[derive(Debug, Default)]
pub(super) struct Sarif {
    results: usize,
    has_begun: bool,
}

/// Where members of the run and results stand, in columns.
const MEMBER: usize = 6;
const ELEMENT: usize = 8;

impl Sarif {
    fn begin(&mut self, page: &mut Page) {
        if std::mem::replace(&mut self.has_begun, true) {
            return;
        }
        let tool = Tool {
            driver: Driver {
                name: "sealpost",
                semantic_version: env!("CARGO_PKG_VERSION"),
                rules: rules::all().map(descriptor).collect(),
            },
        };
        page.raw(b"{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"version\": \"2.1.0\",\n");
        page.raw(b"  \"runs\": [\n    {\n");
        page.raw(member("tool", &tool).as_bytes());
        page.raw(member("columnKind", &"unicodeCodePoints").as_bytes());
        // A carriage return alone ends a line here, too, so that lines are those that findings name.
        page.raw(member("newlineSequences", &["\r\n", "\n", "\r"]).as_bytes());
        page.raw(b"      \"results\": [");
    }
}

impl Teller for Sarif {
    fn file(&mut self, page: &mut Page, answer: &FileAnswer, _: usize) {
        self.begin(page);
        for told in answer.report.iter().flat_map(|report| &report.findings) {
            page.raw(if self.results == 0 { b"\n" } else { b",\n" });
            page.raw(indented(&result(told), ELEMENT).as_bytes());
            self.results += 1;
        }
    }

    fn end(&mut self, page: &mut Page, linted: &Linted, _: &[Diagnostic]) {
        self.begin(page);
        page.raw(if self.results == 0 { b"],\n" } else { b"\n      ],\n" });
        let unread = || linted.unread.iter().chain(&linted.unmended);
        let invocation = Invocation {
            execution_successful: unread().next().is_none(),
            tool_execution_notifications: unread().map(notification).collect(),
        };
        let last = member("invocations", &[invocation]);
        page.raw(last.trim_end_matches([',', '\n']).as_bytes());
        page.raw(b"\n    }\n  ]\n}\n");
    }
}

/// `"name": value,` as a member of the run.
fn member(name: &str, value: &impl Serialize) -> String {
    let value = indented(value, MEMBER);
    format!("{}\"{name}\": {},\n", " ".repeat(MEMBER), value.trim_start())
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
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'a> {
    description: Text<'a>,
    artifact_changes: [ArtifactChange<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation,
    replacements: [Replacement<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: SarifRegion,
    #[serde(skip_serializing_if = "Option::is_none")]
    inserted_content: Option<Text<'a>>,
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
    region: Option<SarifRegion>,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_offset: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byte_length: Option<usize>,
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
        locations: [location(&place, None, None, None)],
    }
}

fn result(told: &Told) -> SarifResult<'_> {
    let facts = told.facts.iter().cloned().chain(told.help.iter().map(|help| format!("help: {help}")));
    let text = std::iter::once(told.message.clone()).chain(facts).collect::<Vec<_>>().join("\n");
    let regions = told.marks.related.iter().copied().chain(std::iter::repeat(None));
    let related = (1..).zip(told.related.iter().zip(regions));
    SarifResult {
        rule_id: told.rule,
        rule_index: rules::all().position(|rule| rule.id == told.rule),
        level: level(told.severity),
        message: OwnedText { text },
        locations: [location(&told.place, told.marks.region, None, None)],
        related_locations: related
            .map(|(id, (note, region))| location(&note.place, region, Some(id), note.what.as_deref()))
            .collect(),
        partial_fingerprints: BTreeMap::from([("finding/v1", told.fingerprint.as_str())]),
        fixes: told.marks.fix.iter().map(|proposed| fix(proposed, &told.file)).collect(),
    }
}

fn fix<'a>(proposed: &'a ProposedFix, file: &str) -> Fix<'a> {
    let inserted_content = (!proposed.text.is_empty()).then(|| Text { text: &proposed.text });
    Fix {
        description: Text { text: proposed.description },
        artifact_changes: [ArtifactChange {
            artifact_location: ArtifactLocation { uri: uri(file) },
            replacements: [Replacement { deleted_region: region(proposed.region), inserted_content }],
        }],
    }
}

fn location<'a>(place: &Place, known: Option<Region>, id: Option<usize>, message: Option<&'a str>) -> Location<'a> {
    let region = match (known, place.line, place.offset) {
        (Some(known), ..) => Some(region(known)),
        // A byte without a length would be an empty place in the line.
        (None, Some(line), _) => Some(SarifRegion { start_line: Some(line), ..SarifRegion::default() }),
        (None, None, Some(offset)) => Some(SarifRegion { byte_offset: Some(offset), ..SarifRegion::default() }),
        (None, None, None) => None,
    };
    Location {
        id,
        physical_location: PhysicalLocation { artifact_location: ArtifactLocation { uri: uri(&place.file) }, region },
        message: message.map(|text| Text { text }),
    }
}

fn region(region: Region) -> SarifRegion {
    SarifRegion {
        start_line: Some(region.start.0),
        start_column: Some(region.start.1),
        end_line: Some(region.end.0),
        end_column: Some(region.end.1),
        byte_offset: Some(region.offset),
        byte_length: Some(region.length),
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
