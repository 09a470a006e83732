//! The resolver: the cache, the servers in turn, the aliases from answer to answer.

use std::future::poll_fn;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::time::{Duration, Instant, timeout, timeout_at};

use super::cache::Cache;
use super::servers::{Server, servers};
use super::{Addresses, Alias, Answer, DnsError, Mx, chain, exchange};
use crate::sys::library_error;

/// Aliases in a row that are followed.
const ALIASES: usize = 8;
/// How long a failure is remembered, so that a queue does not ask a dead server once for each message (RFC 9520 section 3.2).
const FAILURE: Duration = Duration::from_secs(5);

/// How long a question waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one server, one time.
    pub server: Duration,
    /// For all servers and aliases together; every server is asked again until then, at most `ROUNDS` times.
    pub total: Duration,
}

const ROUNDS: usize = 2;

impl Default for Patience {
    fn default() -> Patience {
        Patience { server: Duration::from_secs(3), total: Duration::from_secs(12) }
    }
}

/// Asks servers and remembers answers. Clones share both.
#[derive(Debug, Clone)]
pub struct Resolver {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    servers: Vec<Server>,
    /// Index of the server that answered last.
    preferred: AtomicUsize,
    patience: Patience,
    cache: Cache<(Name, RecordType), Result<Found, DnsError>>,
}

/// Records of one type.
#[derive(Debug, Clone)]
struct Found {
    records: Arc<Vec<RData>>,
    aliases: Vec<Alias>,
    vouched: bool,
}

impl Resolver {
    /// Asks `configured`, or without any the servers of `/etc/resolv.conf`.
    pub fn new(configured: &[SocketAddr]) -> Resolver {
        Resolver::with_patience(configured, Patience::default())
    }

    pub fn with_patience(configured: &[SocketAddr], patience: Patience) -> Resolver {
        let servers = servers(configured);
        Resolver { inner: Arc::new(Inner { servers, preferred: AtomicUsize::new(0), patience, cache: Cache::new() }) }
    }

    /// The MX records of `domain`, the most preferred first; equal ones in the order of the server.
    pub async fn mx(&self, domain: &str) -> Result<Answer<Mx>, DnsError> {
        let found = self.find(name_of(domain)?, RecordType::MX).await?;
        let mut answer = found.answer(|data| match data {
            RData::MX(mx) => Some(Mx { preference: mx.preference, exchange: chain::text(&mx.exchange) }),
            _ => None,
        });
        answer.records.sort_by_key(|mx| mx.preference);
        Ok(answer)
    }

    /// The addresses of `host` of both families. A family that could not be asked for does not spoil the other's addresses.
    pub async fn addresses(&self, host: &str) -> Result<Addresses, DnsError> {
        if is_this_machine(host) {
            let (v4, v6) = (vec![Ipv4Addr::LOCALHOST], vec![Ipv6Addr::LOCALHOST]);
            return Ok(Addresses { v4, v6, vouched: true, aliases: Vec::new() });
        }
        let name = name_of(host)?;
        match both(self.find(name.clone(), RecordType::A), self.find(name, RecordType::AAAA)).await {
            (Ok(v4), Ok(v6)) => Ok(together(Some(v4), Some(v6))),
            (Ok(v4), Err(_)) => Ok(together(Some(v4), None)),
            (Err(_), Ok(v6)) => Ok(together(None, Some(v6))),
            // That it is not known of one family says more than that the other has none.
            (Err(v4), Err(v6)) => Err(if v4.is_absent() && !v6.is_absent() { v6 } else { no_address(v4) }),
        }
    }

    /// The names that the owner of `address` gives it (PTR records). Anybody can claim any name there.
    pub async fn names(&self, address: IpAddr) -> Result<Answer<String>, DnsError> {
        let found = self.find(Name::from(address), RecordType::PTR).await?;
        Ok(found.answer(|data| match data {
            RData::PTR(name) => Some(chain::text(name)),
            _ => None,
        }))
    }

    /// Follows aliases from message to message.
    async fn find(&self, name: Name, kind: RecordType) -> Result<Found, DnsError> {
        let key = (name, kind);
        if let Some(known) = self.inner.cache.get(&key) {
            return known;
        }
        let deadline = Instant::now() + self.inner.patience.total;
        let mut last = key.0.clone();
        let mut aliases = Vec::new();
        let mut vouched = true;
        let mut time_to_live = super::cache::LONGEST;
        let result = loop {
            let (message, trusted) = match self.ask(&last, kind, deadline).await {
                Ok(answered) => answered,
                Err(error) => {
                    time_to_live = FAILURE;
                    break Err(error);
                }
            };
            let said = chain::read(&message, &last, kind, ALIASES);
            vouched &= trusted && message.metadata.authentic_data;
            time_to_live = time_to_live.min(said.time_to_live);
            let asked_again = said.records.is_empty() && said.exists && !said.aliases.is_empty();
            aliases.extend(said.aliases);
            last = said.last;
            if aliases.len() > ALIASES {
                break Err(DnsError::TooManyAliases { name: chain::text(&key.0), limit: ALIASES });
            }
            if !said.records.is_empty() {
                break Ok(Found { records: Arc::new(said.records), aliases, vouched });
            }
            if !asked_again {
                break Err(absent(&last, kind, said.exists, vouched));
            }
        };
        self.inner.cache.keep(key, result.clone(), time_to_live);
        result
    }

