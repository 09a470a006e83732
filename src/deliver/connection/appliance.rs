//! Whether the appliance would have believed a peer whose certificate has none of our names: it also takes the name that the
//! connected address resolves to. That name belongs to whoever owns the address, so it proves nothing; the log tells of it, because
//! mail that arrived there waits here.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::timeout;

use crate::deliver::identity::{CertificateFault, Named, PeerIdentity, References, Source};
use crate::deliver::policy::Planned;
use crate::model::configuration::DeliveryTls;
use crate::trust::reference::Reference;

/// A note in the log is not worth a longer wait.
const PATIENCE: Duration = Duration::from_secs(5);
/// Names of one address that are looked at; more is not honest.
const NAMES: usize = 4;

/// The name by which the appliance's Verify would have accepted the certificate, when nothing but its name is wrong.
pub(super) async fn ptr_match(planned: &Planned, socket: SocketAddr, identity: &PeerIdentity) -> Option<String> {
    let asks = matches!(planned.tls().setting, DeliveryTls::PreferredVerify | DeliveryTls::RequiredVerify);
    if !asks || planned.references().names().is_empty() {
        return None;
    }
    let faults = identity.verify(planned.references()).err()?;
    let [CertificateFault::WrongName { .. }] = faults.as_slice() else { return None };
    let address = socket.ip().to_canonical();
    let names = timeout(PATIENCE, planned.in_use().resolver.names(address)).await.ok()?.ok()?;
    names.records.into_iter().take(NAMES).find(|name| {
        let reference = Reference::Dns(name.trim_end_matches('.').to_owned());
        identity.presents(&References::new([Named { reference, source: Source::Domain }]))
    })
}
