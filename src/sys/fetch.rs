//! One small file from a web server, by a URL that a stranger wrote.
//!
//! The name is looked up once, and the connection goes to an address that was looked at: a name that leads elsewhere the next time
//! leads nobody astray. Redirects are not followed, nothing is sent but the request, and time and size are limited.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{ACCEPT, CONNECTION, HOST, LOCATION, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Runtime;
use tokio::time::{timeout, timeout_at};

use super::client_stream::ClientStream;
use super::dns::{DnsError, Resolver};
use super::public_address::is_public;
use crate::sys::library_error;

/// Octets of an answer. A certificate has about 2,000, a PKCS#7 of some of them ten times that.
pub const LARGEST_ANSWER: usize = 64 << 10;
/// For one address of a host that has several.
const CONNECTING: Duration = Duration::from_secs(3);

/// Fetches files. May be used by several threads; each call waits for its answer.
#[derive(Debug)]
pub struct Fetcher {
    runtime: Runtime,
    resolver: Resolver,
    allows_private: bool,
    tls: Arc<ClientConfig>,
}

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    #[error("it is no URL of a web server")]
    NoUrl,
    #[error("only http and https are fetched")]
    Scheme,
    /// It would be sent to whoever the URL names.
    #[error("it holds a user name")]
    UserName,
    #[error("{0}")]
    Dns(DnsError),
    #[error("{}", not_public(host, address))]
    Private { host: String, address: IpAddr },
    #[error("{address} cannot be reached: {reason}")]
    Unreachable { address: SocketAddr, reason: String },
    #[error("the TLS connection failed: {0}")]
    Tls(String),
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the server sends on to {target}, which is not followed")]
    Redirect { target: String },
    #[error("the answer is larger than {LARGEST_ANSWER} bytes")]
    TooLarge,
    #[error("the server does not speak HTTP as it should: {0}")]
    Broken(String),
    #[error("there was no whole answer in time")]
    TooSlow,
}

fn not_public(host: &str, address: &IpAddr) -> String {
    match host.parse::<IpAddr>() {
        Ok(_) => format!("{address} is not of the public internet"),
        Err(_) => format!("{host} is {address}, which is not of the public internet"),
    }
}

/// Where a URL leads.
struct Target {
    uri: Uri,
    host: String,
    port: u16,
    has_tls: bool,
}

impl Fetcher {
    /// Asks `dns` for addresses, or without any the servers of the machine. `anchors` are who is trusted to vouch for https servers.
    /// With `allows_private` a URL may lead to any address, this machine's too.
    pub fn new<'a>(
        dns: &[SocketAddr],
        anchors: impl IntoIterator<Item = &'a [u8]>,
        allows_private: bool,
    ) -> io::Result<Fetcher> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(anchors.into_iter().map(CertificateDer::from));
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Fetcher { runtime, resolver: Resolver::new(dns), allows_private, tls: Arc::new(config) })
    }

    /// The file behind `url`, if all of it is there at `deadline`. Not to be called from async code.
    pub fn get(&self, url: &str, deadline: Instant) -> Result<Vec<u8>, FetchError> {
        let target = Target::of(url)?;
        self.runtime.block_on(async {
            timeout_at(deadline.into(), self.fetch(&target)).await.unwrap_or(Err(FetchError::TooSlow))
        })
    }

    async fn fetch(&self, target: &Target) -> Result<Vec<u8>, FetchError> {
        let addresses = self.addresses(target).await?;
        let stream = connect(&addresses).await?;
        let stream = match target.has_tls {
            false => stream,
            true => {
                let name = ServerName::try_from(target.host.clone()).map_err(|_| FetchError::NoUrl)?;
                stream.connect_tls(&self.tls, name).await.map_err(|error| FetchError::Tls(library_error::io(&error)))?
            }
        };
        let response = ask(stream, target).await?;
        read(response).await
    }

    /// All that may be connected to.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, FetchError> {
        let found: Vec<IpAddr> = match target.host.parse() {
            Ok(address) => vec![address],
            Err(_) => {
                let found = self.resolver.addresses(&target.host).await.map_err(FetchError::Dns)?;
                found.v4.into_iter().map(IpAddr::V4).chain(found.v6.into_iter().map(IpAddr::V6)).collect()
            }
        };
        let (allowed, others): (Vec<IpAddr>, Vec<IpAddr>) =
            found.into_iter().partition(|address| self.allows_private || is_public(*address));
        match (allowed.is_empty(), others.first()) {
            (true, Some(address)) => Err(FetchError::Private { host: target.host.clone(), address: *address }),
            _ => Ok(allowed.into_iter().map(|address| SocketAddr::new(address, target.port)).collect()),
        }
    }
}

