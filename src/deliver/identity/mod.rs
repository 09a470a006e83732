//! Who a peer is: the TLS library is told to accept every certificate whose key the peer proves to hold, and what the certificate is
//! worth is judged here, once for the chain and again for the names of every message.
//!
//! ```text
//! signature    the proof: always checked, against the key in the certificate itself
//! verifier     the library's callback around it
//! client       the configuration of one handshake, with our own certificate
//! references   the names that a certificate may have for a destination, and where each comes from
//! peer, fault  the chain of one session, judged, and what is wrong with it
//! ```

mod client;
mod fault;
mod peer;
mod references;
mod signature;
mod verifier;

pub use client::{Asked, ClientTls, KeySize};
pub use fault::{CertificateFault, Of};
pub use peer::{Class, PeerIdentity};
pub use references::{Matched, Named, References, Source};
pub(in crate::deliver) use signature::SCHEMES;
pub use signature::SmallRsaKey;
pub(in crate::deliver) use verifier::Holder;
