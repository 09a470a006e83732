//! The queue against a model: long random lives with restarts and crashes in between, every other one in a window so small that
//! everything is crowded. After each step, what the queue says of itself is what the model says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use super::*;
use crate::deliver::envelope::{BodyType, Received, Recipient, ReversePath};
use crate::deliver::numbers::Rid;
use crate::deliver::status_code::StatusCode;
use crate::model::configuration::BounceProfile;
use crate::model::moment::Moment;

/// The hands of both clocks, and how often somebody looked.
struct Hands(Mutex<Duration>, AtomicU64);

impl Clock for Hands {
    fn wall(&self) -> Moment {
        Moment::UNIX_EPOCH + *self.0.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        self.1.fetch_add(1, Ordering::Relaxed);
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Due,
    Waits,
    Held,
}

/// A recipient of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    state: State,
    attempts: u32,
    in_trouble: bool,
    domain: &'static str,
    sender: &'static str,
}

type Key = (Mid, Rid);

struct Life {
    folder: tempfile::TempDir,
    hands: Arc<Hands>,
    size: window::Size,
    queue: Queue,
    dice: Dice,
    model: BTreeMap<Key, Row>,
    jobs: Vec<Job>,
    gone: BTreeSet<Key>,
}

const DOMAINS: [&str; 4] = ["big.example", "big.example", "two.example", "three.example"];
const SENDERS: [&str; 3] = ["", "one@from.example", "two@from.example"];
/// Less than the shares of all domains together: it is full before they are.
const SMALL: window::Size = window::Size { capacity: 30, share: 12 };
/// Longer than any wait.
const LONG: Duration = Duration::from_secs(3_601);

