//! Which rules apply, how severe each is, and which of them decide: one readable file per ruleset.
//!
//! A file says what differs from the catalogue. Own rulesets have the same form:
//!
//! ```toml
//! summary = "what it is for"
//! base = "public-tls"          # a built-in ruleset to begin with; without it, the catalogue
//! root = "keep"                # keep, drop or require the root in a mended chain
//! anchor = "required"          # a path to a trust anchor is required, or wanted: then its lack is told and decides nothing
//! use = "server"               # server or client
//! common-name = false          # the CN counts when there is no dNSName
//! path = "public-tls"          # path validation by rfc5280 or public-tls
//! port = 25                    # the server's port, whose TLSA records count
//!
//! [rules]
//! "chain/root-included" = "off"                               # off, note, warning, error
//! "name/no-san" = { severity = "warning", decides = false }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::model::diagnostic::Severity;
use crate::trust::ruleset::Ruleset as PathRules;

use super::rules::{self, Rule};
use crate::sys::library_error;

/// The built-in rulesets, by name.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("public-tls", include_str!("rulesets/public-tls.toml")),
    ("rfc5280", include_str!("rulesets/rfc5280.toml")),
    ("private-ca", include_str!("rulesets/private-ca.toml")),
    ("smtp-server", include_str!("rulesets/smtp-server.toml")),
    ("smtp-client", include_str!("rulesets/smtp-client.toml")),
    ("https", include_str!("rulesets/https.toml")),
    ("dane-ee", include_str!("rulesets/dane-ee.toml")),
    ("dane-ta", include_str!("rulesets/dane-ta.toml")),
    ("fortimail", include_str!("rulesets/fortimail.toml")),
    ("imss", include_str!("rulesets/imss.toml")),
];

/// What a rule means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// `None` is off.
    pub severity: Option<Severity>,
    pub decides: bool,
}

/// What becomes of the root in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RootPolicy {
    Keep,
    #[default]
    Drop,
    Require,
}

/// Whether there has to be a path to a trust anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnchorPolicy {
    /// What path validation refuses is never let pass.
    #[default]
    Required,
    /// Many peers do not check, so that a severity may say that a refusal is for the operator to weigh.
    Wanted,
}

/// Which side of a connection presents the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    #[default]
    Server,
    Client,
}

impl Use {
    /// The extKeyUsage that the chain must allow, by its name.
    pub fn purpose(self) -> &'static str {
        match self {
            Use::Server => "serverAuth",
            Use::Client => "clientAuth",
        }
    }
}

/// A ruleset, ready for use.
#[derive(Debug, Clone)]
pub struct Ruleset {
    pub name: String,
    pub summary: String,
    pub root: RootPolicy,
    pub anchor: AnchorPolicy,
    pub side: Use,
    /// The common name counts when there is no dNSName.
    pub common_name: bool,
    /// Of the server: whose TLSA records count.
    pub port: u16,
    path: PathRules,
    levels: BTreeMap<&'static str, Level>,
    /// What the operator set for this run.
    overruled: BTreeSet<&'static str>,
}

/// A ruleset file as written.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    #[serde(default)]
    summary: String,
    base: Option<String>,
    root: Option<RootPolicy>,
    anchor: Option<AnchorPolicy>,
    r#use: Option<Use>,
    common_name: Option<bool>,
    path: Option<String>,
    port: Option<u16>,
    #[serde(default)]
    rules: BTreeMap<String, WrittenLevel>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
enum WrittenLevel {
    Severity(String),
    Both { severity: Option<String>, decides: Option<bool> },
}

/// Why a ruleset cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulesetError {
    #[error("there is no ruleset `{0}`")]
    Unknown(String),
    #[error("{0}")]
    Syntax(String),
    #[error("there is no rule `{0}`")]
    UnknownRule(String),
    #[error("`{0}` is no severity; severities are off, note, warning, error")]
    UnknownSeverity(String),
    #[error("`{0}` is no set of path rules; there are rfc5280 and public-tls")]
    UnknownPathRules(String),
}

