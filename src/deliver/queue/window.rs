//! The part of the queue that is in memory: recipients that are due, by domain, and those that are claimed.
//!
//! However long the queue is, the window holds only so many recipients that nobody has claimed, and of one domain only a
//! share of them, so that a domain with a million messages leaves room for the others. What does not fit stays in the
//! database: a cursor remembers how far the due recipients have been looked through, and a domain that had more than its
//! share is `crowded` and looked up by itself when its share is used up.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::deliver::envelope::MailDomain;
use crate::deliver::numbers::{Mid, Rid};

use super::job::{Queued, Waiting};
use super::reading::{Cursor, DueRow};
use super::time::QueueTime;

/// How many recipients the window holds that nobody has claimed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub capacity: usize,
    /// Of them, at one domain.
    pub share: usize,
}

impl Default for Size {
    fn default() -> Size {
        Size { capacity: 4_096, share: 512 }
    }
}

/// Recipients of one job: the least that every server must take (RFC 5321 section 4.5.3.1.8).
const JOB_LIMIT: usize = 100;

/// Recipients of one message at one domain.
#[derive(Debug)]
pub(super) struct Entry {
    pub message: Arc<Queued>,
    pub domain: MailDomain,
    pub recipients: Vec<Waiting>,
    /// Held or dropped while they were claimed: they do not come back by themselves.
    withdrawn: HashSet<Rid>,
}

#[derive(Debug, Default)]
struct Lane {
    entries: VecDeque<Entry>,
    recipients: usize,
    /// Stands in `turn`.
    in_turn: bool,
}

/// Due recipients, ready and claimed.
#[derive(Debug)]
pub(super) struct Window {
    size: Size,
    lanes: HashMap<MailDomain, Lane>,
    /// Domains in the order in which they are served next.
    turn: VecDeque<MailDomain>,
    /// Recipients in all lanes.
    ready: usize,
    claimed: HashMap<u64, Entry>,
    next_number: u64,
    /// Every recipient that is ready or claimed.
    known: HashSet<(Mid, Rid)>,
    crowded: HashSet<MailDomain>,
    /// Everything that is due up to here is known, or at a crowded domain.
    pub cursor: Cursor,
    /// Nothing that was due at the last look stands behind the cursor.
    pub caught_up: bool,
    /// When the next recipient is due that stands behind the cursor.
    pub next_due: Option<QueueTime>,
}

impl Window {
    /// Nothing is known of the database yet.
    pub fn new(size: Size) -> Window {
        Window {
            size,
            lanes: HashMap::new(),
            turn: VecDeque::new(),
            ready: 0,
            claimed: HashMap::new(),
            next_number: 0,
            known: HashSet::new(),
            crowded: HashSet::new(),
            cursor: Cursor::BEGINNING,
            caught_up: false,
            next_due: None,
        }
    }

    /// Everything in the database counts as not looked at.
    pub fn look_again(&mut self) {
        self.cursor = Cursor::BEGINNING;
        self.caught_up = false;
    }

    pub fn room(&self) -> usize {
        self.size.capacity.saturating_sub(self.ready)
    }

    pub fn is_empty(&self) -> bool {
        self.ready == 0
    }

    /// Looking into the database could fill the window.
    pub fn is_low(&self, now: QueueTime) -> bool {
        let due = !self.caught_up || self.next_due.is_some_and(|due| due <= now);
        (due && self.ready < self.size.capacity / 2) || (self.room() > 0 && self.hungry().next().is_some())
    }

    /// Crowded domains whose share is used up.
    pub fn hungry(&self) -> impl Iterator<Item = &MailDomain> {
        self.crowded
            .iter()
            .filter(|domain| self.lanes.get(*domain).is_none_or(|lane| lane.recipients < self.size.share / 4))
    }

    /// Takes a recipient in unless it is known or its domain has its share; `false` when the window is full.
    pub fn offer(&mut self, row: DueRow) -> bool {
        if self.known.contains(&(row.message.mid, row.waiting.rid)) || self.crowded.contains(&row.domain) {
            return true;
        }
        if self.room() == 0 {
            return false;
        }
        self.insert(row);
        true
    }

    /// Takes in what was looked up for a crowded domain; `all` when the database has no more for it.
    pub fn feed(&mut self, domain: &MailDomain, rows: Vec<DueRow>, all: bool) {
        let mut left_out = !all;
        for row in rows {
            if !self.known.contains(&(row.message.mid, row.waiting.rid)) {
                left_out |= self.room() == 0 || !self.insert(row);
            }
        }
        if !left_out {
            self.crowded.remove(domain);
        }
    }

    /// How many rows to look up for a crowded domain, so that some are new.
    pub fn appetite(&self, domain: &MailDomain) -> usize {
        let claimed = self.claimed.values().filter(|entry| entry.domain == *domain);
        self.size.share + claimed.map(|entry| entry.recipients.len()).sum::<usize>()
    }

    /// `false` when the domain has its share already.
    fn insert(&mut self, row: DueRow) -> bool {
        let lane = self.lanes.entry(row.domain.clone()).or_default();
        if lane.recipients >= self.size.share {
            self.crowded.insert(row.domain);
            return false;
        }
        self.known.insert((row.message.mid, row.waiting.rid));
        lane.recipients += 1;
        self.ready += 1;
        let last = lane.entries.back_mut();
        match last.filter(|entry| entry.message.mid == row.message.mid && entry.recipients.len() < JOB_LIMIT) {
            Some(entry) => entry.recipients.push(row.waiting),
            None => lane.entries.push_back(Entry {
                message: row.message,
                domain: row.domain.clone(),
                recipients: vec![row.waiting],
                withdrawn: HashSet::new(),
            }),
        }
        if !std::mem::replace(&mut lane.in_turn, true) {
            self.turn.push_back(row.domain);
        }
        true
    }

