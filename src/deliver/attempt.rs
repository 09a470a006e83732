//! One attempt at one message: every host of the plan in turn, until each recipient has an answer.

use std::net::SocketAddr;
use std::time::Duration;

use super::connection::{Connection, Desk, Failure, Security, open};
use super::dialogue::{Fate, Phase, Reply, Transaction};
use super::log_line::{Details, Event};
use super::numbers::Rid;
use super::outcome::{Ended, Outcome, Reason, Via};
use super::parcel::Parcel;
use super::policy::{Exchanger, Planned};
use super::pool::{Key, Pool};
use crate::sys::library_error;

/// Hosts that may answer "later" before we believe it. Hosts that cannot be reached, or not as the setting wants, do not count: all
/// of them are tried.
const SESSIONS: u32 = 2;

/// Whether a connection to an address may be used now, by our own limits.
pub trait Limits: Send + Sync {
    /// Something that is dropped when the connection is free again, and for how many of `recipients` it may be used; the error is
    /// how long to wait.
    fn enter(&self, planned: &Planned, socket: SocketAddr, recipients: usize) -> Result<Entered, Duration>;
}

/// A connection that counts, for as long as this lives.
pub struct Entered {
    pub recipients: usize,
    /// For the others.
    pub wait: Duration,
    pub place: Option<Box<dyn Send + Sync>>,
}

/// An attempt under way.
pub struct Attempt<'a> {
    planned: &'a Planned,
    parcel: &'a Parcel,
    pool: &'a Pool,
    desk: &'a Desk<'a>,
    limits: &'a dyn Limits,
    ended: Vec<Option<Ended>>,
    /// What a recipient was told last, though other hosts may say otherwise.
    so_far: Vec<Option<Ended>>,
    failures: Vec<Failure>,
    sessions: u32,
}

/// What came of it.
#[derive(Debug)]
pub struct Attempted {
    /// In the order of the recipients.
    pub ended: Vec<(Rid, Ended)>,
    /// Hosts that could not be used.
    pub failures: Vec<Failure>,
}

