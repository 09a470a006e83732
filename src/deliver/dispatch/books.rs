//! How much a destination gets at the same time, and in so many minutes: the limits of destination controls, and our own good manners.
//!
//! Slow start: a destination begins with a few connections and gets one more for each message that it takes, up to its limit. When every
//! host and address was tried and none could be used, it falls back to one connection, and for a moment its other messages are not tried:
//! they wait with the same reason, and lose no attempt. A flush and a new revision end that moment.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::deliver::attempt::{Entered, Limits};
use crate::deliver::envelope::MailDomain;
use crate::deliver::outcome::Reason;
use crate::deliver::policy::Planned;
use crate::model::configuration::{DestinationControls, LimitScope, RecipientLimit};

/// Connections that a destination begins with.
const FIRST: u32 = 4;
/// How long the messages of a destination are not tried after none of its hosts could be used; shorter than any message may wait.
const SUSPENSION: Duration = Duration::from_secs(20);
/// How long a message waits when every address of its hosts has as many connections as it may.
const BUSY: Duration = Duration::from_secs(2);
/// Destinations that are remembered before those are forgotten that nobody uses.
const ROOM: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Account {
    Domain(MailDomain),
    Address(SocketAddr),
}

/// The books of all destinations.
#[derive(Debug, Default)]
pub(super) struct Books {
    accounts: Mutex<HashMap<Account, Balance>>,
    /// Somebody left a place.
    pub freed: Notify,
}

#[derive(Debug)]
struct Balance {
    connections: u32,
    width: u32,
    /// Recipients since the window began.
    recipients: u32,
    window: Option<Instant>,
    suspended: Option<Suspension>,
}

#[derive(Debug)]
struct Suspension {
    until: Instant,
    reason: Reason,
    era: Era,
}

/// What an attempt was made under: the revision, and how many flushes there were. A suspension of another era is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Era {
    pub revision: u32,
    pub flushes: u64,
}

impl Default for Balance {
    fn default() -> Balance {
        Balance { connections: 0, width: FIRST, recipients: 0, window: None, suspended: None }
    }
}

impl Balance {
    /// Recipients that may still be tried, and when the window ends.
    fn left(&mut self, limit: RecipientLimit, now: Instant) -> (u32, Instant) {
        let length = Duration::from_secs(60 * u64::from(limit.minutes.max(1)));
        if self.window.is_none_or(|began| now >= began + length) {
            (self.window, self.recipients) = (Some(now), 0);
        }
        let end = self.window.map_or(now, |began| began + length);
        (limit.recipients.saturating_sub(self.recipients), end)
    }

    fn is_forgettable(&self, now: Instant) -> bool {
        let suspended = self.suspended.as_ref().is_some_and(|suspension| suspension.until > now);
        let counting = self.window.is_some_and(|began| now < began + Duration::from_secs(3600));
        self.connections == 0 && !suspended && !counting
    }
}

/// A connection that counts; gone when dropped.
pub(super) struct Place {
    books: Arc<Books>,
    account: Account,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(balance) = self.books.lock().get_mut(&self.account) {
            balance.connections = balance.connections.saturating_sub(1);
        }
        self.books.freed.notify_one();
    }
}

impl Books {
    fn lock(&self) -> MutexGuard<'_, HashMap<Account, Balance>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many more jobs a domain may have now; the error is when to ask again.
    pub(super) fn allowed(&self, domain: &MailDomain, controls: &DestinationControls) -> Result<usize, Instant> {
        let mut accounts = self.lock();
        let Some(balance) = accounts.get_mut(&Account::Domain(domain.clone())) else { return Ok(FIRST as usize) };
        let by_domain = controls.limit_scope == LimitScope::Domain;
        if let Some(limit) = controls.recipients.filter(|_| by_domain)
            && let (0, end) = balance.left(limit, Instant::now())
        {
            return Err(end);
        }
        let limit = if by_domain { controls.concurrency.into() } else { u32::MAX };
        Ok(balance.width.min(limit).saturating_sub(balance.connections) as usize)
    }

    /// A job of a domain begins.
    pub(super) fn begin(self: &Arc<Self>, domain: &MailDomain) -> Place {
        let account = Account::Domain(domain.clone());
        let mut accounts = self.lock();
        if accounts.len() >= ROOM {
            let now = Instant::now();
            accounts.retain(|_, balance| !balance.is_forgettable(now));
        }
        accounts.entry(account.clone()).or_default().connections += 1;
        Place { books: self.clone(), account }
    }

    /// For how many of `recipients` a job of the domain may be tried, and how long the others wait.
    pub(super) fn recipients(
        &self,
        domain: &MailDomain,
        controls: &DestinationControls,
        recipients: usize,
    ) -> (usize, Duration) {
        match controls.recipients.filter(|_| controls.limit_scope == LimitScope::Domain) {
            None => (recipients, Duration::ZERO),
            Some(limit) => self.spend(Account::Domain(domain.clone()), limit, recipients),
        }
    }

