//! An engine's outgoing half for tests: a configuration, DNS, sinks for mail hosts, and what was logged.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealpost::deliver::attempt::{Attempt, Attempted, Entered, Limits};
use sealpost::deliver::connection::{Connection, Desk, TlsMemory, open};
use sealpost::deliver::dialogue::Patience;
use sealpost::deliver::engine::InUse;
use sealpost::deliver::envelope::{BodyType, Recipient};
use sealpost::deliver::gateway::Gateway;
use sealpost::deliver::live::Live;
use sealpost::deliver::log_line::{Event, LogLine};
use sealpost::deliver::numbers::{Dcid, Mid, Rid};
use sealpost::deliver::outcome::Reason;
use sealpost::deliver::parcel::{Label, Parcel};
use sealpost::deliver::policy::{Planned, Policy};
use sealpost::deliver::pool::Pool;
use sealpost::deliver::queue::Stored;
use sealpost::deliver::sink::failure::Failure as SinkFailure;
use sealpost::deliver::sink::farm::{Authority, Kind};
use sealpost::deliver::sink::{Options, Sink, SunkMessage, Told, server_config};
use sealpost::model::configuration::Configuration;
use sealpost::model::private_key::KeyType;
use sealpost::model::profile_name::ProfileName;
use sealpost::sys::clock;
use sealpost::trust::link::Link;
use sealpost::trust::peer::Anchors;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::gate;

pub fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Against hangs only.
pub const PATIENT: Patience = Patience {
    connect: Duration::from_secs(20),
    reply: Duration::from_secs(20),
    handshake: Duration::from_secs(20),
    data: Duration::from_secs(20),
    content: Duration::from_secs(20),
    end: Duration::from_secs(20),
    quit: Duration::from_secs(2),
};

/// Where a test waits for a handshake that never ends.
pub const HASTY: Patience = Patience { handshake: Duration::from_millis(700), ..PATIENT };

pub struct World {
    pub policy: Policy,
    pub memory: TlsMemory,
    pub pool: Pool,
    pub patience: Patience,
    lines: Arc<Mutex<Vec<String>>>,
    numbers: AtomicU64,
}

impl World {
    /// `toml` beside a first interface with the address 127.0.0.1; mail hosts listen on `port`.
    pub fn new(toml: &str, dns: SocketAddr, anchors: &[&Authority], port: u16) -> World {
        World::of(gateway(toml, dns, anchors), port)
    }

    pub fn of(gateway: Gateway, port: u16) -> World {
        let in_use = InUse::new(Live::load(gateway).unwrap());
        World {
            policy: Policy::with_port(Arc::new(in_use), port),
            memory: TlsMemory::default(),
            pool: Pool::default(),
            patience: PATIENT,
            lines: Arc::default(),
            numbers: AtomicU64::new(0),
        }
    }

    pub async fn plan(&self, domain: &str) -> Result<Planned, Reason> {
        self.policy.plan(&domain.parse().unwrap()).await
    }

    /// Opens a connection to the first address of the plan.
    pub async fn open(&self, planned: &Planned) -> Connection {
        let (say, number) = self.hands();
        let desk =
            Desk { say: &say, number: &number, memory: &self.memory, patience: self.patience, transcript: false };
        let exchanger = &planned.exchangers()[0];
        open(planned, exchanger, exchanger.sockets().next().unwrap(), Mid(7), &desk).await.unwrap()
    }

    /// One attempt at a message.
    pub async fn send(&self, planned: &Planned, parcel: &Parcel) -> Attempted {
        let (say, number) = self.hands();
        let desk =
            Desk { say: &say, number: &number, memory: &self.memory, patience: self.patience, transcript: false };
        Attempt::new(planned, parcel, &self.pool, &desk, &NoLimits).run().await
    }

    fn hands(&self) -> (impl Fn(Event) + Send + Sync, impl Fn() -> Option<Dcid> + Send + Sync + '_) {
        let lines = self.lines.clone();
        let say = move |event| lines.lock().unwrap().push(line(event));
        (say, || Some(Dcid(self.numbers.fetch_add(1, Ordering::SeqCst) + 1)))
    }

