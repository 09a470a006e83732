//! `queue flush`, `hold`, `release` and `drop`: how many, where, and what follows.

use crate::app::queue_change::QueueChanged;
use crate::model::moment::plural;

use super::answer::{Answer, Exit};
use super::page::Page;

/// Domains that are named.
const NAMED: usize = 10;

impl Answer for QueueChanged {
    const SCHEMA: &'static str = "sealpost.queue-change/1";

    fn page(&self, page: &mut Page) {
        if self.selected == 0 {
            page.say(if self.is_narrowed { "nothing in the queue is meant by that" } else { "the queue is empty" });
            return;
        }
        if self.recipients == 0 {
            let all = plural(self.selected, "selected recipient");
            page.say(&format!("nothing to do: {all}, {}", self.already()));
            return;
        }
        let (recipients, messages) = (plural(self.recipients, "recipient"), plural(self.messages, "message"));
        page.say(&format!("{} {recipients} of {messages}: {}", self.done, self.consequence()));
        for domain in self.domains.iter().take(NAMED) {
            page.say(&format!("  {:>7}  {}", domain.recipients, domain.domain));
        }
        if let Some(more) = self.domains.len().checked_sub(NAMED).filter(|more| *more > 0) {
            page.say(&format!("           and {}", plural(more as u64, "more domain")));
        }
        if let Some(next) = self.next() {
            page.next(next);
        }
    }

    /// No, when something was named and nothing was meant by it.
    fn exit(&self) -> Exit {
        if self.is_narrowed && self.selected == 0 { Exit::No } else { Exit::Done }
    }
}

impl QueueChanged {
    fn consequence(&self) -> &'static str {
        match (self.done, self.engine.is_some()) {
            ("held", _) => "not tried before they are released",
            ("released" | "flushed", true) => "the engine tries them now, as the limits of their destinations allow",
            ("released" | "flushed", false) => "tried as soon as an engine runs",
            _ => "they are gone, and no bounce was sent to their senders",
        }
    }

    fn already(&self) -> &'static str {
        match self.done {
            "held" => "all held already",
            "released" => "none of them held",
            _ if self.held_before == self.selected => "all held: release them first",
            _ => "due already, being tried, or held",
        }
    }

    fn next(&self) -> Option<&'static str> {
        match self.done {
            "held" => Some("sealpost queue release --held"),
            "flushed" | "released" => Some("sealpost queue list --deferred"),
            _ => None,
        }
    }
}
