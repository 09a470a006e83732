//! Everything that is set key by key: the tables of `sealpost.toml` that there are once.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::configuration::{
    Assignment, Change, Configuration, Edit, Key, Mistake, SETTINGS, TableKeys, nearest,
};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};

use super::cert_list::StagedAs;
use super::committing::Committing;
use super::configured::{Configured, ConfiguredAs, Entry, KeyChange, assign, both};
use super::context::Context;
use super::{configured, configuring, home};

/// Settings, table by table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SettingList {
    pub settings: Vec<SettingShown>,
}

/// One key with what holds for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SettingShown {
    /// `limits.message-size`.
    pub key: String,
    /// What holds: the value of the file, else the default; empty where nothing does, and for a secret.
    pub value: Vec<String>,
    /// It stands in the file.
    pub is_set: bool,
    /// The value is not told.
    pub secret: bool,
    /// What holds when it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The range: `a number from 1 to 1,000`.
    pub takes: String,
    pub about: String,
    /// What differs from what runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub staged: Option<StagedAs>,
}

/// Lists the settings as they are staged; all, or those of a table such as `limits` or `tls.inbound`, or those below `tls`.
pub fn list(context: &Context, table: Option<&str>) -> Result<Reply<SettingList>, Diagnostics> {
    let states = States::of(context)?;
    let mut settings = Vec::new();
    for keys in SETTINGS.iter().filter(|keys| table.is_none_or(|table| is_within(keys, table))) {
        settings.extend(keys.keys.iter().map(|key| states.shown(keys, key)));
    }
    match (table, settings.is_empty()) {
        // A single key may be asked for like a table.
        (Some(name), true) => Ok(SettingList { settings: vec![show(context, name)?.answer] }.into()),
        _ => Ok(SettingList { settings }.into()),
    }
}

/// Shows one setting as it is staged.
pub fn show(context: &Context, name: &str) -> Result<Reply<SettingShown>, Diagnostics> {
    let (table, key) = find(name)?;
    Ok(States::of(context)?.shown(table, key).into())
}

/// What is staged and what runs.
struct States {
    staged: Edit,
    running: Edit,
}

impl States {
    fn of(context: &Context) -> Result<States, Diagnostics> {
        let (staged, running) = both(&home::open(context)?.staged()?)?;
        let edit = |configuration: &Configuration| {
            Edit::of(configuration.text()).map_err(|_| configuring::refused(Mistake::new("the file changed"), ""))
        };
        Ok(States { staged: edit(&staged)?, running: edit(&running)? })
    }

    fn shown(&self, table: &TableKeys, key: &Key) -> SettingShown {
        let written = self.staged.written(table.path, key.name);
        let before = self.running.written(table.path, key.name);
        let default = key.default.map(|default| default.split(if key.takes_many() { ' ' } else { '\n' }));
        let default: Vec<String> = default.into_iter().flatten().map(str::to_owned).collect();
        SettingShown {
            key: name_of(table, key),
            is_set: written.is_some(),
            staged: (written != before).then_some(if before.is_none() { StagedAs::New } else { StagedAs::Changed }),
            value: if key.secret { Vec::new() } else { written.unwrap_or(default) },
            secret: key.secret,
            default: key.default.map(str::to_owned),
            takes: key.kind.to_string(),
            about: key.about.to_owned(),
        }
    }
}

/// What shall become of one setting.
#[derive(Debug, Clone)]
pub struct Setting {
    table: &'static TableKeys,
    assignment: Assignment,
}

impl Setting {
    /// The setting `name`, such as `limits.message-size`.
    pub fn new(name: &str, change: Change) -> Result<Setting, Diagnostics> {
        let (table, key) = find(name)?;
        Ok(Setting { table, assignment: Assignment { key, change } })
    }

    /// Every setting of the table `name`, or the one setting of that name, back to its default.
    pub fn unset(name: &str) -> Result<Vec<Setting>, Diagnostics> {
        let Some(table) = SETTINGS.iter().find(|table| table.path.join(".") == name) else {
            return Ok(vec![Setting::new(name, Change::Unset)?]);
        };
        let one = |key| Setting { table, assignment: Assignment { key, change: Change::Unset } };
        Ok(table.keys.iter().map(one).collect())
    }