    /// One question to the servers in turn, the one that answered last first. Says whether the server's AD bit counts.
    async fn ask(&self, name: &Name, kind: RecordType, deadline: Instant) -> Result<(Message, bool), DnsError> {
        let inner = &self.inner;
        let first = inner.preferred.load(Ordering::Relaxed);
        let query = Query::query(name.clone(), kind);
        let mut failure = Failure::Silent;
        for turn in 0..inner.servers.len() * ROUNDS {
            let index = (first + turn) % inner.servers.len();
            let Some(server) = inner.servers.get(index) else { break };
            let asking = timeout(inner.patience.server, exchange::ask(server.address, &query));
            let Ok(answered) = timeout_at(deadline, asking).await else { break };
            match answered {
                Ok(Ok(message)) => match refusal(&message) {
                    None => {
                        inner.preferred.store(index, Ordering::Relaxed);
                        return Ok((message, server.trusted));
                    }
                    Some(said) => failure = Failure::Refused(server.address, said),
                },
                Ok(Err(error)) => failure = failure.or(Failure::Unreachable(server.address, library_error::io(&error))),
                Err(_) => {}
            }
        }
        Err(failure.told(name, kind, &inner.servers))
    }
}

/// What a server says in place of an answer.
fn refusal(message: &Message) -> Option<String> {
    Some(match message.metadata.response_code {
        ResponseCode::NoError if is_referral(message) => "a referral".to_owned(),
        ResponseCode::NoError | ResponseCode::NXDomain => return None,
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        other => format!("RCODE {}", u16::from(other)),
    })
}

/// A server that does not ask others names those who know (RFC 2308 section 2.2.1). That is not the absence of records.
fn is_referral(message: &Message) -> bool {
    let has = |kind| message.authorities.iter().any(|record| record.record_type() == kind);
    message.answers.is_empty() && !message.metadata.authoritative && has(RecordType::NS) && !has(RecordType::SOA)
}

impl Found {
    fn answer<T>(self, read: impl Fn(&RData) -> Option<T>) -> Answer<T> {
        let records = self.records.iter().filter_map(read).collect();
        Answer { records, aliases: self.aliases, vouched: self.vouched }
    }
}

/// What is known when no server gave an answer.
enum Failure {
    Silent,
    Unreachable(SocketAddr, String),
    Refused(SocketAddr, String),
}

impl Failure {
    /// A server that answered says more than one that could not be reached.
    fn or(self, other: Failure) -> Failure {
        if matches!(self, Failure::Refused(..)) { self } else { other }
    }

    fn told(self, name: &Name, kind: RecordType, servers: &[Server]) -> DnsError {
        let (name, kind) = (chain::text(name), word(kind));
        match self {
            Failure::Silent => {
                let servers: Vec<String> = servers.iter().map(|server| server.address.to_string()).collect();
                DnsError::Timeout { name, kind, servers: servers.join(", ") }
            }
            Failure::Unreachable(server, reason) => DnsError::Unreachable { name, kind, server, reason },
            Failure::Refused(server, code) => DnsError::Refused { name, kind, server, code },
        }
    }
}

/// Waits for both at the same time.
async fn both<T>(one: impl Future<Output = T>, other: impl Future<Output = T>) -> (T, T) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(value) = one.as_mut().poll(context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = other.as_mut().poll(context)
        {
            second = Some(value);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}

fn together(v4: Option<Found>, v6: Option<Found>) -> Addresses {
    let vouched = [&v4, &v6].into_iter().flatten().all(|found| found.vouched);
    let aliases = v4.as_ref().or(v6.as_ref()).map(|found| found.aliases.clone()).unwrap_or_default();
    let v4 = v4.map(|found| found.answer(|data| if let RData::A(a) = data { Some(a.0) } else { None }).records);
    let v6 = v6.map(|found| found.answer(|data| if let RData::AAAA(a) = data { Some(a.0) } else { None }).records);
    Addresses { v4: v4.unwrap_or_default(), v6: v6.unwrap_or_default(), vouched, aliases }
}

/// The absence of one family's records, when the other's are absent too.
fn no_address(error: DnsError) -> DnsError {
    match error {
        DnsError::NoData { name, vouched, .. } => DnsError::NoData { name, kind: "address", vouched },
        other => other,
    }
}

fn absent(name: &Name, kind: RecordType, exists: bool, vouched: bool) -> DnsError {
    let name = chain::text(name);
    match exists {
        true => DnsError::NoData { name, kind: word(kind), vouched },
        false => DnsError::NoSuchName { name, vouched },
    }
}

fn name_of(text: &str) -> Result<Name, DnsError> {
    let mut name = Name::from_ascii(text).map_err(|_| DnsError::BadName(text.to_owned()))?;
    name.set_fqdn(true);
    if name.is_root() { Err(DnsError::BadName(text.to_owned())) } else { Ok(name) }
}

/// `localhost` never goes to a server (RFC 6761 section 6.3).
fn is_this_machine(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

fn word(kind: RecordType) -> &'static str {
    match kind {
        RecordType::A => "A",
        RecordType::AAAA => "AAAA",
        RecordType::MX => "MX",
        _ => "PTR",
    }
}