    /// The lines since the last look, without their time.
    pub fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

/// A line of the log without its time.
pub fn line(event: Event) -> String {
    let mut text = String::new();
    LogLine { time: time::macros::datetime!(2026-03-06 09:05:03 UTC), event }.text(&mut text);
    text.trim_end().trim_start_matches("Fri Mar  6 09:05:03 2026 ").to_owned()
}

pub fn gateway(toml: &str, dns: SocketAddr, anchors: &[&Authority]) -> Gateway {
    let text = format!(
        "[interface.Data]\naddress = \"127.0.0.1\"\nhostname = \"us.example\"\n\n[dns]\nservers = [\"{dns}\"]\n\n{toml}"
    );
    let links = anchors.iter().map(|authority| link(&authority.certificate_pem())).collect();
    Gateway {
        revision: 1,
        configuration: Configuration::parse(&text).unwrap(),
        identities: [(ProfileName::demo(), gate::identity("demo"))].into(),
        demo: ProfileName::demo(),
        anchors: Arc::new(Anchors::new(links)),
    }
}

/// A gateway that believes the certificates in `pem`.
pub fn gateway_trusting(toml: &str, dns: SocketAddr, pem: &[&str]) -> Gateway {
    Gateway { anchors: Arc::new(Anchors::new(pem.iter().map(|pem| link(pem)).collect())), ..gateway(toml, dns, &[]) }
}

fn link(pem: &str) -> Link {
    let blocks = sealpost::formats::pem::blocks(pem.as_bytes()).unwrap();
    Link::from_der(blocks[0].1.clone()).unwrap()
}

pub struct NoLimits;

impl Limits for NoLimits {
    fn enter(&self, _: &Planned, _: SocketAddr, recipients: usize) -> Result<Entered, Duration> {
        Ok(Entered { recipients, wait: Duration::ZERO, place: None })
    }
}

/// A message to these recipients.
pub async fn parcel(recipients: &[&str], message: &str) -> Parcel {
    let label = Label {
        mid: Mid(7),
        sender: "me@us.example".parse().unwrap(),
        recipients: (0..).map(Rid).zip(recipients.iter().map(|to| Recipient::plain(to.parse().unwrap()))).collect(),
        ret: None,
        envid: None,
        body: BodyType::SevenBit,
    };
    Parcel::new(label, Stored::Memory(message.as_bytes().into())).await.unwrap()
}

/// A mail host.
pub struct Farmed {
    pub sink: Arc<Sink>,
    pub address: SocketAddr,
    told: Mutex<mpsc::Receiver<Told>>,
}

/// What a mail host is like.
pub struct Farm<'f> {
    pub authority: &'f Authority,
    pub kind: Kind,
    pub names: &'f [&'f str],
    pub failures: &'f [SinkFailure],
    pub failing_connections: Option<u64>,
    /// Before the reply to a message.
    pub slowness: Duration,
    pub versions: &'f [&'static rustls::SupportedProtocolVersion],
    /// `127.0.0.1:0`, or an address where the port is given.
    pub listen: String,
}

impl<'f> Farm<'f> {
    pub fn good(authority: &'f Authority, names: &'f [&'f str]) -> Farm<'f> {
        Farm {
            authority,
            kind: Kind::Good,
            names,
            failures: &[],
            failing_connections: None,
            slowness: Duration::ZERO,
            versions: rustls::ALL_VERSIONS,
            listen: "127.0.0.1:0".into(),
        }
    }

    pub async fn start(&self) -> Farmed {
        let names: Vec<String> = self.names.iter().map(|name| (*name).to_owned()).collect();
        let key = self.authority.issue(self.kind, &names, KeyType::EcdsaP256, clock::now()).unwrap();
        let options = Options {
            hostname: "mx1.example.net".into(),
            tls: Some(server_config(key, self.versions, None).unwrap()),
            implicit: false,
            failures: self.failures.to_vec(),
            failing_connections: self.failing_connections,
            slowness: self.slowness,
        };
        let listener = TcpListener::bind(&self.listen).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, told) = mpsc::channel(1_000);
        let sink = Arc::new(Sink::new(options, Some(tell)));
        tokio::spawn(sink.clone().serve(listener));
        Farmed { sink, address, told: Mutex::new(told) }
    }
}

impl Farmed {
    /// The messages since the last look.
    pub fn messages(&self) -> Vec<SunkMessage> {
        let mut told = self.told.lock().unwrap();
        let mut messages = Vec::new();
        while let Ok(told) = told.try_recv() {
            if let Told::Message(message) = told {
                messages.push(*message);
            }
        }
        messages
    }

    pub fn connections(&self) -> u64 {
        self.sink.counts.connections.load(Ordering::SeqCst)
    }
}
