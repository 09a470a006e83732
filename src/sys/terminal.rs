//! The terminal on standard input, where a secret is typed.

use std::io;
use std::process::exit;
use std::sync::OnceLock;
use std::thread;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// What a shell reports of a process that SIGINT ended.
const INTERRUPTED: i32 = 128 + 2;

/// From here on Ctrl-C ends the process only after the terminal was given back as it is now: killed while a library reads a secret,
/// the program would leave a terminal that shows nothing any more. Errors when standard input is no terminal.
pub fn keep_through_interrupt() -> io::Result<()> {
    static KEPT: OnceLock<()> = OnceLock::new();
    if KEPT.set(()).is_err() {
        return Ok(());
    }
    let before = tcgetattr(io::stdin())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut interrupts = runtime.block_on(async { signal(SignalKind::interrupt()) })?;
    thread::spawn(move || {
        runtime.block_on(interrupts.recv());
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &before);
        eprintln!();
        exit(INTERRUPTED)
    });
    Ok(())
}

/// What Ctrl-C sends while a secret is typed.
pub const INTERRUPT: u8 = 0x03;

/// While this lives, the terminal does not show what is typed, and Ctrl-C ends the line with `INTERRUPT` instead of the
/// process: killed there, the program would leave a terminal that shows nothing any more.
pub struct Hidden {
    before: Termios,
}

impl Hidden {
    /// Errors when standard input is no terminal.
    pub fn new() -> io::Result<Hidden> {
        let before = tcgetattr(io::stdin())?;
        let mut hidden = before.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ISIG;
        hidden.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        tcsetattr(io::stdin(), OptionalActions::Drain, &hidden)?;
        Ok(Hidden { before })
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // There is nobody left to tell when this fails.
        let _ = tcsetattr(io::stdin(), OptionalActions::Drain, &self.before);
    }
}
