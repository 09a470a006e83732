//! `sealpost sink` at the other end of a relay: what arrived, by the hashes of the bodies, which relays leave as they are.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Failure;

/// Longer than this no message is on its way.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Sink {
    child: Child,
    pub address: SocketAddr,
    lines: Receiver<Value>,
}

/// What arrived in a round.
pub struct Arrived {
    /// When the last message did.
    pub last: Instant,
    /// SHA-256 of each body, sorted.
    pub bodies: Vec<String>,
    /// Messages that came over TLS.
    pub over_tls: usize,
    /// Connections that brought them.
    pub connections: usize,
}

impl Sink {
    pub fn start(tls: bool) -> Result<Sink, Failure> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sealpost"))
            .args(["sink", "--format", "json", "--tls", if tls { "starttls" } else { "none" }])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = BufReader::new(child.stdout.take().ok_or("no output")?);
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            let values = out.lines().map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok());
            // Until nobody asks any more.
            values.map_while(|value: Value| sender.send(value).ok()).count()
        });
        let first = lines.recv_timeout(PATIENCE)?;
        let address = first["address"].as_str().ok_or("the sink does not listen")?.parse()?;
        Ok(Sink { child, address, lines })
    }

    /// Waits for so many messages.
    pub fn take(&self, messages: usize) -> Result<Arrived, Failure> {
        let mut arrived = Arrived { last: Instant::now(), bodies: Vec::new(), over_tls: 0, connections: 0 };
        let mut connections = std::collections::HashSet::new();
        while arrived.bodies.len() < messages {
            let line = self.lines.recv_timeout(PATIENCE).map_err(|_| {
                format!("{} of {messages} messages arrived, and no more are coming", arrived.bodies.len())
            })?;
            let Some(body) = line["body_sha256"].as_str() else { continue };
            arrived.bodies.push(body.to_owned());
            arrived.over_tls += usize::from(line.get("tls").is_some());
            connections.insert(line["connection"].as_u64());
        }
        arrived.last = Instant::now();
        arrived.connections = connections.len();
        arrived.bodies.sort_unstable();
        Ok(arrived)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