impl Target {
    fn of(url: &str) -> Result<Target, FetchError> {
        // The library lets other octets pass; a certificate's URI is an IA5String (RFC 5280 section 4.2.1.6).
        if !url.is_ascii() {
            return Err(FetchError::NoUrl);
        }
        let uri: Uri = url.trim().parse().map_err(|_| FetchError::NoUrl)?;
        let has_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            Some(_) => return Err(FetchError::Scheme),
            None => return Err(FetchError::NoUrl),
        };
        let authority = uri.authority().ok_or(FetchError::NoUrl)?;
        if authority.as_str().contains('@') {
            return Err(FetchError::UserName);
        }
        let written = authority.as_str().strip_prefix(authority.host()).ok_or(FetchError::NoUrl)?;
        let port = match (written.strip_prefix(':'), has_tls) {
            (Some(port), _) if !port.is_empty() => port.parse().map_err(|_| FetchError::NoUrl)?,
            (_, true) => 443,
            (_, false) => 80,
        };
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if host.is_empty() { Err(FetchError::NoUrl) } else { Ok(Target { uri, host, port, has_tls }) }
    }
}

/// The first address that answers.
async fn connect(addresses: &[SocketAddr]) -> Result<ClientStream, FetchError> {
    let mut failure = FetchError::TooSlow;
    for address in addresses {
        match timeout(CONNECTING, ClientStream::connect(None, *address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => {
                failure = FetchError::Unreachable { address: *address, reason: library_error::io(&error) }
            }
            Err(_) => {
                let reason = format!("no answer within {} seconds", CONNECTING.as_secs());
                failure = FetchError::Unreachable { address: *address, reason };
            }
        }
    }
    Err(failure)
}

async fn ask(stream: ClientStream, target: &Target) -> Result<Response<Incoming>, FetchError> {
    let broken = |error: hyper::Error| FetchError::Broken(http(&error).to_owned());
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LARGEST_ANSWER)
        .handshake::<_, Empty<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    // It ends with the answer, or with the sender.
    drop(tokio::spawn(connection));
    let path = target.uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = target.uri.authority().map_or("", |authority| authority.as_str());
    let request = Request::get(path)
        .header(HOST, authority)
        .header(USER_AGENT, concat!("sealpost/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/pkix-cert, application/pkcs7-mime, application/x-pem-file, */*;q=0.1")
        .header(CONNECTION, "close")
        .body(Empty::new())
        .map_err(|_| FetchError::NoUrl)?;
    sender.send_request(request).await.map_err(broken)
}

/// What the HTTP library met.
fn http(error: &hyper::Error) -> &'static str {
    if error.is_parse_too_large() {
        "the head of the answer is too large"
    } else if error.is_parse_status() {
        "the answer has a status that is no number"
    } else if error.is_parse() {
        "the answer is no HTTP/1.1"
    } else if error.is_incomplete_message() {
        "the answer breaks off"
    } else if error.is_timeout() {
        "the answer takes too long"
    } else {
        "the connection broke"
    }
}

async fn read(response: Response<Incoming>) -> Result<Vec<u8>, FetchError> {
    let status = response.status();
    if status.is_redirection() {
        let target =
            response.headers().get(LOCATION).map(|target| String::from_utf8_lossy(target.as_bytes()).into_owned());
        return Err(FetchError::Redirect { target: target.unwrap_or_else(|| "nowhere".to_owned()) });
    }
    if status != StatusCode::OK {
        return Err(FetchError::Status(status));
    }
    let body = response.into_body();
    if body.size_hint().lower() > LARGEST_ANSWER as u64 {
        return Err(FetchError::TooLarge);
    }
    match Limited::new(body, LARGEST_ANSWER).collect().await {
        Ok(whole) => Ok(whole.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => Err(FetchError::TooLarge),
        Err(error) => Err(FetchError::Broken(error.downcast_ref().map_or("the answer breaks off", http).to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{FetchError, Target};

    #[test]
    fn a_url_is_read_strictly() {
        let led = |url: &str| Target::of(url).map(|target| (target.host, target.port, target.has_tls));
        assert_eq!(led("http://ca.example/a.crt"), Ok(("ca.example".into(), 80, false)));
        assert_eq!(led(" https://CA.example:8443"), Ok(("CA.example".into(), 8443, true)));
        assert_eq!(led("http://[2001:db8::1]:81/x?y#z"), Ok(("2001:db8::1".into(), 81, false)));
        assert_eq!(led("http://[::1]"), Ok(("::1".into(), 80, false)));
        for (url, error) in [
            ("ldap://ca.example/cn=ca", FetchError::Scheme),
            ("file:///etc/passwd", FetchError::NoUrl),
            ("ca.example/a.crt", FetchError::NoUrl),
            ("/a.crt", FetchError::NoUrl),
            ("", FetchError::NoUrl),
            ("http://", FetchError::NoUrl),
            ("http://me:secret@ca.example/", FetchError::UserName),
            ("http://ca.example:99999/", FetchError::NoUrl),
            ("http://ca.example/a\r\nX: y", FetchError::NoUrl),
            ("http://ca.example/\u{e4}", FetchError::NoUrl),
        ] {
            assert_eq!(led(url), Err(error), "{url}");
        }
    }
}
