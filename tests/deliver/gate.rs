//! A gateway in this process: listeners on free ports of loopback, a queue in a scratch folder, and a log that can be read.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sealpost::deliver::engine::{InUse, Shared};
use sealpost::deliver::gateway::{Gateway, Identity};
use sealpost::deliver::listener;
use sealpost::deliver::live::Live;
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::numbers::Mid;
use sealpost::deliver::queue::{Listed, Queue, Selection, Stored};
use sealpost::model::certificate::Certificate;
use sealpost::model::configuration::{Configuration, Log};
use sealpost::model::private_key::{KeyType, PrivateKey};
use sealpost::model::profile_name::ProfileName;
use sealpost::sys::clock::SystemClock;
use sealpost::sys::listening;
use sealpost::trust::link::Link;
use sealpost::trust::peer::Anchors;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::support::smtp::{Client, LONG};

pub struct Gate {
    pub runtime: Runtime,
    pub shared: Arc<Shared>,
    pub stop: watch::Sender<bool>,
    pub address: SocketAddr,
    pub folder: tempfile::TempDir,
    certificate: Vec<u8>,
}

/// A listener `In` for `example.com` on which loopback is a stranger, with these tables and keys besides: `policy` belongs to
/// `[listener.In.policy.ACCEPTED]`, `listener` to `[listener.In]`, `rest` stands at the end.
#[derive(Default, Clone, Copy)]
pub struct Wish<'a> {
    pub policy: &'a str,
    pub listener: &'a str,
    pub rest: &'a str,
    /// PEM certificates of authorities that client certificates may come from.
    pub anchors: &'a [&'a str],
}

impl Wish<'_> {
    pub fn configuration(&self) -> Configuration {
        let text = format!(
            "[interface.\"Data 1\"]\naddress = \"127.0.0.1\"\nhostname = \"mx1.example.com\"\n\
             [listener.In]\ninterface = \"Data 1\"\nport = 2525\ndomains = [\"example.com\", \".example.com\"]\n{}\n\
             [listener.In.policy.ACCEPTED]\naction = \"ACCEPT\"\n{}\n{}\n",
            self.listener, self.policy, self.rest
        );
        // A group of its own: the built-in ones let loopback relay.
        let text = match self.rest.contains("listener.In.group") {
            true => text,
            false => text + "[[listener.In.group]]\nname = \"ALL\"\npolicy = \"ACCEPTED\"\nsenders = [\"ALL\"]\n",
        };
        Configuration::parse(&text).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"))
    }

    pub fn gateway(&self, revision: u32) -> Gateway {
        let links = self.anchors.iter().flat_map(|text| pem::parse_many(text).unwrap());
        let links = links.map(|block| Link::from_der(block.into_contents()).unwrap()).collect();
        Gateway {
            revision,
            configuration: self.configuration(),
            identities: BTreeMap::from([(ProfileName::demo(), identity("mx1.example.com"))]),
            demo: ProfileName::demo(),
            anchors: Arc::new(Anchors::new(links)),
        }
    }
}

/// A new key with a self-signed certificate.
pub fn identity(name: &str) -> Identity {
    let key = PrivateKey::generate(KeyType::EcdsaP256).unwrap();
    let pair = rcgen::KeyPair::try_from(key.pkcs8()).unwrap();
    let certificate = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap().self_signed(&pair).unwrap();
    Identity { key, chain: vec![Certificate::from_der(certificate.der()).unwrap()] }
}

impl Gate {
    /// With STARTTLS offered and nothing special.
    pub fn plain() -> Gate {
        Gate::with(Wish { policy: "tls = \"preferred\"", ..Wish::default() })
    }

    pub fn with(wish: Wish<'_>) -> Gate {
        Gate::of(wish.gateway(1))
    }

    pub fn of(gateway: Gateway) -> Gate {
        let certificate = gateway.identities[&gateway.demo].chain[0].der().to_vec();
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (log, _) = MailLog::open(&folder.path().join("log"), Log::default()).unwrap();
        let clock = Arc::new(SystemClock::new());
        let (queue, _) = Queue::open(&folder.path().join("queue"), clock, log.clone()).unwrap();
        let (shared, stop) = Shared::new(InUse::new(Live::load(gateway).unwrap()), queue, log);
        let socket = listening::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = socket.local_addr().unwrap();
        let serving = Arc::clone(&shared);
        runtime.spawn(async move {
            let socket = tokio::net::TcpListener::from_std(socket).unwrap();
            listener::serve(socket, "In".into(), serving).await;
        });
        Gate { runtime, shared, stop, address, folder, certificate }
    }

    /// The same in DER.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate that the listener began with.
    pub fn certificate_pem(&self) -> String {
        pem::encode(&pem::Pem::new("CERTIFICATE", self.certificate.as_slice()))
    }

    /// A client that has been greeted and has said EHLO.
    #[track_caller]
    pub fn client(&self) -> Client {
        Client::greeted(self.address)
    }

    /// The mail log so far, without times and levels.
    pub fn log(&self) -> String {
        self.shared.log.flush();
        let text = std::fs::read_to_string(self.folder.path().join("log/mail.log")).unwrap();
        text.lines().map(|line| line.get(25..).unwrap_or(line).to_owned() + "\n").collect()
    }

    /// Waits until the log has `part`.
    #[track_caller]
    pub fn log_has(&self, part: &str) {
        let until = Instant::now() + LONG;
        while !self.log().contains(part) {
            assert!(Instant::now() < until, "{part:?} does not come to stand in the log:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn queued(&self) -> Vec<Listed> {
        self.shared.queue.view().list(&Selection::all(), Mid(0), 1_000).unwrap()
    }

    /// The only message in the queue.
    #[track_caller]
    pub fn message(&self) -> String {
        let jobs = self.runtime.block_on(self.shared.queue.claim(10, |_| 10));
        let [job] = jobs.as_slice() else { panic!("{} jobs", jobs.len()) };
        match self.runtime.block_on(self.shared.queue.read(job)).unwrap() {
            Stored::Memory(octets) => String::from_utf8(octets.to_vec()).unwrap(),
            Stored::File { mut file, .. } => {
                let mut text = String::new();
                std::io::Read::read_to_string(&mut file, &mut text).unwrap();
                text
            }
        }
    }
}
