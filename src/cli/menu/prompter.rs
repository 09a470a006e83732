//! Questions and answers, line by line, in the appliance's form: the question, then `[default]> `.
//!
//! Works the same on a terminal and from a pipe, so that a dialogue can be scripted. The end of input never means the
//! default: it ends the operation, and nothing of it is kept.

use crate::sys::library_error;
use std::io::{self, BufRead, IsTerminal, Write};

use zeroize::Zeroizing;

use crate::render::escape;
use crate::sys::terminal::{Hidden, INTERRUPT};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The input ended in the middle of an operation.
    #[error("the input ended before the question was answered")]
    EndOfInput,
    #[error("{}", library_error::io(.0))]
    Io(#[from] io::Error),
}

/// Asks on one stream and reads answers from another.
pub struct Prompter<'a> {
    input: &'a mut dyn BufRead,
    output: &'a mut dyn Write,
    /// Passwords come without echo; from a pipe they are the next line.
    terminal: bool,
    /// Somebody was asked and did not answer.
    ended: bool,
}

/// Answers longer than this are refused; a pasted chain of certificates fits many times.
const LONGEST_ANSWER: usize = 1 << 20;

impl<'a> Prompter<'a> {
    pub fn new(input: &'a mut dyn BufRead, output: &'a mut dyn Write) -> Prompter<'a> {
        Prompter { input, output, terminal: false, ended: false }
    }

    /// For the process's own standard streams: hides passwords when a terminal is there.
    pub fn on_standard_streams(input: &'a mut dyn BufRead, output: &'a mut dyn Write) -> Prompter<'a> {
        Prompter { input, output, terminal: io::stdin().is_terminal(), ended: false }
    }

    /// Prints one line. Text given to the prompter may come from outside: it is escaped here, once.
    pub fn say(&mut self, text: &str) -> Result<(), NoAnswer> {
        writeln!(self.output, "{}", escape::terminal(text))?;
        Ok(())
    }

    /// An empty line.
    pub fn gap(&mut self) -> Result<(), NoAnswer> {
        self.say("")
    }

    /// Whether the last question was not answered.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Prints bytes as they are.
    pub fn show(&mut self, bytes: &[u8]) -> Result<(), NoAnswer> {
        self.output.write_all(bytes)?;
        Ok(())
    }

    /// Asks for a text; an empty answer means `default`. White space around the answer is dropped.
    pub fn text(&mut self, question: &str, default: &str) -> Result<String, NoAnswer> {
        self.say(question)?;
        let answer = self.answer(&format!("[{default}]> "))?;
        Ok(if answer.is_empty() { default.to_owned() } else { answer })
    }

    /// Asks for a text until `check` accepts it; the refusal is printed before asking again.
    pub fn checked<T>(
        &mut self,
        question: &str,
        default: &str,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, NoAnswer> {
        loop {
            let answer = self.text(question, default)?;
            match check(&answer) {
                Ok(value) => return Ok(value),
                Err(refusal) => self.say(&refusal)?,
            }
        }
    }

    /// Asks yes or no, on the question's own line: `Do you …? [N]> `.
    pub fn yes(&mut self, question: &str, default: bool) -> Result<bool, NoAnswer> {
        let letter = if default { "Y" } else { "N" };
        loop {
            let answer = self.answer(&format!("{question} [{letter}]> "))?;
            match answer.to_ascii_lowercase().as_str() {
                "" => return Ok(default),
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                _ => self.say("Please answer Y or N.")?,
            }
        }
    }

    /// Shows a numbered list and asks for a number, or the text of a line. Gives the index, counted from 0.
    pub fn choice(&mut self, question: &str, lines: &[String], default: usize) -> Result<usize, NoAnswer> {
        loop {
            self.say(question)?;
            for (index, line) in lines.iter().enumerate() {
                self.say(&format!("{}. {line}", index + 1))?;
            }
            let answer = self.answer(&format!("[{}]> ", default + 1))?;
            if answer.is_empty() {
                return Ok(default);
            }
            let by_number =
                answer.parse().ok().and_then(|number: usize| number.checked_sub(1)).filter(|i| *i < lines.len());
            match by_number.or_else(|| lines.iter().position(|line| line.eq_ignore_ascii_case(&answer))) {
                Some(index) => return Ok(index),
                None => self.say(&format!("Please enter a number from 1 to {}.", lines.len()))?,
            }
        }
    }

    /// Shows a menu of `WORD - what it does` lines and asks for a word; any unambiguous beginning of it will do.
    /// `None` for an empty answer or the end of input: one level up.
    pub fn menu(&mut self, entries: &[(&'static str, &str)]) -> Result<Option<&'static str>, NoAnswer> {
        loop {
            writeln!(self.output, "\nChoose the operation you want to perform:")?;
            for (word, about) in entries {
                writeln!(self.output, "- {word} - {about}")?;
            }
            let answer = match self.answer("[]> ") {
                Err(NoAnswer::EndOfInput) => return Ok(None),
                other => other?.to_ascii_uppercase(),
            };
            if answer.is_empty() {
                return Ok(None);
            }
            let mut fitting = entries.iter().map(|(word, _)| *word).filter(|word| word.starts_with(&answer));
            match (fitting.next(), fitting.next()) {
                (Some(word), None) => return Ok(Some(word)),
                (Some(_), Some(_)) => self.say(&format!("`{answer}` fits more than one operation."))?,
                _ => self.say(&format!("`{answer}` is not one of the operations."))?,
            }
        }
    }

    /// Reads lines up to one that holds a single `.`, which is not part of the result.
    pub fn pasted(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer> {
        self.say(question)?;
        let mut text = Zeroizing::new(String::new());
        loop {
            let line = self.line()?;
            if line.trim() == "." {
                return Ok(text);
            }
            text.push_str(&line);
            text.push('\n');
        }
    }

    /// Asks for a secret: without echo on a terminal, else the next line.
    pub fn secret(&mut self, question: &str) -> Result<Zeroizing<String>, NoAnswer> {
        if !self.terminal {
            self.say(question)?;
            return self.line();
        }
        write!(self.output, "{} ", escape::terminal(question))?;
        self.output.flush()?;
        let hidden = Hidden::new()?;
        let line = self.line();
        drop(hidden);
        // Enter was not shown either.
        writeln!(self.output)?;
        line
    }

    fn answer(&mut self, prompt: &str) -> Result<String, NoAnswer> {
        write!(self.output, "{}", escape::terminal(prompt))?;
        self.output.flush()?;
        let line = self.line();
        if !self.terminal {
            // Nobody pressed Enter there, so the transcript would run on.
            writeln!(self.output)?;
        }
        line.map(|line| line.trim().to_owned())
    }

    /// One line without its end; the end of input right at the start of a line is the end of the dialogue, and so is Ctrl-C
    /// anywhere in it.
    fn line(&mut self) -> Result<Zeroizing<String>, NoAnswer> {
        let mut bytes = Zeroizing::new(Vec::new());
        loop {
            let available = self.input.fill_buf()?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            bytes.extend_from_slice(&available[..taken]);
            self.input.consume(taken);
            if bytes.len() > LONGEST_ANSWER {
                return Err(NoAnswer::Io(io::Error::new(io::ErrorKind::InvalidData, "a line is longer than 1 MiB")));
            }
            self.ended = (taken == 0 && bytes.is_empty()) || (self.terminal && bytes.ends_with(&[INTERRUPT]));
            if self.ended {
                return Err(NoAnswer::EndOfInput);
            }
            if end.is_some() || taken == 0 {
                break;
            }
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the answer is not UTF-8"))?;
        Ok(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask<T>(input: &str, f: impl FnOnce(&mut Prompter<'_>) -> T) -> (T, String) {
        let mut input = input.as_bytes();
        let mut output = Vec::new();
        let value = f(&mut Prompter::new(&mut input, &mut output));
        (value, String::from_utf8(output).unwrap())
    }

    #[test]
    fn an_empty_answer_is_the_default_but_the_end_of_input_is_not() {
        let (answer, shown) = ask("\n", |p| p.text("Enter Common Name:", "mx1.example.com"));
        assert_eq!(answer.unwrap(), "mx1.example.com");
        assert_eq!(shown, "Enter Common Name:\n[mx1.example.com]> \n");
        let (answer, _) = ask("", |p| p.text("Enter Common Name:", "mx1.example.com"));
        assert!(matches!(answer, Err(NoAnswer::EndOfInput)));
    }

    #[test]
    fn yes_or_no_is_asked_until_it_is_one() {
        let (answer, shown) = ask("maybe\nno\n", |p| p.yes("Do you want to view the CSR?", true));
        assert!(!answer.unwrap());
        assert_eq!(shown.matches("[Y]> ").count(), 2);
    }

    #[test]
    fn a_menu_takes_any_unambiguous_beginning() {
        let entries = [("EDIT", "edit"), ("EXPORT", "export")];
        assert_eq!(ask("ex\n", |p| p.menu(&entries)).0.unwrap(), Some("EXPORT"));
        assert_eq!(ask("e\nedit\n", |p| p.menu(&entries)).0.unwrap(), Some("EDIT"));
        assert_eq!(ask("\n", |p| p.menu(&entries)).0.unwrap(), None);
        assert_eq!(ask("", |p| p.menu(&entries)).0.unwrap(), None);
    }

    #[test]
    fn a_choice_takes_a_number_or_the_words() {
        let lines = ["ECDSA P-256", "RSA 2048"].map(String::from);
        assert_eq!(ask("\n", |p| p.choice("Key:", &lines, 0)).0.unwrap(), 0);
        assert_eq!(ask("0\n3\n2\n", |p| p.choice("Key:", &lines, 0)).0.unwrap(), 1);
        assert_eq!(ask("rsa 2048\n", |p| p.choice("Key:", &lines, 0)).0.unwrap(), 1);
    }

    #[test]
    fn a_paste_ends_with_a_dot_and_never_with_the_input() {
        let (text, _) = ask("a\nb\n.\nc", |p| p.pasted("Paste:"));
        assert_eq!(text.unwrap().as_str(), "a\nb\n");
        assert!(matches!(ask("a\nb\n", |p| p.pasted("Paste:")).0, Err(NoAnswer::EndOfInput)));
    }
}