impl Ruleset {
    /// The built-in ruleset with this name.
    pub fn named(name: &str) -> Result<Ruleset, RulesetError> {
        let (name, text) =
            BUILT_IN.iter().find(|(known, _)| *known == name).ok_or_else(|| RulesetError::Unknown(name.to_owned()))?;
        Ruleset::parse(name, text)
    }

    /// Reads the text of a ruleset file.
    pub fn parse(name: &str, text: &str) -> Result<Ruleset, RulesetError> {
        let written: Written = toml_edit::de::from_str(text)
            .map_err(|error| RulesetError::Syntax(library_error::toml_with_line(&error, text)))?;
        let mut ruleset = match written.base.as_deref() {
            // The bases of the built-in ones end at public-tls, which has none.
            Some(base) => Ruleset::named(base)?,
            None => Ruleset::catalogue(),
        };
        ruleset.name = name.to_owned();
        ruleset.summary = written.summary;
        ruleset.root = written.root.unwrap_or(ruleset.root);
        ruleset.anchor = written.anchor.unwrap_or(ruleset.anchor);
        ruleset.side = written.r#use.unwrap_or(ruleset.side);
        ruleset.common_name = written.common_name.unwrap_or(ruleset.common_name);
        ruleset.port = written.port.unwrap_or(ruleset.port);
        if let Some(path) = written.path {
            ruleset.path = path_rules(&path)?;
        }
        for (id, level) in written.rules {
            let (severity, decides) = match level {
                WrittenLevel::Severity(severity) => (Some(severity), None),
                WrittenLevel::Both { severity, decides } => (severity, decides),
            };
            ruleset.put(&id, severity.as_deref(), decides)?;
        }
        Ok(ruleset)
    }

    /// Every rule as the catalogue has it.
    fn catalogue() -> Ruleset {
        let level = |rule: &'static Rule| (rule.id, Level { severity: Some(rule.severity), decides: rule.decides });
        Ruleset {
            name: String::new(),
            summary: String::new(),
            root: RootPolicy::default(),
            anchor: AnchorPolicy::default(),
            side: Use::default(),
            common_name: false,
            // A mail gateway's certificates are presented to other mail servers first of all.
            port: 25,
            path: PathRules::PublicTls,
            levels: rules::all().map(level).collect(),
            overruled: BTreeSet::new(),
        }
    }

    /// Changes one rule by the operator's own word: `off`, `note`, `warning` or `error`, and whether it decides. Unlike a ruleset
    /// file, this may even silence that something was not read.
    pub fn set(&mut self, id: &str, severity: Option<&str>, decides: Option<bool>) -> Result<(), RulesetError> {
        let id = self.put(id, severity, decides)?;
        self.overruled.insert(id);
        Ok(())
    }

    /// The operator set this rule for this run.
    pub fn is_overruled(&self, rule: &Rule) -> bool {
        self.overruled.contains(rule.id)
    }

    fn put(&mut self, id: &str, severity: Option<&str>, decides: Option<bool>) -> Result<&'static str, RulesetError> {
        let id = rules::find(id).map(|rule| rule.id).ok_or_else(|| RulesetError::UnknownRule(id.to_owned()))?;
        let level = self.levels.get_mut(id).ok_or_else(|| RulesetError::UnknownRule(id.to_owned()))?;
        if let Some(severity) = severity {
            level.severity = match severity {
                "off" => None,
                "note" => Some(Severity::Note),
                "warning" => Some(Severity::Warning),
                "error" => Some(Severity::Error),
                other => return Err(RulesetError::UnknownSeverity(other.to_owned())),
            };
        }
        // A severity alone says both: an error is what somebody wants to stop at.
        let implied = if severity.is_some() { level.severity == Some(Severity::Error) } else { level.decides };
        level.decides = decides.unwrap_or(implied);
        Ok(id)
    }

    /// What the rule means here.
    pub fn level(&self, rule: &Rule) -> Level {
        self.levels.get(rule.id).copied().unwrap_or(Level { severity: Some(rule.severity), decides: rule.decides })
    }

    /// Nothing is told by the rule with this id.
    pub fn is_off(&self, id: &str) -> bool {
        self.levels.get(id).is_some_and(|level| level.severity.is_none())
    }

    pub fn path_rules(&self) -> PathRules {
        self.path
    }
}

