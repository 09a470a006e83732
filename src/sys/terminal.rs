//! The terminal on standard input, where a secret is typed.

use std::io;

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

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
