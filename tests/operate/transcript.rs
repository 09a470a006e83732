//! A dialogue written down as a person sees it: what was typed stands behind the prompts.

use crate::support::{Bench, Run, run_with};

/// The answers of a transcript, one per line.
pub fn answers(transcript: &str) -> String {
    transcript.lines().filter_map(typed).map(|(_, answer)| format!("{answer}\n")).collect()
}

/// What comes out when the answers come from a pipe, which shows nothing of them.
pub fn from_a_pipe(transcript: &str) -> String {
    let line = |line| match typed(line) {
        Some((prompt, _)) => format!("{prompt}\n"),
        None => format!("{line}\n"),
    };
    transcript.lines().map(line).collect()
}

fn typed(line: &str) -> Option<(&str, &str)> {
    let at = line.find("]> ")? + "]> ".len();
    Some(line.split_at(at))
}

/// A dialogue with these answers, one per line.
pub fn answer(bench: &Bench, dialogue: &str, answers: &[&str]) -> Run {
    let input: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
    run_with(bench.sealpost().arg(dialogue), input.as_bytes())
}

/// Everything under `staged` and `revisions`, to see that nothing at all was touched.
pub fn snapshot(bench: &Bench) -> String {
    bench.shell("cd home && find staged revisions -type f -exec sha256sum {} + | sort; readlink running").code(0).out
}

/// The staged `sealpost.toml`.
pub fn staged_text(bench: &Bench) -> String {
    String::from_utf8(bench.read("home/staged/sealpost.toml")).unwrap()
}