    pub fn name(&self) -> String {
        name_of(self.table, self.assignment.key)
    }

    pub fn takes_many(&self) -> bool {
        self.assignment.key.takes_many()
    }

    /// The value is never shown, and must not be given on a command line.
    pub fn is_secret(&self) -> bool {
        self.assignment.key.secret
    }
}

/// Sets settings, all of them or none.
pub fn set(context: &Context, committing: &Committing, settings: &[Setting]) -> Result<Reply<Configured>, Diagnostics> {
    let help = settings.first().map_or("sealpost setting list".to_owned(), |first| match settings.len() {
        1 => format!("sealpost setting show {}", first.name()),
        _ => format!("sealpost setting list {}", first.table.path.join(".")),
    });
    let (outcome, changes) = configuring::change(context, committing, |_, edit| {
        let mut changes = Vec::new();
        for setting in settings {
            let path = setting.table.path;
            let made = assign(std::slice::from_ref(&setting.assignment), |assignment| {
                let before = edit.written(path, assignment.key.name);
                edit.assign(path, assignment)?;
                Ok((before, edit.written(path, assignment.key.name)))
            })?;
            let named = |change: KeyChange| KeyChange { key: name_of(setting.table, setting.assignment.key), ..change };
            changes.extend(made.into_iter().map(named));
        }
        for setting in settings {
            drop_if_empty(edit, setting.table);
        }
        Ok(changes)
    })
    .map_err(|errors| configured::with_help(errors, &help))?;
    let action = if changes.is_empty() { ConfiguredAs::Unchanged } else { ConfiguredAs::Changed };
    let list = match settings.first() {
        Some(setting) => format!("sealpost setting list {}", setting.table.path.join(".")),
        None => "sealpost setting list".to_owned(),
    };
    let entry = Entry { kind: "setting", noun: "setting value", name: String::new(), path: Vec::new(), list };
    Ok(entry.configured(action, changes, outcome))
}

/// `[ldap]` without a key would be a directory without a host.
fn drop_if_empty(edit: &mut Edit, table: &TableKeys) {
    let is_empty = table.keys.iter().all(|key| edit.written(table.path, key.name).is_none());
    if let Some((last, parents)) = table.path.split_last()
        && is_empty
        && edit.has(table.path)
    {
        edit.unset(parents, last);
    }
}

fn name_of(table: &TableKeys, key: &Key) -> String {
    format!("{}.{}", table.path.join("."), key.name)
}

/// Whether the table is `name` or stands below it.
fn is_within(table: &TableKeys, name: &str) -> bool {
    let own = table.path.join(".");
    own == name || own.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

fn find(name: &str) -> Result<(&'static TableKeys, &'static Key), Diagnostics> {
    let all = || SETTINGS.iter().flat_map(|table| table.keys.iter().map(move |key| (*table, key)));
    if let Some(found) = all().find(|(table, key)| name_of(table, key) == name) {
        return Ok(found);
    }
    let names: Vec<String> = all().map(|(table, key)| name_of(table, key)).collect();
    let near = nearest(name, names.iter().map(String::as_str));
    // Somebody who knows the key but not its table.
    let same = names.iter().find(|full| full.rsplit('.').next() == Some(name)).cloned();
    let diagnostic = Diagnostic::error("setting/unknown", format!("there is no setting `{name}`"));
    let diagnostic = match SETTINGS.iter().find(|table| table.path.join(".") == name) {
        Some(table) => {
            let keys: Vec<String> = table.keys.iter().map(|key| name_of(table, key)).collect();
            diagnostic.fact(format!("it is a table with the settings {}", keys.join(", ")))
        }
        None => diagnostic,
    };
    let help =
        near.or(same).map_or_else(|| "sealpost setting list".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(diagnostic.fact("nothing was changed").help(help).into())
}
