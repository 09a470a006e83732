//! Mail in: an SMTP server (RFC 5321) on each listener, with the policies of its sender groups.
//!
//! ```text
//! serve ──▶ crowd      too many at once, in all or from one address?
//!       ──▶ session    reverse name, sender group, policy, greeting; then one verb after the other
//!             command  a line as a verb, or why it is none          verbs/   one file each
//!             tls      what a handshake came to                     reply    what is answered
//!             receiving, received    a message on its way into the queue, with the field of this hop on top
//! ```

mod bounces;
mod command;
pub mod crowd;
mod groups;
mod parameters;
mod received;
mod receiving;
mod reply;
pub mod reverse;
mod session;
mod tls;
mod verbs;

use crate::sys::library_error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::engine::Shared;
use super::live::Live;
use super::log_line::{Event, Level};
use crate::sys::race::{Race, race};
use crowd::Place;

/// The kernel has no descriptor or memory left for another connection: it will not have one at once either.
const OUT_OF_BREATH: Duration = Duration::from_millis(100);

/// Takes connections on `socket` for the listener `name`, until the engine stops. Connections go on by themselves.
pub async fn serve(socket: TcpListener, name: String, shared: Arc<Shared>) {
    let name: Arc<str> = name.into();
    loop {
        match race(shared.stopped(), socket.accept()).await {
            Race::First(_) => return,
            Race::Second(Ok((stream, peer))) => welcome(&shared, &name, stream, peer),
            Race::Second(Err(error)) => {
                if is_shortage(&error) {
                    let text = format!("listener {name} cannot take a connection: {}", library_error::io(&error));
                    shared.log.say(Event::engine(Level::Critical, text));
                    sleep(OUT_OF_BREATH).await;
                }
            }
        }
    }
}

/// Not the fault of one peer: too many files, no memory.
fn is_shortage(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

fn welcome(shared: &Arc<Shared>, name: &Arc<str>, stream: TcpStream, peer: SocketAddr) {
    let in_use = shared.in_use();
    let live = &in_use.live;
    let place = shared.crowd.enter(peer.ip());
    let limits = &live.configuration().limits;
    if place.in_all > limits.connections {
        return turn_away(live, name, &stream, b"421 4.3.2 Too many connections, try again later\r\n");
    }
    if place.from_address > limits.connections_per_address {
        return turn_away(live, name, &stream, TOO_MANY);
    }
    // Replies are short: waiting for more to send only costs time.
    let _ = stream.set_nodelay(true);
    tokio::spawn(session::serve(Arc::clone(shared), in_use, Arc::clone(name), stream, peer, place));
}

const TOO_MANY: &[u8] = b"421 4.7.0 Too many connections from your address, try again later\r\n";

/// Says why, if that fits into the first packet, and closes: nothing is kept for this peer.
fn turn_away(live: &Live, name: &str, stream: &TcpStream, reply: &[u8]) {
    let speaks_clear = live.configuration().listener(name).is_some_and(|listener| !listener.implicit_tls);
    if speaks_clear {
        let _ = stream.try_write(reply);
    }
}

/// Whether a connection is one too many for its policy.
fn is_one_too_many(place: &Place, limit: Option<u32>) -> bool {
    limit.is_some_and(|limit| place.from_address > limit)
}
