//! The sockets that listeners wait on: opened before a revision runs, kept over revisions that want them too.

use crate::sys::library_error;
use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::{SocketAddr, TcpListener as Socket};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::control::Listening;
use crate::model::configuration::{Configuration, Listener};

/// Opens a socket; `sys` has the real way.
pub type Open = fn(SocketAddr) -> io::Result<Socket>;

/// By address. Dropping it ends the accepting, not the connections.
pub struct Ports {
    ports: BTreeMap<SocketAddr, Port>,
    open: Open,
}

struct Port {
    socket: Socket,
    /// The listener that accepts here now.
    accepting: Option<(String, JoinHandle<()>)>,
}

/// A socket that could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("listener {} cannot wait on {}: {}", wanted.listener, wanted.address, library_error::io(source))]
pub struct PortError {
    pub wanted: Listening,
    pub source: io::Error,
}

/// Where the listeners of a configuration wait.
pub fn wanted(configuration: &Configuration) -> Vec<Listening> {
    let of = |listener: &Listener| {
        let interface = configuration.interface(&listener.interface)?;
        let address = SocketAddr::new(interface.address, listener.port);
        Some(Listening { listener: listener.name.clone(), address })
    };
    configuration.listeners.iter().filter_map(of).collect()
}

impl Ports {
    /// With sockets that somebody opened for us.
    pub fn new(open: Open, given: Vec<Socket>) -> Ports {
        let own = given.into_iter().filter_map(|socket| Some((socket.local_addr().ok()?, socket)));
        let ports = own.map(|(address, socket)| (address, Port { socket, accepting: None })).collect();
        Ports { ports, open }
    }

    /// Opens what is not open yet. Errors name every socket that cannot be; those that could be stay open.
    pub fn prepare(&mut self, wanted: &[Listening]) -> Result<(), Vec<PortError>> {
        let mut errors = Vec::new();
        for wanted in wanted {
            if self.ports.contains_key(&wanted.address) {
                continue;
            }
            match (self.open)(wanted.address) {
                Ok(socket) => drop(self.ports.insert(wanted.address, Port { socket, accepting: None })),
                Err(source) => errors.push(PortError { wanted: wanted.clone(), source }),
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Accepts on what is wanted and closes the rest. A listener that goes on at its address does not notice; what waits in the kernel
    /// for one that changed hands is not lost.
    pub fn serve<F>(&mut self, wanted: &[Listening], mut accept: impl FnMut(TcpListener, String) -> F) -> io::Result<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.ports.retain(|address, _| wanted.iter().any(|wanted| wanted.address == *address));
        for wanted in wanted {
            let Some(port) = self.ports.get_mut(&wanted.address) else { continue };
            if port.accepting.as_ref().is_some_and(|(name, task)| *name == wanted.listener && !task.is_finished()) {
                continue;
            }
            let socket = port.socket.try_clone()?;
            socket.set_nonblocking(true)?;
            let task = tokio::spawn(accept(TcpListener::from_std(socket)?, wanted.listener.clone()));
            if let Some((_, before)) = port.accepting.replace((wanted.listener.clone(), task)) {
                before.abort();
            }
        }
        Ok(())
    }

    pub fn listening(&self) -> Vec<Listening> {
        let of = |(address, port): (&SocketAddr, &Port)| {
            let (listener, _) = port.accepting.as_ref()?;
            Some(Listening { listener: listener.clone(), address: *address })
        };
        self.ports.iter().filter_map(of).collect()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        if let Some((_, task)) = &self.accepting {
            task.abort();
        }
    }
}
