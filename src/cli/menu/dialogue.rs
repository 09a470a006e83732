//! A dialogue under way: one operation after the other, each of them staged as soon as it is finished.

use std::io;

use crate::app::context::Context;
use crate::app::secrets::{Locked, Password, Secrets};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::render::answer::Answer;
use crate::render::dialogue::DialogueEnded;

use super::prompter::{NoAnswer, Prompter};
use crate::cli::session::Session;

/// Who is asked, and what came of it so far.
pub struct Dialogue<'a> {
    pub ask: Prompter<'a>,
    session: &'a Session,
    ended: DialogueEnded,
}

/// How an operation ends that was not finished: nobody answered, or it was refused.
pub enum Stopped {
    NoAnswer(NoAnswer),
    Refused(Diagnostics),
    /// There was nothing to do, and that was said already.
    Nothing,
}

impl From<NoAnswer> for Stopped {
    fn from(error: NoAnswer) -> Stopped {
        Stopped::NoAnswer(error)
    }
}

impl From<Diagnostics> for Stopped {
    fn from(errors: Diagnostics) -> Stopped {
        Stopped::Refused(errors)
    }
}

/// Holds a dialogue on the standard streams; `commands` is where programs find the same. The end of the input inside an operation drops that operation and is an error.
pub fn hold(
    session: &Session,
    commands: &str,
    body: impl FnOnce(&mut Dialogue<'_>) -> Result<(), NoAnswer>,
) -> Result<Reply<DialogueEnded>, Diagnostics> {
    if session.is_json() {
        let error = Diagnostic::error("dialogue/no-json", "a dialogue is for people and has no JSON form");
        return Err(error.help(format!("use the commands it calls: {commands}")).into());
    }
    let mut input = io::stdin().lock();
    let mut output = io::stdout();
    let ask = Prompter::on_standard_streams(&mut input, &mut output);
    let mut dialogue = Dialogue { ask, session, ended: DialogueEnded::default() };
    match body(&mut dialogue) {
        Ok(()) => Ok(dialogue.ended.into()),
        Err(error) => Err(dropped(&error).into()),
    }
}

impl Dialogue<'_> {
    pub fn context(&self) -> Context {
        self.session.context()
    }

    /// Prints what an operation came to. A refused one is counted, and the dialogue goes on; only a missing answer ends it.
    pub fn tell<A: Answer>(&mut self, result: Result<Reply<A>, Stopped>) -> Result<(), NoAnswer> {
        let reply = match result {
            Ok(reply) => reply,
            Err(stopped) => return self.stop(stopped),
        };
        let mut page = self.session.page();
        reply.remarks.iter().for_each(|remark| page.diagnostic(remark));
        reply.answer.page(&mut page);
        self.ask.show(page.data())?;
        self.ask.show(page.talk().as_bytes())
    }

    /// As `tell`, for a dialogue that has its own words for what is now true: only what else is to be said. The answer of an operation
    /// that was done is handed through.
    pub fn remarks<A>(&mut self, result: Result<Reply<A>, Diagnostics>) -> Result<A, Stopped> {
        let reply = result?;
        if !reply.remarks.is_empty() {
            let mut page = self.session.page();
            reply.remarks.iter().for_each(|remark| page.diagnostic(remark));
            self.ask.gap()?;
            self.ask.show(page.talk().as_bytes())?;
        }
        Ok(reply.answer)
    }

    /// A question of yes or no below an empty line.
    pub fn ask_again(&mut self, question: &str, default: bool) -> Result<bool, NoAnswer> {
        self.ask.gap()?;
        self.ask.yes(question, default)
    }

    /// An operation that was refused: why, and back to the menu. A missing answer ends the dialogue.
    pub fn stop(&mut self, stopped: Stopped) -> Result<(), NoAnswer> {
        let errors = match stopped {
            Stopped::NoAnswer(error) => return Err(error),
            // A password is asked for deep inside an operation, which only knows that it got none.
            Stopped::Refused(_) if self.ask.has_ended() => return Err(NoAnswer::EndOfInput),
            Stopped::Refused(errors) => errors,
            Stopped::Nothing => return Ok(()),
        };
        self.ended.refused += 1;
        let mut page = self.session.page();
        errors.iter().for_each(|error| page.diagnostic(error));
        self.ask.show(page.talk().as_bytes())
    }

    /// Asks for a text that may not be left out.
    pub fn required(&mut self, question: &str) -> Result<String, NoAnswer> {
        self.ask.checked(question, "", |answer| match answer {
            "" => Err("An answer is needed here.".to_owned()),
            answer => Ok(answer.to_owned()),
        })
    }
}

/// Passwords are asked for in the dialogue itself: without echo on a terminal, as the next line from a pipe.
impl Secrets for Prompter<'_> {
    fn unlock(&mut self, locked: &Locked, attempt: usize) -> Result<Option<Password>, Diagnostics> {
        // The appliance, too, asks three times.
        if attempt >= 3 {
            return Ok(None);
        }
        let told = if attempt == 0 { String::new() } else { "That password does not open it. ".to_owned() };
        self.say(&format!("{told}{} is {}.", locked.file, locked.protection)).map_err(|error| dropped(&error))?;
        Ok(Some(self.secret("Enter the password:").map_err(|error| dropped(&error))?))
    }

    fn seal(&mut self, file: &str) -> Result<Password, Diagnostics> {
        loop {
            let password = self.secret(&format!("Enter a password for {file}:")).map_err(|error| dropped(&error))?;
            let again = self.secret("Enter it again:").map_err(|error| dropped(&error))?;
            let refusal = match (password.is_empty(), password == again) {
                (false, true) => return Ok(password),
                (true, _) => "An empty password protects nothing.",
                (false, false) => "The two are not the same.",
            };
            self.say(refusal).map_err(|error| dropped(&error))?;
        }
    }
}

fn dropped(error: &NoAnswer) -> Diagnostic {
    Diagnostic::error("dialogue/no-answer", error.to_string())
        .fact("this operation was dropped; what was finished before it is staged")
        .help("sealpost change show")
}
