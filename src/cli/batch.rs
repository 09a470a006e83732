//! Answering line by line, so that a million cases need no more memory than one.

use std::io::{self, BufRead, Write};

use crate::render::answer::Exit;

/// The longest case line that is read. The largest of x509-limbo has 1 MiB.
const LONGEST_LINE: u64 = 64 << 20;

/// Reads cases from standard input and writes what `answer` gives for each, until the input ends or nobody reads on. The exit
/// status is the worst of all.
pub fn answer_lines(mut answer: impl FnMut(&[u8]) -> (String, Exit)) -> Exit {
    let mut input = io::stdin().lock();
    let mut output = io::stdout().lock();
    let mut exit = Exit::Done;
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut limited = io::Read::take(&mut input, LONGEST_LINE);
        match limited.read_until(b'\n', &mut line) {
            Ok(0) => return exit,
            Ok(_) => {}
            Err(_) => return Exit::Failed,
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (text, one) = answer(&line);
        if one as u8 > exit as u8 {
            exit = one;
        }
        // Whoever read the answers went away.
        if output.write_all(text.as_bytes()).and_then(|()| output.flush()).is_err() {
            return Exit::Failed;
        }
    }
}
