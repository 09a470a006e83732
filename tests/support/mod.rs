//! What every test uses: the program itself, real programs to compare with, and folders that vanish.
#![allow(dead_code)]

pub mod authority;
pub mod knot;
pub mod mail_host;
pub mod postfix;
pub mod serve;
pub mod smtp;
pub mod terminal;
pub mod tls;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A run of a program: exit code and both streams.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
    pub raw: Vec<u8>,
}

impl Run {
    /// Fails the test unless the exit code is `code`; gives itself back for further looks.
    #[track_caller]
    pub fn code(self, code: i32) -> Run {
        assert_eq!(self.code, code, "exit code\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn err_has(self, text: &str) -> Run {
        assert!(self.err.contains(text), "standard error lacks {text:?}\n--- out\n{}\n--- err\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn out_has(self, text: &str) -> Run {
        assert!(
            self.out.contains(text),
            "standard output lacks {text:?}\n--- out\n{}\n--- err\n{}",
            self.out,
            self.err
        );
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        Run {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            raw: output.stdout,
        }
    }
}

/// The program under test, without the surroundings of whoever runs the tests, and with no standard input.
pub fn sealpost() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealpost"));
    command.env_remove("SEALPOST_HOME").env_remove("NO_COLOR").env("USER", "tester").env_remove("SUDO_USER");
    command.stdin(Stdio::null());
    command
}

/// Runs a command to its end with `input` on standard input.
#[track_caller]
pub fn run_with(command: &mut Command, input: &[u8]) -> Run {
    use std::io::Write;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("spawn");
    let mut stdin = child.stdin.take().expect("stdin");
    let input = input.to_vec();
    // The program may stop reading early; that is its right.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("wait");
    writer.join().expect("writer");
    output.into()
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Run {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}")).into()
}

/// A scratch folder that vanishes with the value, and the home inside it.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Bench {
        Bench { folder: tempfile::tempdir().expect("a scratch folder") }
    }

    /// With a home that `init` has made.
    #[track_caller]
    pub fn with_home() -> Bench {
        let bench = Bench::new();
        bench.run(["init", "--hostname", "mx1.example.com"]).code(0);
        bench
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn home(&self) -> PathBuf {
        self.path("home")
    }

    /// Writes a file into the folder.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("write");
        path
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, in this folder, with its home in it.
    pub fn sealpost(&self) -> Command {
        let mut command = sealpost();
        command.current_dir(self.folder.path()).arg("--home").arg(self.home());
        command
    }

    /// Runs the program with these arguments.
    #[track_caller]
    pub fn run<I, S>(&self, arguments: I) -> Run
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        run(self.sealpost().args(arguments))
    }

    /// Runs a shell script in this folder with `set -e`; for longer recipes of a peer.
    #[track_caller]
    pub fn shell(&self, script: &str) -> Run {
        run(Command::new("sh").current_dir(self.folder.path()).arg("-ec").arg(script))
    }
}

/// True when the real program `name` is there. Otherwise says so aloud, and fails where `SEALPOST_REQUIRE_PEERS` is set.
#[track_caller]
pub fn peer(name: &str) -> bool {
    let found =
        std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()));
    if !found {
        assert!(std::env::var_os("SEALPOST_REQUIRE_PEERS").is_none(), "{name} is required here and was not found");
        // Past the capture of the test runner, so that it is seen without --nocapture.
        let _ =
            std::io::Write::write_all(&mut std::io::stderr().lock(), format!("skipped: {name} not found\n").as_bytes());
    }
    found
}

/// Leaves the test when a peer is missing.
#[macro_export]
macro_rules! needs {
    ($($name:literal),+) => {
        if ![$($crate::support::peer($name)),+].iter().all(|found| *found) {
            return;
        }
    };
}
