//! The server's end of a connection: in clear text, or with TLS on top after a handshake.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A connection that a peer opened.
#[derive(Debug)]
pub enum ServerStream {
    Plain(TcpStream),
    /// Boxed: most of a clear-text connection's memory would be room for this.
    Tls(Box<TlsStream<TcpStream>>),
    /// A handshake failed, or is under way.
    Gone,
}

impl ServerStream {
    /// Does the server's part of the handshake. The error holds a `rustls::Error` where TLS was the reason; an alert was sent then,
    /// and the connection is of no more use.
    ///
    /// # Errors
    /// Also when there is TLS already.
    pub async fn start_tls(&mut self, config: &Arc<ServerConfig>) -> io::Result<()> {
        match std::mem::replace(self, ServerStream::Gone) {
            ServerStream::Plain(stream) => {
                let accepted = TlsAcceptor::from(Arc::clone(config)).accept(stream).await?;
                *self = ServerStream::Tls(Box::new(accepted));
                Ok(())
            }
            other => {
                *self = other;
                Err(io::Error::new(io::ErrorKind::InvalidInput, "TLS within TLS"))
            }
        }
    }

    /// What was agreed on, after a handshake.
    pub fn tls(&self) -> Option<&ServerConnection> {
        match self {
            ServerStream::Plain(_) | ServerStream::Gone => None,
            ServerStream::Tls(stream) => Some(stream.get_ref().1),
        }
    }

    /// Waits until the peer has sent something, or closed; takes nothing of it.
    pub async fn first_octet(&self) -> io::Result<()> {
        match self {
            ServerStream::Plain(stream) => stream.peek(&mut [0]).await.map(drop),
            ServerStream::Tls(_) | ServerStream::Gone => Ok(()),
        }
    }
}

impl AsyncRead for ServerStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            ServerStream::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            ServerStream::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
            // As after the end of a stream.
            ServerStream::Gone => Poll::Ready(Ok(())),
        }
    }
}

impl AsyncWrite for ServerStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            ServerStream::Plain(stream) => Pin::new(stream).poll_write(context, octets),
            ServerStream::Tls(stream) => Pin::new(stream).poll_write(context, octets),
            ServerStream::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            ServerStream::Plain(stream) => Pin::new(stream).poll_flush(context),
            ServerStream::Tls(stream) => Pin::new(stream).poll_flush(context),
            ServerStream::Gone => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            ServerStream::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            ServerStream::Tls(stream) => Pin::new(stream).poll_shutdown(context),
            ServerStream::Gone => Poll::Ready(Ok(())),
        }
    }
}