impl Life {
    fn begin(seed: u64) -> Life {
        let (folder, hands) =
            (tempfile::tempdir().unwrap(), Arc::new(Hands(Mutex::new(Duration::ZERO), AtomicU64::new(0))));
        let size = if seed.is_multiple_of(2) { SMALL } else { window::Size::default() };
        let (queue, _) = Queue::open_with(folder.path(), hands.clone(), MailLog::nowhere(), size).unwrap();
        let (model, gone) = (BTreeMap::new(), BTreeSet::new());
        Life { folder, hands, size, queue, dice: Dice(seed * 7_919), model, jobs: Vec::new(), gone }
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.dice.roll(from.len() as u64) as usize]
    }

    async fn accept(&mut self) {
        let sender = self.pick(&SENDERS);
        let domains: Vec<&'static str> = (0..1 + self.dice.roll(6)).map(|_| self.pick(&DOMAINS)).collect();
        let address = |(number, domain): (usize, &&str)| format!("u{number}@{domain}").parse().unwrap();
        let mid = self.queue.numbers().mid().unwrap();
        let recipients = domains.iter().enumerate().map(address).map(Recipient::plain).collect();
        let envelope = envelope(sender.parse().unwrap(), recipients);
        self.queue.accept(envelope, Body::from_bytes(mid, text(mid))).await.unwrap();
        for (rid, domain) in (0..).map(Rid).zip(domains) {
            let row = Row { state: State::Due, attempts: 0, in_trouble: false, domain, sender };
            self.model.insert((mid, rid), row);
        }
    }

    async fn claim(&mut self) {
        let (jobs, each) = (self.dice.roll(8) as usize, self.dice.roll(4) as usize);
        let claimed = self.queue.claim(jobs, |_| each).await;
        assert!(claimed.len() <= jobs);
        for domain in DOMAINS {
            assert!(claimed.iter().filter(|job| job.domain.to_string() == domain).count() <= each, "{domain}");
        }
        self.take(claimed).await;
    }

    async fn take(&mut self, claimed: Vec<Job>) {
        for job in claimed {
            for waiting in &job.recipients {
                let key = (job.message.mid, waiting.rid);
                let row = self.model.get(&key).unwrap_or_else(|| panic!("{key:?} was claimed and is gone"));
                let told = (row.state, row.attempts, row.in_trouble, row.domain.to_owned());
                let expected = (State::Due, waiting.attempts, waiting.trouble.is_some(), job.domain.to_string());
                assert_eq!(told, expected, "{key:?} was claimed");
                let twice = self.jobs.iter().any(|other| {
                    other.message.mid == key.0 && other.recipients.iter().any(|waiting| waiting.rid == key.1)
                });
                assert!(!twice && !self.gone.contains(&key), "{key:?} was handed out twice");
            }
            let Ok(Stored::Memory(body)) = self.queue.read(&job).await else { panic!("{}", job.message.mid) };
            assert_eq!(*body, *text(job.message.mid), "mixed");
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
            let settlement = match self.dice.roll(6) {
                0 => Some(Settlement::Deferred(trouble())),
                1 => Some(Settlement::Suspended(trouble())),
                2 => Some(Settlement::Postponed(Duration::from_secs(1_000))),
                // Nothing is said: due again at once.
                3 => None,
                _ => Some(Settlement::Delivered { remote_mta: String::new(), reply: String::new(), dsn: false }),
            };
            // Dropped in the meantime: whatever came of it.
            let Some(row) = self.model.get_mut(&key) else {
                settlements.extend(settlement.map(|settlement| (waiting.rid, settlement)));
                continue;
            };
            let is_due = row.state == State::Due;
            match &settlement {
                Some(Settlement::Delivered { .. }) => {
                    self.model.remove(&key);
                    self.gone.insert(key);
                }
                Some(settlement) => {
                    row.state = if is_due { State::Waits } else { row.state };
                    row.attempts += u32::from(matches!(settlement, Settlement::Deferred(_)));
                    row.in_trouble |= !matches!(settlement, Settlement::Postponed(_));
                }
                None => {}
            }
            settlements.extend(settlement.map(|settlement| (waiting.rid, settlement)));
        }
        let mid = job.message.mid;
        let was_there = self.is_there(mid) || settlements.iter().any(|(rid, _)| self.gone.contains(&(mid, *rid)));
        let settled = self.queue.settle(job, settlements, &terms()).await;
        if was_there && settled.finished {
            assert!(!self.is_there(mid), "{mid} is finished, and somebody waits for it");
        }
    }

    fn is_there(&self, mid: Mid) -> bool {
        self.model.range((mid, Rid(0))..=(mid, Rid(u32::MAX))).next().is_some()
    }

    async fn administer(&mut self) {
        let mut which = Selection::all();
        if self.dice.roll(3) == 0 {
            let mids: Vec<Mid> = self.model.keys().map(|(mid, _)| *mid).collect();
            let few = 1 + self.dice.roll(3);
            which.messages = Some(
                (0..few).filter_map(|_| mids.get(self.dice.roll(mids.len().max(1) as u64) as usize).copied()).collect(),
            );
        }
        if self.dice.roll(3) == 0 {
            which.domain = Some(self.pick(&DOMAINS).parse().unwrap());
        }
        if self.dice.roll(4) == 0 {
            which.sender = Some(self.pick(&["<>", "ONE@from.example", "@from.example"]).parse().unwrap());
        }
        if self.dice.roll(4) == 0 {
            which.standing = Some(self.pick(&[Standing::Held, Standing::Deferred]));
        }
        let deed =
            self.pick(&[Deed::Hold, Deed::Hold, Deed::Release, Deed::Release, Deed::Flush, Deed::Flush, Deed::Drop]);
        // Everything at once leaves nothing to look at.
        if deed == Deed::Drop && which.messages.is_none() && which.sender.is_none() && which.standing.is_none() {
            return;
        }
        let covered: Vec<Key> =
            self.model.iter().filter(|(key, row)| is_meant(&which, key, row)).map(|(key, _)| *key).collect();
        let done = self.queue.administer_all(deed, which.clone()).await.unwrap();
        let mut changed = 0;
        for key in &covered {
            let row = self.model.get_mut(key).unwrap();
            let to = match (deed, row.state) {
                (Deed::Drop, _) => None,
                (Deed::Hold, _) => Some(State::Held),
                (Deed::Release, State::Held) | (Deed::Flush, State::Waits) => Some(State::Due),
                (_, same) => Some(same),
            };
            changed += u64::from(to != Some(row.state));
            match to {
                Some(to) => row.state = to,
                None => {
                    self.model.remove(key);
                    self.gone.insert(*key);
                }
            }
        }
        assert_eq!((done.selected, done.changed), (covered.len() as u64, changed), "{deed:?} {which:?}");
    }

    /// Time goes by, until everything that waits is due.
    fn pass(&mut self) {
        *self.hands.0.lock().unwrap() += LONG;
        self.model.values_mut().filter(|row| row.state == State::Waits).for_each(|row| row.state = State::Due);
    }

    /// An orderly end, or none: the files as they lie there are all that is left.
    async fn restart(&mut self, in_order: bool) {
        self.jobs.clear();
        if in_order {
            self.queue.close().await;
        } else {
            let left = tempfile::tempdir().unwrap();
            for name in [DATABASE.to_owned(), format!("{DATABASE}-wal")] {
                std::fs::copy(self.folder.path().join(&name), left.path().join(&name)).unwrap();
            }
            self.queue.close().await;
            self.folder = left;
        }
        let opened = Queue::open_with(self.folder.path(), self.hands.clone(), MailLog::nowhere(), self.size);
        let (queue, recovery) = opened.unwrap();
        self.queue = queue;
        assert_eq!((recovery.messages, recovery.recipients), self.counts());
        assert_eq!(recovery.damaged, []);
        self.bodies();
    }

    fn counts(&self) -> (u64, u64) {
        let mids: BTreeSet<Mid> = self.model.keys().map(|(mid, _)| *mid).collect();
        (mids.len() as u64, self.model.len() as u64)
    }

    /// What the queue counts along, and what the database says row by row.
    fn look(&self) {
        let stats = self.queue.stats();
        assert_eq!((stats.messages, stats.recipients), self.counts());
        assert_eq!(self.queue.view().stats().unwrap(), stats);
        let listed = self.queue.view().list(&Selection::all(), Mid(0), usize::MAX).unwrap();
        let rows = listed.iter().flat_map(|listed| listed.recipients.iter().map(|row| (listed.message.mid, row)));
        let told: BTreeMap<Key, (bool, u32, bool)> = rows
            .map(|(mid, row)| ((mid, row.waiting.rid), (row.held, row.waiting.attempts, row.waiting.trouble.is_some())))
            .collect();
        let expected =
            self.model.iter().map(|(key, row)| (*key, (row.state == State::Held, row.attempts, row.in_trouble)));
        assert_eq!(told, expected.collect());
    }

    /// Each message has its body, and no body is left of one that is gone.
    fn bodies(&self) {
        let directory = Directory::open(self.folder.path()).unwrap();
        let reader = database::open_reader(&directory, DATABASE).unwrap();
        let count = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let bodies = reader.query_row("SELECT count(*) FROM body", [], count).unwrap();
        assert_eq!(store::natural(bodies), self.queue.stats().messages);
    }

    /// Everything that is due is claimed or can be, whatever happened before, and nothing else.
    async fn survey(&mut self) {
        let (mut kept, mut claimed) = (self.jobs.len(), Vec::new());
        loop {
            let jobs = self.queue.claim(100, |_| 100).await;
            if jobs.is_empty() {
                break;
            }
            claimed.extend(jobs);
        }
        self.take(claimed).await;
        let rows = self.jobs.iter().flat_map(|job| job.recipients.iter().map(|waiting| (job.message.mid, waiting.rid)));
        let taken: BTreeSet<Key> = rows.collect();
        let due = self.model.iter().filter(|(_, row)| row.state == State::Due).map(|(key, _)| *key);
        let forgotten: Vec<Key> = due.filter(|key| !taken.contains(key)).collect();
        assert!(forgotten.is_empty(), "due and never claimed: {forgotten:?}");
        kept = kept.min(self.dice.roll(20) as usize);
        self.jobs.truncate(kept);
    }
}