impl<'a> Attempt<'a> {
    pub fn new(
        planned: &'a Planned,
        parcel: &'a Parcel,
        pool: &'a Pool,
        desk: &'a Desk<'a>,
        limits: &'a dyn Limits,
    ) -> Attempt<'a> {
        let count = parcel.recipients.len();
        let (ended, so_far) = (vec![None; count], vec![None; count]);
        Attempt { planned, parcel, pool, desk, limits, ended, so_far, failures: Vec::new(), sessions: 0 }
    }

    /// Tries until nobody waits or no host is left.
    pub async fn run(mut self) -> Attempted {
        'hosts: for exchanger in self.planned.exchangers() {
            for socket in exchanger.sockets() {
                if self.waiting().is_empty() || self.sessions >= SESSIONS {
                    break 'hosts;
                }
                self.host(exchanger, socket).await;
            }
        }
        self.concluded()
    }

    /// Places of the recipients that have no answer yet.
    fn waiting(&self) -> Vec<usize> {
        self.ended.iter().enumerate().filter_map(|(place, ended)| ended.is_none().then_some(place)).collect()
    }

    async fn host(&mut self, exchanger: &Exchanger, socket: SocketAddr) {
        let mut places = self.waiting();
        let entered = match self.limits.enter(self.planned, socket, places.len()) {
            Ok(entered) => entered,
            Err(wait) => return self.postpone(&places, wait),
        };
        let rest = places.split_off(entered.recipients.min(places.len()));
        self.postpone(&rest, entered.wait);
        if places.is_empty() {
            return;
        }
        let key = Key::of(self.planned, exchanger, socket);
        while let Some(connection) = self.pool.take(&key) {
            if !self.send(connection, &key, &places, true).await {
                return;
            }
        }
        match open(self.planned, exchanger, socket, self.parcel.mid, self.desk).await {
            Ok(connection) => drop(self.send(connection, &key, &places, false).await),
            Err(failure) => self.failures.push(failure),
        }
    }

    /// Sends to some of the recipients. True when the connection turned out to have been closed before anything was sent, so that
    /// another one should be tried.
    async fn send(&mut self, mut connection: Connection, key: &Key, places: &[usize], used: bool) -> bool {
        let dcid = connection.dcid();
        let dsn = connection.offers_dsn();
        let peer = connection.peer().clone();
        let mut reader = match self.parcel.reader() {
            Ok(reader) => reader,
            Err(error) => {
                let reason = Reason::Unreadable { detail: library_error::io(&error) };
                places.iter().for_each(|place| self.end(*place, Ended::for_reason(reason.clone(), None)));
                return false;
            }
        };
        let (security, transaction) = match connection.admit(self.planned) {
            Ok(mut admitted) => {
                let rids = self.rids(places);
                (self.desk.say)(Event::DeliveryStart { dcid, mid: self.parcel.mid, rids });
                let transaction = admitted.send(&self.parcel.shipment(places), reader.as_read()).await;
                (admitted.security().clone(), transaction)
            }
            Err(reason) => {
                self.failures.push(Failure { reason, dcid: Some(dcid), peer });
                connection.quit().await;
                return false;
            }
        };
        if used && was_stale(&transaction) {
            (self.desk.say)(Event::Lost { connection: dcid.into() });
            return true;
        }
        self.sessions += 1;
        let via = Via { dcid: Some(dcid), peer, security: Some(security) };
        self.take(places, transaction.fates, &via, dsn);
        self.leave(connection, key.clone(), transaction.alive).await;
        false
    }

    /// Keeps a connection that can be used again.
    async fn leave(&self, connection: Connection, key: Key, alive: bool) {
        let dcid = connection.dcid();
        let used_up = connection.messages() >= self.planned.controls().messages_per_connection.into();
        if !alive {
            return (self.desk.say)(Event::Lost { connection: dcid.into() });
        }
        let unwanted = if used_up { Some(connection) } else { self.pool.give(key, connection) };
        if let Some(connection) = unwanted {
            connection.quit().await;
            (self.desk.say)(Event::Close { connection: dcid.into() });
        }
    }

    fn take(&mut self, places: &[usize], fates: Vec<Fate>, via: &Via, dsn: bool) {
        self.say_done(places, &fates, via);
        for (place, fate) in places.iter().zip(fates) {
            let (reason, decided) = match fate {
                Fate::Taken(reply) => {
                    let outcome = Outcome::Delivered { reply, dsn };
                    self.end(*place, Ended { outcome, via: Some(via.clone()) });
                    continue;
                }
                Fate::Refused { reply, .. } if wants_tls(&reply, via) => (Reason::TlsWanted(reply), false),
                Fate::Refused { phase, reply } => {
                    let decided = reply.is_permanent();
                    (Reason::Refused { phase, reply }, decided)
                }
                Fate::Unsuitable(unsuitable) => (Reason::Unsuitable(unsuitable), false),
                // The peer may have the message: another one would make two of it.
                Fate::Lost { phase: Phase::End, error } => (Reason::Lost { phase: Phase::End, error }, true),
                Fate::Lost { phase, error } => (Reason::Lost { phase, error }, false),
                Fate::Unreadable(detail) => (Reason::Unreadable { detail }, true),
            };
            let ended = Ended::for_reason(reason, Some(via.clone()));
            match decided {
                true => self.end(*place, ended),
                false => self.set_so_far(*place, ended),
            }
        }
    }

    fn say_done(&self, places: &[usize], fates: &[Fate], via: &Via) {
        let taken: Vec<Rid> = places
            .iter()
            .zip(fates)
            .filter(|(_, fate)| matches!(fate, Fate::Taken(_)))
            .filter_map(|(place, _)| self.rid(*place))
            .collect();
        let reply = fates.iter().find_map(|fate| match fate {
            Fate::Taken(reply) => Some(reply.to_string()),
            _ => None,
        });
        let (Some(dcid), Some(reply)) = (via.dcid, reply) else { return };
        let setting = self.planned.tls().setting;
        let details = via.security.as_ref().map_or_else(Details::new, |security| security.message_details(setting));
        (self.desk.say)(Event::DeliveryDone { dcid, mid: self.parcel.mid, rids: taken.clone(), details });
        (self.desk.say)(Event::Response { mid: self.parcel.mid, rids: taken, reply });
    }

    fn rid(&self, place: usize) -> Option<Rid> {
        self.parcel.recipients.get(place).map(|(rid, _)| *rid)
    }

    fn rids(&self, places: &[usize]) -> Vec<Rid> {
        places.iter().filter_map(|place| self.rid(*place)).collect()
    }

    fn end(&mut self, place: usize, ended: Ended) {
        if let Some(slot) = self.ended.get_mut(place) {
            *slot = Some(ended);
        }
    }

    fn set_so_far(&mut self, place: usize, ended: Ended) {
        if let Some(slot) = self.so_far.get_mut(place) {
            *slot = Some(ended);
        }
    }

    fn postpone(&mut self, places: &[usize], wait: Duration) {
        for place in places {
            self.set_so_far(*place, Ended { outcome: Outcome::Postponed(wait), via: None });
        }
    }

    /// Who has no answer gets the most telling reason there is.
    fn concluded(self) -> Attempted {
        let general = self.general();
        let told = self.ended.into_iter().zip(self.so_far).map(|(ended, so_far)| ended.or(so_far));
        let rids = self.parcel.recipients.iter().map(|(rid, _)| *rid);
        let ended = rids.zip(told.map(|ended| ended.unwrap_or_else(|| general.clone()))).collect();
        Attempted { ended, failures: self.failures }
    }

    /// Why no host could be used: TLS that was required goes first, because that is what somebody has to mend; else the last try.
    fn general(&self) -> Ended {
        let tls = self.failures.iter().find(|failure| failure.reason.cause().is_tls());
        if let Some(failure) = tls.or(self.failures.last()) {
            let via = Via { dcid: failure.dcid, peer: failure.peer.clone(), security: None };
            return Ended::for_reason(failure.reason.clone(), Some(via));
        }
        let unresolved = self.planned.exchangers().iter().find_map(|exchanger| exchanger.addresses.clone().err());
        let nothing = Reason::NoAddress { wanted: "an address".into() };
        Ended::for_reason(unresolved.unwrap_or(nothing), None)
    }
}

/// A connection that waited, and whose peer had closed it before we began.
fn was_stale(transaction: &Transaction) -> bool {
    transaction.fates.iter().all(|fate| match fate {
        Fate::Lost { phase: Phase::Reset | Phase::Mail, .. } => true,
        Fate::Refused { phase: Phase::Reset | Phase::Mail, reply } => reply.closes(),
        _ => false,
    })
}

/// RFC 3207 section 4: the peer wants STARTTLS first.
fn wants_tls(reply: &Reply, via: &Via) -> bool {
    let clear = matches!(via.security, Some(Security::Clear(_)));
    let status = reply.status().is_none_or(|status| (status.subject, status.detail) == (7, 0));
    clear && reply.code == 530 && status
}