    /// Claims up to `jobs` entries, domains in turn; `allowed` says how many more a domain may have.
    pub fn claim(&mut self, jobs: usize, allowed: &mut dyn FnMut(&MailDomain) -> usize) -> Vec<u64> {
        let mut left: HashMap<MailDomain, usize> = HashMap::new();
        let mut claimed = Vec::new();
        // Domains passed over in a row: a whole round without a claim ends the search.
        let mut idle = 0;
        while claimed.len() < jobs && idle < self.turn.len() {
            let Some(domain) = self.turn.pop_front() else { break };
            let left = left.entry(domain.clone()).or_insert_with(|| allowed(&domain));
            let taken = if *left > 0 { self.take(&domain) } else { None };
            if let Some(number) = taken {
                *left -= 1;
                idle = 0;
                claimed.push(number);
            }
            let stays = self.back_in_turn(domain);
            idle += usize::from(stays && taken.is_none());
        }
        claimed
    }

    /// Claims up to `jobs` entries of one domain.
    pub fn claim_of(&mut self, domain: &MailDomain, jobs: usize) -> Vec<u64> {
        std::iter::from_fn(|| self.take(domain)).take(jobs).collect()
    }

    fn take(&mut self, domain: &MailDomain) -> Option<u64> {
        let lane = self.lanes.get_mut(domain)?;
        let entry = lane.entries.pop_front()?;
        lane.recipients -= entry.recipients.len();
        self.ready -= entry.recipients.len();
        self.next_number += 1;
        self.claimed.insert(self.next_number, entry);
        Some(self.next_number)
    }

    /// A domain that had its turn goes to the end of the row; one with nothing left leaves it. Whether it stays.
    fn back_in_turn(&mut self, domain: MailDomain) -> bool {
        let stays = self.lanes.get(&domain).is_some_and(|lane| !lane.entries.is_empty());
        match stays {
            true => self.turn.push_back(domain),
            false => drop(self.lanes.remove(&domain)),
        }
        stays
    }

    pub fn claimed(&self, number: u64) -> Option<&Entry> {
        self.claimed.get(&number)
    }

    /// The claim ended without a result: due again, in front.
    pub fn give_back(&mut self, number: u64) {
        let Some(mut entry) = self.claimed.remove(&number) else { return };
        for gone in entry.drop_withdrawn() {
            self.known.remove(&(entry.message.mid, gone));
        }
        if entry.recipients.is_empty() {
            return;
        }
        let domain = entry.domain.clone();
        let lane = self.lanes.entry(domain.clone()).or_default();
        lane.recipients += entry.recipients.len();
        self.ready += entry.recipients.len();
        lane.entries.push_front(entry);
        if !std::mem::replace(&mut lane.in_turn, true) {
            self.turn.push_back(domain);
        }
    }

    /// The claim ended with a result that the database has.
    pub fn settle(&mut self, number: u64) {
        if let Some(entry) = self.claimed.remove(&number) {
            self.forget(&entry);
        }
    }

    fn forget(&mut self, entry: &Entry) {
        for waiting in &entry.recipients {
            self.known.remove(&(entry.message.mid, waiting.rid));
        }
    }

    /// Held or dropped in the database, in order: what is ready leaves, what is claimed does not come back. How many are claimed.
    pub fn withdraw(&mut self, which: &[(Mid, Rid)]) -> u64 {
        let is_meant = |mid: Mid, waiting: &Waiting| which.binary_search(&(mid, waiting.rid)).is_ok();
        let mut gone = Vec::new();
        for lane in self.lanes.values_mut() {
            for entry in &mut lane.entries {
                let mid = entry.message.mid;
                let out = entry.recipients.extract_if(.., |waiting| is_meant(mid, waiting));
                gone.extend(out.map(|waiting| (mid, waiting.rid)));
            }
            lane.entries.retain(|entry| !entry.recipients.is_empty());
            lane.recipients = lane.entries.iter().map(|entry| entry.recipients.len()).sum();
        }
        self.ready -= gone.len();
        for key in &gone {
            self.known.remove(key);
        }
        self.mark(which, |withdrawn, rid| withdrawn.insert(rid))
    }

    /// Released in the database, in order: what is still claimed may come back. How many are claimed.
    pub fn restore(&mut self, which: &[(Mid, Rid)]) -> u64 {
        self.mark(which, |withdrawn, rid| withdrawn.remove(&rid))
    }

    fn mark(&mut self, which: &[(Mid, Rid)], mark: impl Fn(&mut HashSet<Rid>, Rid) -> bool) -> u64 {
        let mut marked = 0;
        for entry in self.claimed.values_mut() {
            let Entry { message, recipients, withdrawn, .. } = entry;
            for rid in recipients.iter().map(|waiting| waiting.rid) {
                if which.binary_search(&(message.mid, rid)).is_ok() {
                    mark(withdrawn, rid);
                    marked += 1;
                }
            }
        }
        marked
    }

    /// What is claimed, by message and domain.
    pub fn underway(&self) -> Vec<(Mid, MailDomain)> {
        self.claimed.values().map(|entry| (entry.message.mid, entry.domain.clone())).collect()
    }
}

impl Entry {
    /// Takes out the recipients that do not come back.
    fn drop_withdrawn(&mut self) -> Vec<Rid> {
        let withdrawn = std::mem::take(&mut self.withdrawn);
        self.recipients.retain(|waiting| !withdrawn.contains(&waiting.rid));
        withdrawn.into_iter().collect()
    }
}
