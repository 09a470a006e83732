//! Whether a connection is good enough for a message: the right half of the table of outcomes. Only what is admitted can send.

use tokio::io::AsyncRead;

use super::Connection;
use crate::deliver::dialogue::{Shipment, Transaction};
use crate::deliver::identity::{CertificateFault, Class, Matched};
use crate::deliver::outcome::Reason;
use crate::deliver::policy::Planned;

/// How a message travels on a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Security {
    /// In clear text; with the reason when TLS was wanted.
    Clear(Option<Reason>),
    /// Over TLS with a peer that may be anybody. Faults: what is wrong with its certificate, when somebody asked; the most telling
    /// first.
    Encrypted { protocol: &'static str, cipher: &'static str, faults: Vec<CertificateFault> },
    /// Over TLS with the peer that was meant.
    Verified { protocol: &'static str, cipher: &'static str, matched: Matched },
}

/// A connection that may carry mail for one destination.
#[derive(Debug)]
pub struct Admitted<'c> {
    connection: &'c mut Connection,
    security: Security,
}

impl Connection {
    /// How mail for this destination would travel here, or why it must not. The names of the certificate are matched with those of
    /// the destination every time: two domains that share a host do not inherit each other's verification.
    pub fn admit(&mut self, planned: &Planned) -> Result<Admitted<'_>, Reason> {
        let security = self.security(planned)?;
        Ok(Admitted { connection: self, security })
    }

    /// The same as a look: nothing is sent.
    pub fn security(&self, planned: &Planned) -> Result<Security, Reason> {
        let setting = planned.tls().setting;
        let Some(tls) = &self.tls else {
            return match setting.requires() {
                true => Err(self.clear.clone().unwrap_or(Reason::StartTlsNotOffered)),
                false => Ok(Security::Clear(self.clear.clone())),
            };
        };
        let (protocol, cipher) = (tls.protocol, tls.cipher);
        if self.class == Class::Unchecked && !setting.verifies() {
            return Ok(Security::Encrypted { protocol, cipher, faults: Vec::new() });
        }
        match tls.identity.verify(planned.references()) {
            Ok(matched) => Ok(Security::Verified { protocol, cipher, matched }),
            Err(faults) if setting.requires_verified() => {
                let main = faults.into_iter().next().unwrap_or(CertificateFault::NotJudged);
                Err(Reason::Certificate(main))
            }
            Err(faults) => Ok(Security::Encrypted { protocol, cipher, faults }),
        }
    }
}

impl Admitted<'_> {
    pub fn security(&self) -> &Security {
        &self.security
    }

    /// Sends one message.
    pub async fn send(&mut self, shipment: &Shipment<'_>, message: &mut (dyn AsyncRead + Send + Unpin)) -> Transaction {
        self.connection.messages += 1;
        self.connection.dialogue.transact(shipment, message).await
    }
}

impl Security {
    /// It travels over TLS.
    pub fn is_encrypted(&self) -> bool {
        !matches!(self, Security::Clear(_))
    }

    /// Why it is less than was hoped for, if it is.
    pub fn shortfall(&self) -> Option<Reason> {
        match self {
            Security::Clear(reason) => reason.clone(),
            Security::Encrypted { faults, .. } => faults.first().cloned().map(Reason::Certificate),
            Security::Verified { .. } => None,
        }
    }
}
