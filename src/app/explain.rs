//! `explain`: what a lint rule checks, why, what to do, and what the rulesets make of it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::inspect::bytes::consumers::{self, Position};
use crate::inspect::rules::{self, Rule};
use crate::inspect::ruleset::{BUILT_IN, Ruleset};
use crate::model::diagnostic::{Diagnostics, Reply};

use super::lint::RuleLevel;
use super::rulesets::unknown_rule;

/// One rule, or all of them.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Explained {
    pub rules: Vec<ExplainedRule>,
    /// Only one was asked about.
    #[serde(skip)]
    pub in_full: bool,
}

/// A rule.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExplainedRule {
    pub rule: &'static str,
    pub summary: &'static str,
    pub why: &'static str,
    pub mend: &'static str,
    pub source: &'static str,
    pub fixable: bool,
    /// What servers do with such a file, for the rules about the form of PEM.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<ServersDo>,
    pub levels: Vec<RuleLevel>,
}

/// What servers do with a file of certificates of one kind, as measured.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ServersDo {
    /// What is wrong with the file.
    pub when: &'static str,
    /// When the certificate that has it is the only one of the file.
    pub alone: Option<String>,
    /// When it is an issuer between others.
    pub issuer: Option<String>,
}

/// Explains the rule with this id; without one, lists them all.
pub fn explain(id: Option<&str>) -> Result<Reply<Explained>, Diagnostics> {
    let Some(id) = id else {
        return Ok(Explained { rules: rules::all().map(explained).collect(), in_full: false }.into());
    };
    let rule = rules::find(id).ok_or_else(|| unknown_rule(id))?;
    Ok(Explained { rules: vec![explained(rule)], in_full: true }.into())
}

fn explained(rule: &'static Rule) -> ExplainedRule {
    let levels = BUILT_IN.iter().filter_map(|(name, _)| {
        let level = Ruleset::named(name).ok()?.level(rule);
        let severity = level.severity.map_or("off", |severity| severity.as_str());
        Some(RuleLevel { ruleset: name, severity, decides: level.decides })
    });
    ExplainedRule {
        rule: rule.id,
        summary: rule.summary,
        why: rule.why,
        mend: rule.mend,
        source: rule.source,
        fixable: rule.fixable,
        servers: consumers::of_rule(rule.id).map(servers_do).collect(),
        levels: levels.collect(),
    }
}

fn servers_do(row: &consumers::Row) -> ServersDo {
    let sentence = |position| consumers::sentence(row.deviation, &[position]);
    let (alone, issuer) = (sentence(Position::Only), sentence(Position::Middle));
    // What is between certificates, or at the end of a file, has no certificate of its own.
    ServersDo { when: row.name, issuer: issuer.filter(|issuer| alone.as_ref() != Some(issuer)), alone }
}
