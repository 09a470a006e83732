//! Connections that wait for their next message. One is used again only for exactly what it was made for: the same hop, and the same
//! demands on its TLS.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::sign::CertifiedKey;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::connection::Connection;
use super::identity::{Class, References};
use super::policy::{Exchanger, Host, Planned};
use crate::model::configuration::DeliveryTls;

/// How long a connection waits: a mail host does not like idle peers, and a new handshake costs a millisecond.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that wait, altogether.
const ROOM: usize = 500;

/// What a connection was made for. Two messages share one only when all of this is the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// Any commit makes new connections.
    revision: u32,
    setting: DeliveryTls,
    class: Class,
    references: References,
    /// Also the name that was asked for in the handshake.
    host: Host,
    socket: SocketAddr,
    source: Option<IpAddr>,
    /// Our certificate, by where it lies in this revision.
    client: Option<usize>,
}

/// Waiting connections.
#[derive(Debug, Default)]
pub struct Pool {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    by_key: HashMap<Key, Vec<Idle>>,
    count: usize,
}

#[derive(Debug)]
struct Idle {
    connection: Connection,
    until: Instant,
}

impl Key {
    pub fn of(planned: &Planned, exchanger: &Exchanger, socket: SocketAddr) -> Key {
        Key {
            revision: planned.in_use().live.revision(),
            setting: planned.tls().setting,
            class: planned.class(),
            references: planned.references().clone(),
            host: exchanger.host.clone(),
            socket,
            source: planned.source(),
            client: planned.client_certificate().map(|key| Arc::<CertifiedKey>::as_ptr(key) as usize),
        }
    }
}

impl Pool {
    /// The connection that waited for the shortest time.
    pub fn take(&self, key: &Key) -> Option<Connection> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let idle = waiting.by_key.get_mut(key)?.pop();
            if waiting.by_key.get(key).is_some_and(Vec::is_empty) {
                waiting.by_key.remove(key);
            }
            waiting.count -= usize::from(idle.is_some());
            let connection = idle?.connection;
            // One whose peer said goodbye meanwhile is dropped.
            if connection.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Keeps a connection for a while. Gives it back when there is no room.
    pub fn give(&self, key: Key, connection: Connection) -> Option<Connection> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.count >= ROOM {
            return Some(connection);
        }
        waiting.count += 1;
        let until = Instant::now() + PATIENCE;
        waiting.by_key.entry(key).or_default().push(Idle { connection, until });
        drop(waiting);
        self.changed.notify_one();
        None
    }

    /// Hands over every connection that has waited for too long, for as long as it is polled.
    pub async fn expire(&self, mut end: impl FnMut(Connection)) {
        loop {
            match self.take_expired(Instant::now(), &mut end) {
                Some(next) => sleep_until(next).await,
                None => self.changed.notified().await,
            }
        }
    }

    /// Takes out everything, for the end of the engine.
    pub fn drain(&self) -> Vec<Connection> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let all = std::mem::take(&mut *waiting);
        all.by_key.into_values().flatten().map(|idle| idle.connection).collect()
    }

    /// When the next one will have waited for too long.
    fn take_expired(&self, now: Instant, end: &mut impl FnMut(Connection)) -> Option<Instant> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Waiting { by_key, count } = &mut *waiting;
        let mut next: Option<Instant> = None;
        for idle in by_key.values_mut() {
            for expired in idle.extract_if(.., |idle| idle.until <= now) {
                *count -= 1;
                end(expired.connection);
            }
            let earliest = idle.iter().map(|idle| idle.until).min();
            next = next.into_iter().chain(earliest).min();
        }
        by_key.retain(|_, idle| !idle.is_empty());
        next
    }
}
