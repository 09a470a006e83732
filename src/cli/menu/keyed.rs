//! Questions whose answers are keys of `sealpost.toml`. What was only confirmed is not set again.

use crate::app::configured::Configured;
use crate::app::settings::{self, Setting};
use crate::model::configuration::{Assignment, Change, Key};
use crate::model::diagnostic::{Diagnostics, Reply};

use super::dialogue::{Dialogue, Stopped};
use super::prompter::NoAnswer;

/// What was answered about one entry.
pub struct Answers {
    keys: &'static [Key],
    pub assignments: Vec<Assignment>,
}

impl Answers {
    pub fn about(keys: &'static [Key]) -> Answers {
        Answers { keys, assignments: Vec::new() }
    }

    /// Sets the key unless `current` is that already.
    pub fn set(&mut self, name: &str, value: &str, current: &str) {
        if value != current {
            self.assign(name, Change::Set(vec![value.to_owned()]));
        }
    }

    pub fn set_list(&mut self, name: &str, values: Vec<String>, current: &[String]) {
        if values != current {
            self.assign(name, Change::Set(values));
        }
    }

    pub fn assign(&mut self, name: &str, change: Change) {
        if let Some(key) = self.keys.iter().find(|key| key.name == name) {
            self.assignments.push(Assignment { key, change });
        }
    }
}

/// The elements of an answer, which people separate by commas.
pub fn listed(answer: &str) -> Vec<String> {
    answer.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

impl Dialogue<'_> {
    /// Tells what a change of an entry came to; without an answer that changes anything there is none.
    pub fn settle(
        &mut self,
        answers: &Answers,
        set: impl FnOnce(&Dialogue<'_>, &[Assignment]) -> Result<Reply<Configured>, Diagnostics>,
    ) -> Result<(), Stopped> {
        if answers.assignments.is_empty() {
            return Ok(self.ask.say("Nothing was changed.")?);
        }
        let done = set(self, &answers.assignments)?;
        Ok(self.tell(Ok(done))?)
    }

    /// What holds for a setting, as one text.
    pub fn setting(&self, name: &str) -> Result<String, Diagnostics> {
        Ok(settings::show(&self.context(), name)?.answer.value.join(", "))
    }

    /// Changes settings, those that are as wanted already aside.
    pub fn set_settings(&mut self, wanted: Vec<(&str, Change)>) -> Result<(), Stopped> {
        let mut list = Vec::new();
        for (name, change) in wanted {
            let shown = settings::show(&self.context(), name)?.answer;
            let is_same = match &change {
                Change::Set(values) => *values == shown.value,
                Change::Unset => !shown.is_set,
                Change::Add(_) | Change::Remove(_) => false,
            };
            if !is_same {
                list.push(Setting::new(name, change)?);
            }
        }
        if list.is_empty() {
            return Ok(self.ask.say("Nothing was changed.")?);
        }
        let done = settings::set(&self.context(), &Default::default(), &list)?;
        Ok(self.tell(Ok(done))?)
    }

    /// Prints names below a heading, numbered.
    pub fn numbered(&mut self, heading: &str, lines: &[String]) -> Result<(), NoAnswer> {
        self.ask.gap()?;
        self.ask.say(heading)?;
        for (index, line) in lines.iter().enumerate() {
            self.ask.say(&format!("{}. {line}", index + 1))?;
        }
        Ok(())
    }

    /// Asks for one of `names`, by its number or as it is.
    pub fn pick(&mut self, question: &str, names: &[String]) -> Result<String, Stopped> {
        self.ask.gap()?;
        if names.is_empty() {
            self.ask.say("There is none.")?;
            return Err(Stopped::Nothing);
        }
        Ok(names[self.ask.choice(question, names, 0)?].clone())
    }

    /// A text below an empty line; an empty answer takes `current`.
    pub fn text(&mut self, question: &str, current: &str) -> Result<String, NoAnswer> {
        self.ask.gap()?;
        self.ask.text(question, current)
    }

    /// A port, with its range when it is none.
    pub fn port(&mut self, question: &str, current: &str) -> Result<String, NoAnswer> {
        self.ask.gap()?;
        self.ask.checked(question, current, |answer| match answer.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port.to_string()),
            _ => Err("Please enter a number from 1 to 65535.".to_owned()),
        })
    }

    /// Runs the operations of a menu until somebody goes up. `list` prints what there is above the menu.
    pub fn operations(
        &mut self,
        entries: &[(&'static str, &str)],
        list: impl Fn(&mut Self) -> Result<(), Stopped>,
        run: impl Fn(&mut Self, &'static str) -> Result<(), Stopped>,
    ) -> Result<(), NoAnswer> {
        loop {
            if let Err(stopped) = list(self) {
                self.stop(stopped)?;
            }
            let Some(operation) = self.ask.menu(entries)? else { return Ok(()) };
            if let Err(stopped) = run(self, operation) {
                self.stop(stopped)?;
            }
        }
    }
}
