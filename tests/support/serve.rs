//! A home whose engine runs.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::support::smtp::LONG;
use crate::support::{Bench, Run};

/// `sealpost serve` on the home of a bench; ended with it.
pub struct ServeProcess {
    pub bench: Bench,
    pub address: SocketAddr,
    child: Child,
    lines: Receiver<Value>,
}

/// A port that was free a moment ago. It lies below those that the kernel gives to outgoing connections, of which there are many in
/// tests, so that none of them takes it before the server does.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed).wrapping_add(std::process::id().wrapping_mul(7_919));
        let port = 10_000 + u16::try_from(number % 20_000).expect("below 20,000");
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}

/// A home whose listener waits on `port` of loopback, offers STARTTLS and takes mail for example.com, committed.
pub fn home_on(port: u16) -> Bench {
    let bench = Bench::with_home();
    configure(&bench, |text| {
        text.replace("address = \"0.0.0.0\"", "address = \"127.0.0.1\"")
            .replace("port = 25\n", &format!("port = {port}\n"))
            .replace("domains = []", "domains = [\"example.com\"]")
            .replace("tls = \"off\"", "tls = \"preferred\"")
    });
    bench.run(["change", "commit", "listen"]).code(0);
    bench
}

/// Edits the staged configuration by hand.
pub fn configure(bench: &Bench, edit: impl FnOnce(&str) -> String) {
    let path = bench.home().join("staged/sealpost.toml");
    let text = std::fs::read_to_string(&path).expect("staged configuration");
    std::fs::write(path, edit(&text)).expect("write");
}

impl ServeProcess {
    #[track_caller]
    pub fn start() -> ServeProcess {
        let port = free_port();
        ServeProcess::on(home_on(port), port)
    }

    #[track_caller]
    pub fn on(bench: Bench, port: u16) -> ServeProcess {
        let (child, lines) = spawn(&bench);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let server = ServeProcess { bench, address, child, lines };
        assert_eq!(server.next()["event"], "serving");
        server
    }

    /// Starts it again after its end.
    #[track_caller]
    pub fn restart(&mut self) {
        (self.child, self.lines) = spawn(&self.bench);
        assert_eq!(self.next()["event"], "serving");
    }

    /// The next line that the engine says.
    #[track_caller]
    pub fn next(&self) -> Value {
        self.lines.recv_timeout(LONG).expect("the engine says nothing")
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("signal");
    }

    /// Waits for its end.
    pub fn wait(&mut self) {
        self.child.wait().expect("wait");
    }

    /// The end after SIGTERM: its exit code.
    #[track_caller]
    pub fn stop(&mut self) -> i32 {
        self.signal(Signal::TERM);
        self.child.wait().expect("wait").code().unwrap_or(-1)
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.bench.run(arguments)
    }

    /// Waits until the mail log has `part`.
    #[track_caller]
    pub fn log_has(&self, part: &str) {
        let until = Instant::now() + LONG;
        while !self.log().contains(part) {
            assert!(Instant::now() < until, "{part:?} does not come to stand in the log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.bench.home().join("log/mail.log")).unwrap_or_default()
    }
}

fn spawn(bench: &Bench) -> (Child, Receiver<Value>) {
    let mut command = bench.sealpost();
    command.args(["serve", "--format", "json", "--grace", "5"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("serve");
    let out = BufReader::new(child.stdout.take().expect("stdout"));
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            if sender.send(serde_json::from_str(&line).unwrap_or(Value::String(line))).is_err() {
                return;
            }
        }
    });
    (child, lines)
}

impl Drop for ServeProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
