//! The queue against a model: long random lives with restarts in between, every other one in a window so small that
//! everything is crowded.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::*;
use crate::deliver::envelope::{BodyType, Received, Recipient, ReversePath};
use crate::deliver::numbers::Rid;
use crate::deliver::status_code::StatusCode;
use crate::model::configuration::BounceProfile;
use crate::model::moment::Moment;

struct Hands(Mutex<Duration>);

impl Clock for Hands {
    fn wall(&self) -> Moment {
        Moment::UNIX_EPOCH + *self.0.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A recipient of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Due,
    Waits,
    Held,
}

struct Life {
    queue: Queue,
    dice: Dice,
    model: BTreeMap<(Mid, Rid), State>,
    jobs: Vec<Job>,
    gone: BTreeSet<(Mid, Rid)>,
}

const DOMAINS: [&str; 4] = ["big.example", "big.example", "two.example", "three.example"];
const SMALL: window::Size = window::Size { capacity: 40, share: 12 };

impl Life {
    async fn accept(&mut self) {
        let recipients = (0..1 + self.dice.roll(6))
            .map(|number| format!("u{number}@{}", DOMAINS[self.dice.roll(4) as usize]))
            .map(|address| Recipient::plain(address.parse().unwrap()))
            .collect::<Vec<_>>();
        let mid = self.queue.numbers().mid().unwrap();
        let count = recipients.len() as u32;
        let body = Body::from_bytes(mid, mid.to_string().into_bytes());
        self.queue.accept(envelope(recipients), body).await.unwrap();
        self.model.extend((0..count).map(|rid| ((mid, Rid(rid)), State::Due)));
    }

    async fn claim(&mut self) {
        let (jobs, each) = (self.dice.roll(8) as usize, self.dice.roll(4) as usize);
        let claimed = self.queue.claim(jobs, |_| each).await;
        self.take(claimed);
    }

    fn take(&mut self, claimed: Vec<Job>) {
        for job in claimed {
            for waiting in &job.recipients {
                let key = (job.message.mid, waiting.rid);
                assert_eq!(self.model.get(&key), Some(&State::Due), "{key:?} was claimed and is not due");
                let twice = self.jobs.iter().any(|other| {
                    other.message.mid == key.0 && other.recipients.iter().any(|waiting| waiting.rid == key.1)
                });
                assert!(!twice && !self.gone.contains(&key), "{key:?} was handed out twice");
            }
            self.jobs.push(job);
        }
    }

    async fn settle(&mut self) {
        if self.jobs.is_empty() {
            return;
        }
        let job = self.jobs.swap_remove(self.dice.roll(self.jobs.len() as u64) as usize);
        let mut settlements = Vec::new();
        for waiting in &job.recipients {
            let key = (job.message.mid, waiting.rid);
            let settlement = match self.dice.roll(4) {
                0 => {
                    if self.model[&key] == State::Due {
                        self.model.insert(key, State::Waits);
                    }
                    Settlement::Deferred(Trouble {
                        status: StatusCode::new(4, 0, 0),
                        sentence: String::new(),
                        remote_mta: None,
                        reply: None,
                    })
                }
                _ => {
                    self.model.remove(&key);
                    self.gone.insert(key);
                    Settlement::Delivered { remote_mta: String::new(), reply: String::new(), dsn: false }
                }
            };
            settlements.push((waiting.rid, settlement));
        }
        self.queue.settle(job, settlements, &terms()).await;
    }

    async fn administer(&mut self) {
        let which = match self.dice.roll(3) {
            0 => Selection::All,
            1 => Selection::Domain(DOMAINS[self.dice.roll(4) as usize].parse().unwrap()),
            _ => Selection::Message(self.model.keys().next().map_or(Mid(1), |(mid, _)| *mid)),
        };
        let domains: BTreeMap<(Mid, Rid), MailDomain> = self.domains();
        let covered: Vec<_> = self.model.keys().copied().filter(|key| which.covers(key.0, &domains[key])).collect();
        let (deed, from, to) = match self.dice.roll(3) {
            0 => (Deed::Hold, None, State::Held),
            1 => (Deed::Release, Some(State::Held), State::Due),
            _ => (Deed::Flush, Some(State::Waits), State::Due),
        };
        self.queue.administer(deed, which).await.unwrap();
        for key in covered {
            let state = self.model.get_mut(&key).unwrap();
            if from.is_none_or(|from| from == *state) {
                *state = to;
            }
        }
    }

