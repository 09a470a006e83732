//! Options made from the keys of a table: their names, what help says of them, and their ranges stand with the key and nowhere else.

use std::marker::PhantomData;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::model::configuration::{Assignment, Change, Key, Kind};

/// A table whose keys are options.
pub trait Keyed {
    const KEYS: &'static [Key];
    /// Keys that are given otherwise, such as a name that is an argument.
    const WITHOUT: &'static [&'static str] = &[];
}

/// What was given for the keys of `T`, in the order of the table.
pub struct KeyArgs<T> {
    pub assignments: Vec<Assignment>,
    table: PhantomData<T>,
}

impl<T: Keyed> KeyArgs<T> {
    fn keys() -> impl Iterator<Item = &'static Key> {
        T::KEYS.iter().filter(|key| !T::WITHOUT.contains(&key.name))
    }
}

impl<T: Keyed> Args for KeyArgs<T> {
    fn augment_args(command: Command) -> Command {
        let command = Self::keys().fold(command, |command, key| command.args(options(key)));
        command.arg(
            Arg::new("unset")
                .long("unset")
                .value_name("KEY")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .value_parser(PossibleValuesParser::new(Self::keys().map(|key| key.name)))
                .hide_possible_values(true)
                .help("Take a key away, so that its default holds again"),
        )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Keyed> FromArgMatches for KeyArgs<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<KeyArgs<T>, clap::Error> {
        let given = |id: String| {
            let values = matches.get_many::<String>(&id)?;
            // `--domains ""` is the empty list.
            Some(values.filter(|value| !value.is_empty()).cloned().collect::<Vec<String>>())
        };
        let unset = given("unset".to_owned()).unwrap_or_default();
        let mut assignments = Vec::new();
        for key in Self::keys() {
            let mut push = |change| assignments.push(Assignment { key, change });
            if unset.iter().any(|name| name == key.name) {
                push(Change::Unset);
            }
            if let Some(values) = given(id(key)) {
                push(Change::Set(values));
            }
            if key.takes_many() {
                given(added(key)).map(Change::Add).into_iter().for_each(&mut push);
                given(removed(key)).map(Change::Remove).into_iter().for_each(&mut push);
            }
        }
        Ok(KeyArgs { assignments, table: PhantomData })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Apart from other arguments of a command, which may be called like a key.
fn id(key: &Key) -> String {
    format!("key {}", key.name)
}

fn added(key: &Key) -> String {
    format!("add {}", key.name)
}

fn removed(key: &Key) -> String {
    format!("remove {}", key.name)
}

/// `--port`; for a list also `--add-domains` and `--remove-domains`.
fn options(key: &'static Key) -> Vec<Arg> {
    let option = Arg::new(id(key)).long(key.name).value_name(value_name(key.kind)).help(help(key));
    let option = match key.kind {
        Kind::Words(words) => option.value_parser(PossibleValuesParser::new(words())).ignore_case(true),
        _ => option,
    };
    if !key.takes_many() {
        return vec![option.allow_hyphen_values(matches!(key.kind, Kind::Number { .. }))];
    }
    let list = |option: Arg| option.action(ArgAction::Append).value_delimiter(',').value_name("LIST");
    let add = Arg::new(added(key))
        .long(format!("add-{}", key.name))
        .help(format!("Put these into {} beside the others", key.name));
    let remove =
        Arg::new(removed(key)).long(format!("remove-{}", key.name)).help(format!("Take these out of {}", key.name));
    let others = [id(key)];
    vec![list(option), list(add).conflicts_with_all(&others), list(remove).conflicts_with_all(&others)]
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Switch => "TRUE|FALSE",
        Kind::Number { .. } => "N",
        Kind::Duration { .. } | Kind::DurationOrOff { .. } => "TIME",
        Kind::Size { .. } => "SIZE",
        Kind::Words(_) => "WORD",
        Kind::Text(_) => "TEXT",
        Kind::List(_) | Kind::OneOrMore(_) => "LIST",
    }
}

/// `Port that it listens on: a number from 1 to 65,535 [default: 25]`.
fn help(key: &Key) -> String {
    let mut letters = key.about.chars();
    let about: String =
        letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default();
    let takes = match key.kind {
        // The words are listed by clap.
        Kind::Switch | Kind::Words(_) => String::new(),
        kind => format!(": {kind}"),
    };
    let default = key.default.map(|default| format!(" [default: {default}]")).unwrap_or_default();
    format!("{about}{takes}{default}")
}