fn is_meant(which: &Selection, key: &Key, row: &Row) -> bool {
    which.messages.as_ref().is_none_or(|mids| mids.contains(&key.0))
        && which.domain.as_ref().is_none_or(|domain| domain.to_string() == row.domain)
        && which.sender.as_ref().is_none_or(|sender| match sender {
            SenderMatch::Null => row.sender.is_empty(),
            SenderMatch::Address(address) => row.sender.eq_ignore_ascii_case(address),
            SenderMatch::Domain(_) => !row.sender.is_empty(),
        })
        && which.standing.is_none_or(|standing| match standing {
            Standing::Held => row.state == State::Held,
            Standing::Deferred => row.state != State::Held && row.in_trouble,
        })
}

/// Some in a length that no other message has.
fn text(mid: Mid) -> Vec<u8> {
    mid.to_string().repeat(1 + (mid.0 % 40) as usize).into_bytes()
}

fn trouble() -> Trouble {
    Trouble { status: StatusCode::new(4, 0, 0), sentence: String::new(), remote_mta: None, reply: None }
}

fn envelope(sender: ReversePath, recipients: Vec<Recipient>) -> Envelope {
    Envelope {
        sender,
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
    let mut life = Life::begin(seed);
    for _ in 0..600 {
        match life.dice.roll(20) {
            0..6 => life.accept().await,
            6..10 => life.claim().await,
            10..14 => life.settle().await,
            14 => drop(life.jobs.pop()),
            15 | 16 => life.administer().await,
            17 => life.pass(),
            18 => match life.dice.roll(8) {
                0 => life.restart(true).await,
                1 => life.restart(false).await,
                _ => life.survey().await,
            },
            _ => {
                let domain = life.pick(&DOMAINS).parse().unwrap();
                let claimed = life.queue.claim_of(&domain, 2).await;
                life.take(claimed).await;
            }
        }
        life.look();
    }
    finish(&mut life).await;
}

#[test]
fn a_full_window_lets_the_thread_sleep() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    runtime.block_on(async {
        // A small window; more waits than fits, and comes due at once.
        let mut life = Life::begin(2);
        while life.model.len() < 3 * SMALL.capacity {
            life.accept().await;
        }
        while life.model.values().any(|row| row.state == State::Due) {
            for job in life.queue.claim(10, |_| 10).await {
                let mid = job.message.mid;
                let deferred = |waiting: &Waiting| (waiting.rid, Settlement::Deferred(trouble()));
                let each: Vec<_> = job.recipients.iter().map(deferred).collect();
                each.iter().for_each(|(rid, _)| life.model.get_mut(&(mid, *rid)).unwrap().state = State::Waits);
                life.queue.settle(job, each, &terms()).await;
            }
        }
        life.pass();
        // It looks, and finds more than it can hold; nothing is left to do then but to wait.
        life.queue.claim(0, |_| 0).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
        let looks = life.hands.1.load(Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let more = life.hands.1.load(Ordering::Relaxed) - looks;
        assert!(more < 20, "{more} looks at the clock while nothing happened");
    });
}

/// Everything that is left comes out when it is released and due.
async fn finish(life: &mut Life) {
    life.jobs.clear();
    life.queue.administer_all(Deed::Release, Selection::all()).await.unwrap();
    *life.hands.0.lock().unwrap() += LONG;
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
    life.bodies();
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
        let clock = Arc::new(crate::sys::clock::SystemClock::new());
        let (queue, _) = Queue::open(folder.path(), clock, MailLog::nowhere()).unwrap();
        for _ in 0..100 {
            let mid = queue.numbers().mid().unwrap();
            let recipients = vec![Recipient::plain("a@one.example".parse().unwrap())];
            queue
                .accept(envelope(ReversePath::Null, recipients), Body::from_bytes(mid, vec![b'x'; 60_000]))
                .await
                .unwrap();
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
