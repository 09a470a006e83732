//! What benchmarks of mail use: the engine and Postfix as servers whose processor time can be read, and a load that asks both the same.
#![allow(dead_code)]

pub mod load;
pub mod postfix;
pub mod rounds;
pub mod sink;
#[allow(clippy::unwrap_used)]
#[path = "../../tests/support/tls.rs"]
mod tls;

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sealpost::deliver::queue::View;

pub type Failure = Box<dyn std::error::Error>;

/// A server under measurement.
pub trait Server {
    fn address(&self) -> SocketAddr;

    /// Processor time of all its processes so far, those that have ended included. Counted by the kernel in hundredths of a second.
    fn cpu(&self) -> Duration;
}

/// `sealpost serve` on a home of its own.
pub struct Engine {
    child: Child,
    address: SocketAddr,
    home: PathBuf,
}

impl Engine {
    /// A listener that offers STARTTLS with a certificate of its own, and mail for example.com goes to `host`, with the setting `tls`.
    pub fn start(folder: &Path, host: SocketAddr, tls: &str) -> Result<Engine, Failure> {
        let home = folder.join("home");
        let sealpost = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sealpost"));
            command.env_remove("SEALPOST_HOME").arg("--home").arg(&home);
            command
        };
        let address = free_address()?;
        quietly(sealpost().args(["init", "--hostname", "mx1.example.com"]))?;
        let path = home.join("staged/sealpost.toml");
        let text = std::fs::read_to_string(&path)?
            .replace("address = \"0.0.0.0\"", "address = \"127.0.0.1\"")
            .replace("port = 25\n", &format!("port = {}\n", address.port()))
            .replace("domains = []", "domains = [\"example.com\"]")
            .replace("tls = \"off\"", "tls = \"preferred\"")
            .replace("[destination]\ntls = \"no\"", &format!("[destination]\ntls = \"{tls}\""))
            + &format!("\n[route.\"example.com\"]\nhosts = [\"{host}\"]\n[limits]\nconnections-per-address = 20000\n");
        std::fs::write(&path, text)?;
        quietly(sealpost().args(["change", "commit", "measure"]))?;
        let mut child = sealpost()
            .args(["serve", "--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        if !line.contains("serving") {
            return Err(format!("the engine does not serve: {line}").into());
        }
        Ok(Engine { child, address, home })
    }

    /// Messages in the queue.
    pub fn queued(&self) -> Result<u64, Failure> {
        Ok(View::of(&self.home.join("queue")).stats()?.messages)
    }

    /// Resident memory in octets.
    pub fn memory(&self) -> Result<u64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
    }
}

impl Server for Engine {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn cpu(&self) -> Duration {
        times(self.child.id()).map_or(Duration::ZERO, |times| times.own)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the kernel counted for a process (proc(5), `stat`).
pub struct Times {
    pub parent: u32,
    pub own: Duration,
    /// Of its children that have ended.
    pub ended_children: Duration,
}

pub fn times(process: u32) -> Option<Times> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    // USER_HZ is 100 on Linux, whatever the kernel's own clock.
    let time = |ticks: u64| Duration::from_millis(ticks * 10);
    Some(Times {
        parent: fields.get(1)?.parse().ok()?,
        own: time(ticks(11)? + ticks(12)?),
        ended_children: time(ticks(13)? + ticks(14)?),
    })
}

/// A port that was free a moment ago.
pub fn free_address() -> Result<SocketAddr, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

pub fn quietly(command: &mut Command) -> Result<(), Failure> {
    let output = command.stdin(Stdio::null()).output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)).into()),
    }
}