    fn spend(&self, account: Account, limit: RecipientLimit, recipients: usize) -> (usize, Duration) {
        let now = Instant::now();
        let mut accounts = self.lock();
        let balance = accounts.entry(account).or_default();
        let (left, end) = balance.left(limit, now);
        let granted = u32::try_from(recipients).unwrap_or(u32::MAX).min(left);
        balance.recipients = balance.recipients.saturating_add(granted);
        (granted as usize, end.saturating_duration_since(now))
    }

    /// Why the hosts of a domain could not be used a moment ago, in the same era.
    pub(super) fn suspended(&self, domain: &MailDomain, era: Era) -> Option<Reason> {
        let accounts = self.lock();
        let suspension = accounts.get(&Account::Domain(domain.clone()))?.suspended.as_ref()?;
        let holds = suspension.era == era && suspension.until > Instant::now();
        holds.then(|| suspension.reason.clone())
    }

    /// What an attempt of `era` taught: a host took messages, or none could be used.
    pub(super) fn learn(&self, domain: &MailDomain, result: Result<(), Reason>, limit: u16, era: Era) {
        let mut accounts = self.lock();
        let balance = accounts.entry(Account::Domain(domain.clone())).or_default();
        match result {
            Ok(()) => {
                balance.width = (balance.width + 1).min(limit.into());
                balance.suspended = None;
            }
            Err(reason) => {
                balance.width = 1;
                balance.suspended = Some(Suspension { until: Instant::now() + SUSPENSION, reason, era });
            }
        }
    }
}

/// The limits that count by the address of a mail host.
pub(super) struct ByAddress(pub Arc<Books>);

impl Limits for ByAddress {
    fn enter(&self, planned: &Planned, socket: SocketAddr, recipients: usize) -> Result<Entered, Duration> {
        let controls = planned.controls();
        if controls.limit_scope == LimitScope::Domain {
            return Ok(Entered { recipients, wait: Duration::ZERO, place: None });
        }
        let account = Account::Address(socket);
        {
            let mut accounts = self.0.lock();
            let balance = accounts.entry(account.clone()).or_default();
            if balance.connections >= controls.concurrency.into() {
                return Err(BUSY);
            }
            balance.connections += 1;
        }
        let place = Place { books: self.0.clone(), account: account.clone() };
        let (recipients, wait) = match controls.recipients {
            None => (recipients, Duration::ZERO),
            Some(limit) => self.0.spend(account, limit, recipients),
        };
        Ok(Entered { recipients, wait, place: Some(Box::new(place)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::configuration::Destinations;

    fn controls(concurrency: u16, recipients: Option<(u32, u8)>) -> DestinationControls {
        let recipients = recipients.map(|(recipients, minutes)| RecipientLimit { recipients, minutes });
        DestinationControls { concurrency, recipients, ..Destinations::default().controls(None) }
    }

    const ERA: Era = Era { revision: 1, flushes: 0 };

    fn timed<T>(test: impl FnOnce() -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async { test() })
    }

    #[test]
    fn a_destination_starts_small_grows_and_keeps_its_limit() {
        timed(|| {
            let (books, domain) = (Arc::new(Books::default()), "example.net".parse().unwrap());
            let controls = controls(6, None);
            let mut places: Vec<Place> = (0..4).map(|_| books.begin(&domain)).collect();
            assert_eq!(books.allowed(&domain, &controls), Ok(0));
            (0..50).for_each(|_| books.learn(&domain, Ok(()), controls.concurrency, ERA));
            assert_eq!(books.allowed(&domain, &controls), Ok(2));
            places.clear();
            assert_eq!(books.allowed(&domain, &controls), Ok(6));
            books.learn(&domain, Err(Reason::StartTlsNotOffered), controls.concurrency, ERA);
            assert_eq!(books.allowed(&domain, &controls), Ok(1));
            assert_eq!(books.suspended(&domain, ERA), Some(Reason::StartTlsNotOffered));
            assert_eq!(books.suspended(&domain, Era { flushes: 1, ..ERA }), None);
            assert_eq!(books.suspended(&domain, Era { revision: 2, ..ERA }), None);
            books.learn(&domain, Ok(()), controls.concurrency, ERA);
            assert_eq!(books.suspended(&domain, ERA), None);
        });
    }

    #[test]
    fn recipients_are_counted_within_their_minutes() {
        timed(|| {
            let (books, domain) = (Arc::new(Books::default()), "example.net".parse().unwrap());
            let controls = controls(10, Some((5, 2)));
            drop(books.begin(&domain));
            assert_eq!(books.recipients(&domain, &controls, 3).0, 3);
            let (granted, wait) = books.recipients(&domain, &controls, 4);
            assert_eq!(granted, 2);
            assert!(wait > Duration::from_secs(60) && wait <= Duration::from_secs(120));
            assert!(books.allowed(&domain, &controls).is_err());
        });
    }
}
