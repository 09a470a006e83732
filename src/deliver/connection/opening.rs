//! From nothing to a connection that a message may go through, or to the reason why not: the left half of the table of outcomes.
//!
//! Clear text is allowed where TLS could not be negotiated before the 220 to STARTTLS, and the setting does not require TLS. After the
//! 220 there is no clear text, ever.

use std::net::SocketAddr;

use rustls::pki_types::ServerName;
use tokio::time::{Instant, timeout, timeout_at};

use super::said::{self, Failed};
use super::{Connection, Desk, Failure, Peer, Tls, appliance};
use crate::deliver::dialogue::{Dialogue, Hello, Phase, Reply, StartTls, Transcript, WireError};
use crate::deliver::identity::{Asked, Class, ClientTls, KeySize, PeerIdentity, SmallRsaKey};
use crate::deliver::numbers::{Dcid, Mid};
use crate::deliver::outcome::{HandshakeFault, Reason, Refusal};
use crate::deliver::policy::{Exchanger, Planned};
use crate::deliver::tls_words;
use crate::model::configuration::DeliveryTls;
use crate::sys::client_stream::ClientStream;
use crate::sys::clock;
use crate::sys::library_error;

/// How a try goes about TLS.
enum Approach {
    Usual,
    /// The peer's RSA key is too small for TLS 1.3.
    SmallKey,
    /// The last connection was lost at STARTTLS, before its reply, and the setting allows clear text.
    Clear(Reason),
}

/// What a try led to, when not to a connection.
enum Ended {
    Again(Approach),
    For(Reason),
}

impl From<Reason> for Ended {
    fn from(reason: Reason) -> Ended {
        Ended::For(reason)
    }
}

/// One try with one address.
struct Try<'t> {
    planned: &'t Planned,
    desk: &'t Desk<'t>,
    dcid: Dcid,
    mid: Mid,
    peer: Peer,
    server_name: Option<ServerName<'static>>,
    /// Nothing requires TLS, and this address was not seen to begin it.
    clear_is_allowed: bool,
    /// The name by which the appliance would have believed the peer.
    ptr_match: Option<String>,
}

/// Connects to one address of one host of the plan, for the message `mid`. Everything that happens is logged.
pub async fn open(
    planned: &Planned,
    exchanger: &Exchanger,
    socket: SocketAddr,
    mid: Mid,
    desk: &Desk<'_>,
) -> Result<Connection, Failure> {
    let mut approach = Approach::Usual;
    loop {
        let peer = Peer { host: exchanger.host.clone(), socket, local: None };
        let Some(dcid) = (desk.number)() else {
            let reason = Reason::Unreachable { detail: "no number can be reserved for the connection".into() };
            return Err(Failure { reason, dcid: None, peer });
        };
        // A try for a small key comes after a 220, so clear text is over for it.
        let clear_is_allowed = !planned.tls().setting.requires() && !matches!(approach, Approach::SmallKey);
        let server_name = exchanger.server_name.clone();
        let mut attempt = Try { planned, desk, dcid, mid, peer, server_name, clear_is_allowed, ptr_match: None };
        match attempt.run(approach).await {
            Ok(connection) => return Ok(connection),
            // Each of the other ways is tried once: neither leads to `Again`.
            Err(Ended::Again(next)) => approach = next,
            Err(Ended::For(reason)) => {
                let ptr_match = attempt.ptr_match.as_deref();
                said::failed(desk, planned, &Failed { dcid, mid, peer: &attempt.peer, reason: &reason, ptr_match });
                return Err(Failure { reason, dcid: Some(dcid), peer: attempt.peer });
            }
        }
    }
}

