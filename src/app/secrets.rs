//! Passwords, wherever they come from: a prompt, a file, an environment variable.

use zeroize::Zeroizing;

use crate::model::diagnostic::Diagnostics;

/// A password as UTF-8 text, wiped from memory when dropped.
pub type Password = Zeroizing<String>;

/// Something that is locked: what the operator is told before being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locked {
    /// The file as the operator named it.
    pub file: String,
    /// What it is and how it is protected, such as `PKCS#12, PBES2 with AES-256-CBC`.
    pub protection: String,
}

/// Gives passwords. `cli` implements it; tests give a list.
pub trait Secrets {
    /// The password to try for `locked` after `attempt` others failed (0 = the first). `Ok(None)` when there is none left to try;
    /// an error when nobody can be asked, naming the flag that was missing.
    fn unlock(&mut self, locked: &Locked, attempt: usize) -> Result<Option<Password>, Diagnostics>;

    /// The password for a new file; never empty.
    fn seal(&mut self, file: &str) -> Result<Password, Diagnostics>;
}