fn path_rules(name: &str) -> Result<PathRules, RulesetError> {
    match name {
        "rfc5280" => Ok(PathRules::Rfc5280),
        "public-tls" => Ok(PathRules::PublicTls),
        other => Err(RulesetError::UnknownPathRules(other.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_ruleset_can_be_read() {
        for (name, _) in BUILT_IN {
            let ruleset = Ruleset::named(name).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(!ruleset.summary.is_empty(), "{name} says not what it is for");
        }
    }

    #[test]
    fn a_mistake_in_a_ruleset_is_told() {
        let unknown = Ruleset::parse("own", "[rules]\n\"cert/nothing\" = \"off\"\n").unwrap_err();
        assert_eq!(unknown, RulesetError::UnknownRule("cert/nothing".into()));
        let severity = Ruleset::parse("own", "[rules]\n\"cert/weak-key\" = \"fatal\"\n").unwrap_err();
        assert_eq!(severity, RulesetError::UnknownSeverity("fatal".into()));
        assert!(matches!(Ruleset::parse("own", "severity = 1"), Err(RulesetError::Syntax(_))));
    }

    /// What keeps a listener from working is an error, what is for the operator to weigh is not.
    #[test]
    fn the_rulesets_of_a_gateway_tell_what_keeps_it_from_working() {
        let level = |ruleset: &str, rule: &str| Ruleset::named(ruleset).unwrap().level(rules::find(rule).unwrap());
        for ruleset in ["smtp-server", "smtp-client", "https", "fortimail", "imss"] {
            for rule in [
                "key/mismatch",
                "pem/malformed",
                "pem/no-certificate",
                "cert/expired-leaf",
                "chain/missing-intermediate",
            ] {
                let error = Level { severity: Some(Severity::Error), decides: true };
                assert_eq!(level(ruleset, rule), error, "{rule} in {ruleset}");
            }
            for rule in ["chain/self-signed-leaf", "chain/untrusted-root", "chain/unknown-root"] {
                let warning = Level { severity: Some(Severity::Warning), decides: false };
                assert_eq!(level(ruleset, rule), warning, "{rule} in {ruleset}");
            }
            let note = Level { severity: Some(Severity::Note), decides: false };
            assert_eq!(level(ruleset, "cert/validity-too-long"), note, "{ruleset}");
        }
        for (ruleset, rule, severity) in [
            ("smtp-server", "name/no-san", Severity::Warning),
            ("smtp-client", "name/no-san", Severity::Warning),
            ("smtp-server", "mail/mx-not-covered", Severity::Warning),
            ("https", "name/no-san", Severity::Error),
            ("dane-ee", "chain/self-signed-leaf", Severity::Note),
            ("private-ca", "chain/untrusted-root", Severity::Note),
            ("public-tls", "chain/untrusted-root", Severity::Error),
        ] {
            assert_eq!(level(ruleset, rule).severity, Some(severity), "{rule} in {ruleset}");
        }
        assert!(Ruleset::named("smtp-server").unwrap().common_name);
        assert_eq!(Ruleset::named("imss").unwrap().root, RootPolicy::Require);
        assert_eq!(Ruleset::named("smtp-client").unwrap().side, Use::Client);
    }

    #[test]
    fn a_rule_that_is_off_decides_nothing() {
        let ruleset = Ruleset::parse("own", "[rules]\n\"cert/weak-key\" = \"off\"\n").unwrap();
        let rule = rules::find("cert/weak-key").unwrap();
        assert_eq!(ruleset.level(rule), Level { severity: None, decides: false });
    }
}
