//! A program on a terminal, where secrets are typed.

use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::Session;
use expectrl::session::OsSession;

use super::Bench;
use super::smtp::LONG;

/// Makes the terminal show what is typed, which those of the test library do not, and Ctrl-C count even where whoever runs the tests
/// ignores it, as every shell does for what it starts in the background.
const PREPARED: &str = "stty echo
if env --default-signal=INT true 2>/dev/null; then exec env --default-signal=INT \"$0\" \"$@\"; fi
exec \"$0\" \"$@\"";

/// The program on a terminal as a person has it.
pub fn on_a_terminal(bench: &Bench, arguments: &[&str]) -> OsSession {
    let mut command = Command::new("sh");
    command.current_dir(bench.path("")).env("TERM", "xterm").env("SEALPOST_HOME", bench.home());
    command.args(["-c", PREPARED, env!("CARGO_BIN_EXE_sealpost")]).args(arguments);
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(LONG));
    session
}

/// Waits until the terminal shows nothing of what is typed. What is typed earlier is thrown away; a person is never that fast.
#[track_caller]
pub fn until_hidden(session: &mut OsSession) {
    let end = Instant::now() + LONG;
    while session.get_process().get_echo().expect("a terminal") {
        assert!(Instant::now() < end, "the terminal still shows what is typed");
        std::thread::sleep(Duration::from_millis(5));
    }
}
