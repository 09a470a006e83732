//! `sealpost serve`: what it says while it runs, and at its end.

use std::fmt::Write;

use crate::app::serve::{ServeEnded, ServeLine};
use crate::deliver::control::Status;
use crate::deliver::live::Served;

use super::answer::Answer;
use super::escape;
use super::page::Page;

impl Answer for ServeEnded {
    const SCHEMA: &'static str = "sealpost.serve/1";

    fn page(&self, page: &mut Page) {
        let waiting = match self.queued {
            0 => "the queue is empty".to_owned(),
            1 => "1 message waits in the queue".to_owned(),
            more => format!("{more} messages wait in the queue"),
        };
        page.say(&format!("stopped revision {}: {waiting}", self.revision));
    }
}

/// What the engine tells while it runs: with JSON one object on a line.
pub fn line(line: &ServeLine, as_json: bool) -> String {
    if as_json {
        return serde_json::to_string(line).map(|text| text + "\n").unwrap_or_default();
    }
    match line {
        ServeLine::Serving(status) => serving(status),
        ServeLine::Kept { reasons } => {
            let reasons: Vec<String> = reasons.iter().map(|reason| escape::terminal(reason).into_owned()).collect();
            format!("the new revision cannot be served, the one before goes on: {}\n", reasons.join("; "))
        }
        ServeLine::Stopping => "stopping: no new connections\n".to_owned(),
    }
}

fn serving(status: &Status) -> String {
    let mut text = format!("serving revision {}\n", status.revision);
    for listening in &status.listening {
        let role = format!("listener:{}", listening.listener);
        let own = |served: &&Served| served.role == role;
        let presents = status.served.iter().filter(own).map(|served| match served.demo {
            true => "Demo (bind a certificate: sealpost role bind)".to_owned(),
            false => format!("{} {}", served.profile, served.sha256.get(..16).unwrap_or_default()),
        });
        let presents: Vec<String> = presents.collect();
        let _ = writeln!(text, "  {} on {}: presents {}", listening.listener, listening.address, presents.join(", "));
    }
    text
}