impl Try<'_> {
    async fn run(&mut self, approach: Approach) -> Result<Connection, Ended> {
        let stream = self.connect().await?;
        self.peer.local = stream.local_addr().ok().map(|local| local.ip());
        said::connected(self.desk, self.planned, self.dcid, self.mid, &self.peer);
        let transcript = self.desk.transcript.then(Transcript::begun_now);
        let mut dialogue = Dialogue::new(stream, self.desk.patience, transcript);
        let greeting = dialogue.greeting().await.map_err(lost(Phase::Greeting))?;
        if greeting.code != 220 {
            dialogue.quit().await;
            return Err(Reason::GreetingRefused(greeting).into());
        }
        let hello = dialogue.hello(self.planned.hello()).await.map_err(lost(Phase::Hello))?;
        let small_key = matches!(approach, Approach::SmallKey);
        let unusable = match (approach, hello) {
            (_, Hello::Refused(reply)) => {
                dialogue.quit().await;
                return Err(Reason::GreetingRefused(reply).into());
            }
            _ if self.setting() == DeliveryTls::No => return Ok(self.in_clear(dialogue, None)),
            (Approach::Clear(because), _) => return Ok(self.in_clear(dialogue, Some(because))),
            (_, Hello::Plain { refused }) => Some(Reason::NoExtendedSmtp(refused)),
            (_, Hello::Extended) if dialogue.capabilities().starttls => None,
            (_, Hello::Extended) if dialogue.capabilities().starttls_on_greeting_line => {
                Some(Reason::StartTlsOnGreetingLine)
            }
            (_, Hello::Extended) => Some(Reason::StartTlsNotOffered),
        };
        match unusable {
            Some(reason) => self.without_tls(dialogue, reason).await,
            None => self.starttls(dialogue, small_key).await,
        }
    }

    fn setting(&self) -> DeliveryTls {
        self.planned.tls().setting
    }

    async fn connect(&self) -> Result<ClientStream, Reason> {
        let connecting = ClientStream::connect(self.planned.source(), self.peer.socket);
        match timeout(self.desk.patience.connect, connecting).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(Reason::Unreachable { detail: library_error::io(&error) }),
            Err(_) => {
                let seconds = self.desk.patience.connect.as_secs();
                Err(Reason::Unreachable { detail: format!("no answer within {seconds} s") })
            }
        }
    }

    /// TLS could not be negotiated before the 220.
    async fn without_tls(&self, dialogue: Dialogue<ClientStream>, reason: Reason) -> Result<Connection, Ended> {
        if !self.clear_is_allowed {
            dialogue.quit().await;
            return Err(reason.into());
        }
        said::no_tls(self.desk, self.planned, self.dcid, &self.peer, &reason);
        Ok(self.in_clear(dialogue, Some(reason)))
    }

    fn in_clear(&self, dialogue: Dialogue<ClientStream>, because: Option<Reason>) -> Connection {
        self.connection(dialogue, None, because)
    }

    fn connection(&self, dialogue: Dialogue<ClientStream>, tls: Option<Tls>, clear: Option<Reason>) -> Connection {
        let (dcid, peer, class) = (self.dcid, self.peer.clone(), self.planned.class());
        Connection { dialogue, dcid, peer, class, tls, clear, messages: 0 }
    }

    /// One deadline covers the reply to STARTTLS and the handshake.
    async fn starttls(&mut self, mut dialogue: Dialogue<ClientStream>, small_key: bool) -> Result<Connection, Ended> {
        let controls = self.planned.controls();
        if controls.client_certificate_required && self.planned.client_certificate().is_none() {
            dialogue.quit().await;
            return Err(Reason::NoClientCertificate.into());
        }
        let deadline = Instant::now() + self.desk.patience.handshake;
        match dialogue.starttls().await {
            StartTls::Go => self.handshake(dialogue, deadline, small_key).await,
            StartTls::Refused(reply) => self.without_tls(dialogue, Reason::StartTlsRefused(reply)).await,
            StartTls::Injected { octets } => Err(Reason::OctetsBehindStartTls { octets }.into()),
            StartTls::Lost(lost) if !self.clear_is_allowed => Err(Reason::LostAtStartTls(lost).into()),
            StartTls::Lost(lost) => {
                let reason = Reason::LostAtStartTls(lost);
                said::no_tls(self.desk, self.planned, self.dcid, &self.peer, &reason);
                said::closed(self.desk, self.dcid);
                Err(Ended::Again(Approach::Clear(reason)))
            }
        }
    }

    async fn handshake(
        &mut self,
        dialogue: Dialogue<ClientStream>,
        deadline: Instant,
        small_key: bool,
    ) -> Result<Connection, Ended> {
        let key_size = if small_key { KeySize::Small } else { KeySize::Usual };
        let own = self.planned.client_certificate().cloned();
        let parameters = self.planned.in_use().live.outbound();
        let client =
            ClientTls::new(parameters, own, key_size).ok_or(Reason::Handshake(HandshakeFault::NoCommonCipher))?;
        let (stream, mut transcript) = dialogue.into_parts();
        // Without a name to ask for, the address stands in, which is never sent (RFC 6066 section 3).
        let name = self.server_name.clone().unwrap_or(ServerName::IpAddress(self.peer.socket.ip().into()));
        let stream = match timeout_at(deadline, stream.connect_tls(&client.config, name)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) if !small_key && is_small_key(&error) => {
                said::closed(self.desk, self.dcid);
                return Err(Ended::Again(Approach::SmallKey));
            }
            Ok(Err(error)) => return Err(self.refused(HandshakeFault::of(&error), &client).into()),
            Err(_) => {
                let waited = self.desk.patience.handshake.as_secs();
                return Err(Reason::Handshake(HandshakeFault::Silent { waited }).into());
            }
        };
        let tls = self.agreed(&stream, &client);
        if let Some(transcript) = &mut transcript {
            transcript.note(&format!("{} {}", tls.protocol, tls.cipher));
        }
        self.again_over_tls(Dialogue::new(stream, self.desk.patience, transcript), tls, &client).await
    }

    /// In TLS 1.3 the server judges our certificate after our side of the handshake has ended, so its alert comes here.
    async fn again_over_tls(
        &mut self,
        mut dialogue: Dialogue<ClientStream>,
        tls: Tls,
        client: &ClientTls,
    ) -> Result<Connection, Ended> {
        match dialogue.hello(self.planned.hello()).await {
            Ok(Hello::Extended | Hello::Plain { .. }) => {}
            Ok(Hello::Refused(reply)) => {
                dialogue.quit().await;
                return Err(refused_hello(reply, client.asked()).into());
            }
            Err(WireError::Alert(alert)) => return Err(self.refused(HandshakeFault::of_alert(alert), client).into()),
            Err(WireError::Closed) if client.asked() != Asked::Nothing => {
                return Err(self.refused(HandshakeFault::Closed, client).into());
            }
            Err(error) => return Err(Reason::Lost { phase: Phase::Hello, error }.into()),
        }
        self.desk.memory.remember(self.peer.socket, clock::now());
        self.ptr_match = appliance::ptr_match(self.planned, self.peer.socket, &tls.identity).await;
        let connection = self.connection(dialogue, Some(tls), None);
        match connection.security(self.planned) {
            Ok(security) => {
                said::tls(self.desk, &connection, &security, self.planned, self.ptr_match.as_deref());
                Ok(connection)
            }
            Err(reason) => {
                connection.quit().await;
                Err(reason.into())
            }
        }
    }

    fn agreed(&self, stream: &ClientStream, client: &ClientTls) -> Tls {
        let tls = stream.tls();
        let chain = tls.and_then(|tls| tls.peer_certificates()).unwrap_or_default();
        let chain = chain.iter().map(|certificate| certificate.clone().into_owned()).collect();
        Tls {
            protocol: tls.and_then(|tls| tls.protocol_version()).map_or("unknown", tls_words::protocol),
            cipher: tls.and_then(|tls| tls.negotiated_cipher_suite()).map_or("unknown", tls_words::cipher),
            identity: match self.planned.class() {
                Class::Unchecked => PeerIdentity::unchecked(chain),
                Class::Checked => PeerIdentity::checked(chain, self.planned.in_use().live.anchors(), clock::now()),
            },
            asked: client.asked(),
        }
    }

    /// What a failed handshake means for us, who know what was asked and what we offered. A server that misses a certificate says so
    /// in many ways; TLS 1.2 has no alert of its own for it.
    fn refused(&self, fault: HandshakeFault, client: &ClientTls) -> Reason {
        use HandshakeFault as F;
        let (asked, shown) = (client.asked() != Asked::Nothing, client.asked() == Asked::Shown);
        let narrowed = self.planned.in_use().live.outbound().narrowed();
        Reason::Handshake(match (fault, narrowed) {
            (F::ClientCertificateRefused { by, .. }, _) if asked => F::ClientCertificateRefused { shown, by },
            (F::ClientCertificateRefused { by: Refusal::Alert(alert), .. }, _) => F::Alert { alert },
            // GnuTLS sends a decode_error.
            (F::Alert { alert }, _) if asked && !shown => {
                F::ClientCertificateRefused { shown, by: Refusal::Alert(alert) }
            }
            (F::NoCommonCipher, _) if asked => {
                F::ClientCertificateRefused { shown, by: Refusal::Alert("handshake_failure".into()) }
            }
            (F::Closed, _) if asked => F::ClientCertificateRefused { shown, by: Refusal::Closing },
            (F::LegacyProtocol | F::NoCommonCipher, Some(enabled)) => F::NotEnabledHere { enabled },
            (other, _) => other,
        })
    }
}

/// Postfix has the handshake end well and says 421 to whoever showed it no certificate that it believes.
fn refused_hello(reply: Reply, asked: Asked) -> Reason {
    let tells_of_it = reply.lines.iter().any(|line| line.to_ascii_lowercase().contains("certificate"));
    if asked == Asked::Nothing || !tells_of_it {
        return Reason::GreetingRefused(reply);
    }
    let (shown, by) = (asked == Asked::Shown, Refusal::Reply(reply));
    Reason::Handshake(HandshakeFault::ClientCertificateRefused { shown, by })
}

fn lost(phase: Phase) -> impl Fn(WireError) -> Reason {
    move |error| Reason::Lost { phase, error }
}

fn is_small_key(error: &std::io::Error) -> bool {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(tls, Some(rustls::Error::Other(other)) if other.0.is::<SmallRsaKey>())
}
