//! The client's end of a connection: opened from a chosen address, in clear text, or with TLS on top after a handshake.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A connection that we opened.
#[derive(Debug)]
pub enum ClientStream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// Whether `address` is one of this machine's.
pub fn is_own(address: IpAddr) -> bool {
    // The kernel lets nobody bind to an address that it does not have.
    UdpSocket::bind((address, 0)).is_ok()
}

impl ClientStream {
    /// Connects from `source`, or from an address that the kernel chooses.
    pub async fn connect(source: Option<IpAddr>, to: SocketAddr) -> io::Result<ClientStream> {
        let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(source) = source {
            socket.bind((source, 0).into())?;
        }
        let stream = socket.connect(to).await?;
        // Commands are short, and each waits for its reply.
        stream.set_nodelay(true)?;
        Ok(ClientStream::Plain(stream))
    }

    /// Does the client's part of the handshake. The error holds a `rustls::Error` where TLS was the reason; an alert was sent then.
    ///
    /// # Errors
    /// Also when there is TLS already.
    pub async fn connect_tls(self, config: &Arc<ClientConfig>, name: ServerName<'static>) -> io::Result<ClientStream> {
        let ClientStream::Plain(stream) = self else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "TLS within TLS"));
        };
        let connected = TlsConnector::from(Arc::clone(config)).connect(name, stream).await?;
        Ok(ClientStream::Tls(Box::new(connected)))
    }

    /// What was agreed on, after a handshake.
    pub fn tls(&self) -> Option<&ClientConnection> {
        match self {
            ClientStream::Plain(_) => None,
            ClientStream::Tls(stream) => Some(stream.get_ref().1),
        }
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            ClientStream::Plain(stream) => stream,
            ClientStream::Tls(stream) => stream.get_ref().0,
        }
    }

    /// Where it leaves from.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.tcp().local_addr()
    }

    /// Nothing has come that nobody asked for, the end included: the peer still waits for us.
    pub fn is_quiet(&self) -> bool {
        let mut octet = [0];
        matches!(self.tcp().try_read(&mut octet), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            ClientStream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            ClientStream::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            ClientStream::Plain(stream) => Pin::new(stream).poll_write(context, octets),
            ClientStream::Tls(stream) => Pin::new(stream).poll_write(context, octets),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            ClientStream::Plain(stream) => Pin::new(stream).poll_flush(context),
            ClientStream::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            ClientStream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            ClientStream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}
