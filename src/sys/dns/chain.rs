//! What one message says about a name: the records under it, and the aliases that lead to them.

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use tokio::time::Duration;

use super::Alias;
use super::cache::LONGEST;

/// How long an absence without a SOA record is believed (RFC 2308 section 5 leaves it uncached; servers ask a lot).
const ABSENCE: Duration = Duration::from_secs(60);
/// No absence is believed for longer (RFC 2308 section 5 advises one to three hours; who adds an MX record waits for it).
const LONGEST_ABSENCE: Duration = Duration::from_secs(900);

/// What a message says, by itself.
#[derive(Debug)]
pub struct Said {
    /// Under `last`, of the type that was asked for.
    pub records: Vec<RData>,
    pub aliases: Vec<Alias>,
    /// The name at the end of the aliases.
    pub last: Name,
    pub exists: bool,
    pub time_to_live: Duration,
}

/// Reads the answer section from `name` on. Records that do not hang together with it are left out.
pub fn read(message: &Message, name: &Name, kind: RecordType, limit: usize) -> Said {
    let mut last = name.clone();
    let mut aliases = Vec::new();
    let mut time_to_live = LONGEST;
    while aliases.len() <= limit && kind != RecordType::CNAME {
        let alias = message.answers.iter().filter(|record| record.name == last);
        let Some((target, seconds)) = alias.clone().find_map(|record| match &record.data {
            RData::CNAME(target) => Some((target.0.clone(), record.ttl)),
            _ => None,
        }) else {
            break;
        };
        aliases.push(Alias { name: text(&last), target: text(&target) });
        time_to_live = time_to_live.min(seconds_of(seconds));
        last = target;
    }
    let own = message.answers.iter().filter(|record| record.name == last && record.record_type() == kind);
    let shortest = own.clone().map(|record| seconds_of(record.ttl)).min();
    let records: Vec<RData> = own.map(|record| record.data.clone()).collect();
    let time_to_live = time_to_live.min(shortest.unwrap_or_else(|| absence(message)));
    Said { records, aliases, last, exists: message.metadata.response_code != ResponseCode::NXDomain, time_to_live }
}

/// How long it stays true that there is nothing (RFC 2308 section 5).
fn absence(message: &Message) -> Duration {
    let soa = message.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(seconds_of(record.ttl.min(soa.minimum))),
        _ => None,
    });
    soa.unwrap_or(ABSENCE).min(LONGEST_ABSENCE)
}

fn seconds_of(time_to_live: u32) -> Duration {
    // A number with the highest bit set counts as zero (RFC 2181 section 8).
    Duration::from_secs(if time_to_live > i32::MAX as u32 { 0 } else { time_to_live.into() })
}

/// A-labels in lower case without the final dot.
pub fn text(name: &Name) -> String {
    let text = name.to_ascii().to_ascii_lowercase();
    text.strip_suffix('.').map(str::to_owned).unwrap_or(text)
}
