//! The part for people, from `templates/report-*.txt`.

use std::time::Duration;

use time::format_description::well_known::Rfc2822;

use crate::deliver::queue::{Trouble, Waiting};
use crate::model::moment::{Moment, plural};

use super::{Action, Report};

/// Columns of a line.
const WIDTH: usize = 78;

impl Report<'_> {
    pub(super) fn text(&self) -> Vec<u8> {
        let template = match self.action {
            Action::Failed => include_str!("../../../templates/report-failed.txt"),
            Action::Delayed => include_str!("../../../templates/report-delayed.txt"),
            Action::Relayed => include_str!("../../../templates/report-delivered.txt"),
        };
        let recipients: String = self.recipients.iter().map(|(waiting, why)| self.recipient(waiting, why)).collect();
        let until = self.until.map(|until| format!(" until {}", date(until))).unwrap_or_default();
        // The recipients last: what stands in them is not ours to fill in.
        let text = template
            .replace("{host}", self.reporting_mta.as_str())
            .replace("{plural}", if self.recipients.len() == 1 { "" } else { "es" })
            .replace("{age}", &span(self.age))
            .replace("{until}", &until)
            .replace("{returned}", self.returned.words())
            .replace("{recipients}", recipients.trim_end_matches('\n'));
        let (charset, encoding) = if text.is_ascii() { ("us-ascii", "7bit") } else { ("utf-8", "8bit") };
        let header =
            format!("Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n");
        format!("{header}\r\n{}", text.trim_end().replace('\n', "\r\n")).into_bytes()
    }

    fn recipient(&self, waiting: &Waiting, why: &Trouble) -> String {
        let mut block = format!("  <{}>\n", waiting.recipient.address);
        if !why.sentence.is_empty() {
            block += &wrapped(&clean(&why.sentence), "    ");
        }
        if let Some(reply) = &why.reply {
            let host = why.remote_mta.as_deref().map_or_else(|| "the other side".to_owned(), clean);
            block += &wrapped(&format!("{host} said: {}", clean(reply)), "    ");
        }
        block + "\n"
    }
}

/// RFC 5322 section 3.3, in UTC.
pub(super) fn date(moment: Moment) -> String {
    let moment = moment.to_offset(time::UtcOffset::UTC);
    moment.format(&Rfc2822).unwrap_or_else(|_| moment.to_string())
}

/// What a peer said, without what would move the reader's cursor or begin a header line.
pub(super) fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Lines of at most `WIDTH` columns where words allow it, each with `indent` in front.
fn wrapped(text: &str, indent: &str) -> String {
    let mut lines = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent.len() + line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines += &format!("{indent}{line}\n");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines + &format!("{indent}{line}\n")
}

fn span(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 7_200.. => plural(seconds / 3_600, "hour"),
        seconds @ 60.. => plural(seconds / 60, "minute"),
        seconds => plural(seconds, "second"),
    }
}
