//! Sockets that wait for connections.

use std::io;
use std::net::{SocketAddr, TcpListener};

use listenfd::ListenFd;
use socket2::{Domain, Protocol, Socket, Type};

/// Connections that the kernel keeps while we are busy; it lowers the number to its own limit.
const BACKLOG: i32 = 4_096;

/// Waits for connections on `address`; port 0 takes a free one. An IPv6 socket takes IPv6 alone, so that `0.0.0.0` and `::` can both
/// be had. Works again right after an earlier process let go of the address.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// The TCP sockets that a service manager opened for us (systemd.socket(5)); none without one.
pub fn given() -> io::Result<Vec<TcpListener>> {
    let mut given = ListenFd::from_env();
    let count = given.len();
    let take = |index| given.take_tcp_listener(index).transpose();
    let sockets = (0..count).filter_map(take).collect::<io::Result<Vec<_>>>()?;
    sockets.iter().try_for_each(|socket| socket.set_nonblocking(true))?;
    Ok(sockets)
}