    fn domains(&self) -> BTreeMap<(Mid, Rid), MailDomain> {
        let listed = self.queue.view().list(&Selection::All, Mid(0), usize::MAX).unwrap();
        let rows = listed.iter().flat_map(|listed| listed.recipients.iter().map(|row| (listed.message.mid, row)));
        rows.map(|(mid, row)| ((mid, row.waiting.rid), row.domain.clone())).collect()
    }
}

fn envelope(recipients: Vec<Recipient>) -> Envelope {
    Envelope {
        sender: ReversePath::Null,
        recipients,
        body: BodyType::SevenBit,
        smtputf8: false,
        ret: None,
        envid: None,
        received: Received::own(Moment::UNIX_EPOCH),
    }
}

fn terms() -> Terms {
    let profile = BounceProfile { retries: u32::MAX, longest_in_queue: Duration::MAX, ..BounceProfile::default() };
    Terms { profile, reporting_mta: "mx1.example.com".parse().unwrap() }
}

#[test]
fn nothing_is_forgotten_or_handed_out_twice() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let rounds = if std::env::var_os("SEALPOST_LONG_TESTS").is_some() { 100 } else { 4 };
    for seed in 1..=rounds {
        runtime.block_on(life(seed));
    }
}

async fn life(seed: u64) {
    let folder = tempfile::tempdir().unwrap();
    let hands = Arc::new(Hands(Mutex::new(Duration::ZERO)));
    let size = if seed.is_multiple_of(2) { SMALL } else { window::Size::default() };
    let open = || Queue::open_with(folder.path(), hands.clone(), MailLog::nowhere(), size).unwrap().0;
    let (model, gone) = (BTreeMap::new(), BTreeSet::new());
    let mut life = Life { queue: open(), dice: Dice(seed * 7_919), model, jobs: Vec::new(), gone };
    for _ in 0..600 {
        match life.dice.roll(20) {
            0..6 => life.accept().await,
            6..11 => life.claim().await,
            11..15 => life.settle().await,
            15 => drop(life.jobs.pop()),
            16 => life.administer().await,
            17 => {
                *hands.0.lock().unwrap() += Duration::from_secs(3_601);
                life.model.values_mut().filter(|state| **state == State::Waits).for_each(|state| *state = State::Due);
            }
            18 if life.dice.roll(8) == 0 => {
                life.jobs.clear();
                life.queue.close().await;
                life.queue = open();
            }
            _ => {
                let domain = DOMAINS[life.dice.roll(4) as usize].parse().unwrap();
                let claimed = life.queue.claim_of(&domain, 2).await;
                life.take(claimed);
            }
        }
    }
    finish(&mut life, &hands).await;
}

/// Everything that is left comes out when it is released and due.
async fn finish(life: &mut Life, hands: &Hands) {
    life.jobs.clear();
    life.queue.release(Selection::All).await.unwrap();
    *hands.0.lock().unwrap() += Duration::from_secs(3_601);
    let mut left: BTreeSet<_> = life.model.keys().copied().collect();
    while !left.is_empty() {
        let jobs = life.queue.claim(10, |_| 3).await;
        assert!(!jobs.is_empty(), "never claimed: {left:?}");
        for job in jobs {
            let delivered = Settlement::Delivered { remote_mta: String::new(), reply: String::new(), dsn: false };
            for waiting in &job.recipients {
                assert!(left.remove(&(job.message.mid, waiting.rid)), "{} {} again", job.message.mid, waiting.rid);
            }
            let each = job.recipients.iter().map(|waiting| (waiting.rid, delivered.clone())).collect();
            life.queue.settle(job, each, &terms()).await;
        }
    }
    assert_eq!(life.queue.stats(), Stats::default());
    assert_eq!(life.queue.view().stats().unwrap(), Stats::default());
}

/// The pages of the log, and how many of them are written back.
fn log_pages(folder: &Path) -> (i64, i64) {
    let connection = database::open_reader(&Directory::open(folder).unwrap(), DATABASE).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| Ok((row.get(1)?, row.get(2)?))).unwrap()
}

#[test]
fn the_log_is_written_back_before_a_commit_has_to_stop_for_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hands(Mutex::new(Duration::ZERO)));
        let (queue, _) = Queue::open(folder.path(), clock, MailLog::nowhere()).unwrap();
        for _ in 0..100 {
            let mid = queue.numbers().mid().unwrap();
            let recipients = vec![Recipient::plain("a@one.example".parse().unwrap())];
            queue.accept(envelope(recipients), Body::from_bytes(mid, vec![b'x'; 60_000])).await.unwrap();
        }
        let until = std::time::Instant::now() + Duration::from_secs(60);
        while log_pages(folder.path()).1 == 0 && std::time::Instant::now() < until {
            std::thread::sleep(Duration::from_millis(10));
        }
        let (pages, written_back) = log_pages(folder.path());
        assert!(written_back > 0 && pages < 4_000, "{written_back} of {pages}; from 4,000 on a commit does it");
        queue.close().await;
    });
}
