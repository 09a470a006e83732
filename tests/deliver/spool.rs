//! A spool in a scratch folder, a clock with hands that tests move, and messages to put in.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sealpost::deliver::envelope::{Address, BodyType, Envelope, Received, Recipient, ReversePath};
use sealpost::deliver::mail_log::MailLog;
use sealpost::deliver::numbers::Mid;
use sealpost::deliver::queue::{AcceptError, Body, Job, Queue, Recovery, Stored, Terms};
use sealpost::model::configuration::BounceProfile;
use sealpost::model::moment::Moment;
use sealpost::sys::clock::Clock;
use time::macros::datetime;

/// The moment at which a test clock starts.
pub const START: Moment = datetime!(2026-11-21 12:00 UTC);

/// Both clocks, moved by hand.
pub struct Hands(Mutex<(Moment, Duration)>);

impl Hands {
    pub fn new() -> Arc<Hands> {
        Arc::new(Hands(Mutex::new((START, Duration::ZERO))))
    }

    /// Time goes by.
    pub fn pass(&self, time: Duration) {
        let mut hands = self.0.lock().unwrap();
        hands.0 += time;
        hands.1 += time;
    }

    /// Somebody sets the wall clock.
    pub fn set_wall(&self, wall: Moment) {
        self.0.lock().unwrap().0 = wall;
    }
}

impl Clock for Hands {
    fn wall(&self) -> Moment {
        self.0.lock().unwrap().0
    }

    fn steady(&self) -> Duration {
        self.0.lock().unwrap().1
    }
}

pub struct Spool {
    folder: tempfile::TempDir,
    pub hands: Arc<Hands>,
}

impl Spool {
    pub fn new() -> Spool {
        Spool { folder: tempfile::tempdir().unwrap(), hands: Hands::new() }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("queue")
    }

    #[track_caller]
    pub fn open(&self) -> (Queue, Recovery) {
        Queue::open(&self.path(), self.hands.clone(), MailLog::nowhere()).unwrap()
    }
}

/// Runs a test that waits.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test)
}

/// The default bounce profile in the name of `mx1.example.com`.
pub fn terms() -> Terms {
    Terms { profile: BounceProfile::default(), reporting_mta: "mx1.example.com".parse().unwrap() }
}

pub fn address(text: &str) -> Address {
    text.parse().unwrap()
}

/// From `sender@example.org` to these.
pub fn envelope(recipients: &[&str]) -> Envelope {
    Envelope {
        sender: ReversePath::Address(address("sender@example.org")),
        recipients: recipients.iter().map(|recipient| Recipient::plain(address(recipient))).collect(),
        body: BodyType::SevenBit,
        smtputf8: false,
        ret: None,
        envid: None,
        received: Received {
            at: START,
            icid: None,
            helo: "client.example.org".into(),
            address: Some([192, 0, 2, 7].into()),
            over_tls: true,
        },
    }
}

/// Writes `bytes` as a body, in pieces as they would come from a connection.
pub async fn body(queue: &Queue, bytes: &[u8]) -> Result<Body, AcceptError> {
    let mut writer = queue.body(queue.numbers().mid().unwrap());
    for piece in bytes.chunks(7_000) {
        writer.write(piece).await?;
    }
    writer.finish().await
}

/// Queues a message.
pub async fn put(queue: &Queue, recipients: &[&str], bytes: &[u8]) -> Mid {
    let body = body(queue, bytes).await.unwrap();
    queue.accept(envelope(recipients), body).await.unwrap()
}

/// Claims what is due, until nothing is left.
pub async fn claim(queue: &Queue) -> Vec<Job> {
    let mut all = Vec::new();
    loop {
        let jobs = queue.claim(100, |_| 100).await;
        if jobs.is_empty() {
            return all;
        }
        all.extend(jobs);
    }
}

/// The message of a job.
pub async fn bytes(queue: &Queue, job: &Job) -> Vec<u8> {
    match queue.read(job).await.unwrap() {
        Stored::Memory(bytes) => bytes.to_vec(),
        Stored::File { mut file, .. } => {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
            bytes
        }
    }
}

/// A message of so many octets that is like no other.
pub fn message(seed: u64, octets: usize) -> Vec<u8> {
    let mut bytes = format!("Subject: message {seed}\r\n\r\n").into_bytes();
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while bytes.len() < octets {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(format!("{state:016x}\r\n").as_bytes());
    }
    bytes.truncate(octets);
    bytes
}
