//! The engine under way: listeners and deliveries over one revision, which is swapped whole.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use super::bounce_verification::BounceVerifier;
use super::control::{Listening, Status};
use super::dispatch;
use super::listener;
use super::listener::crowd::Crowd;
use super::live::Live;
use super::log_line::{Event, Level};
use super::mail_log::MailLog;
use super::metrics::MetricsServer;
use super::ports::{PortError, Ports, wanted};
use super::queue::Queue;
use crate::sys::dns::Resolver;
use crate::sys::library_error;
use crate::sys::time_zone::TimeZone;

/// Owns what runs. Dropping it without `stop` leaves connections to themselves.
pub struct Engine {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    ports: Ports,
    deliveries: JoinHandle<()>,
    metrics: MetricsServer,
}

impl Engine {
    /// Begins to accept and to deliver. The sockets that `live` wants are open in `ports`.
    pub fn start(live: Live, queue: Queue, log: MailLog, ports: Ports) -> io::Result<Engine> {
        let (shared, stop) = Shared::new(InUse::new(live), queue, log);
        let deliveries = tokio::spawn(dispatch::run(Arc::clone(&shared)));
        let metrics = MetricsServer::default();
        let mut engine = Engine { shared, stop, ports, deliveries, metrics };
        engine.accept()?;
        engine.say("serving");
        Ok(engine)
    }

    /// Opens sockets that a revision needs which is about to run.
    pub fn prepare(&mut self, listening: &[Listening]) -> Result<(), Vec<PortError>> {
        self.ports.prepare(listening)
    }

    /// Runs `live` from the next connection on; those under way go on with what they began with. On an error nothing has changed.
    pub fn reload(&mut self, live: Live) -> Result<(), Vec<PortError>> {
        self.ports.prepare(&wanted(live.configuration()))?;
        self.shared.swap(InUse::new(live));
        if let Err(error) = self.accept() {
            self.shared.log.say(Event::engine(
                Level::Critical,
                format!("a listener cannot accept: {}", library_error::io(&error)),
            ));
        }
        self.say("serving");
        Ok(())
    }

    pub fn log(&self) -> &MailLog {
        &self.shared.log
    }

    pub fn queue(&self) -> &Queue {
        &self.shared.queue
    }

    pub fn status(&self) -> Status {
        let in_use = self.shared.in_use();
        Status {
            revision: in_use.live.revision(),
            process: std::process::id(),
            listening: self.ports.listening(),
            served: in_use.live.served().to_vec(),
        }
    }

    /// Accepts nothing more, lets what is under way end within `grace`, and closes the queue.
    pub async fn stop(self, grace: Duration) {
        let Engine { shared, stop, ports, mut deliveries, .. } = self;
        drop(ports);
        stop.send_replace(true);
        let end = Instant::now() + grace;
        let listened = timeout_at(end, shared.crowd.none_left()).await;
        let delivered = timeout_at(end, &mut deliveries).await;
        // What is cut off is due again when the queue is opened next.
        deliveries.abort();
        if listened.is_err() || delivered.is_err() {
            shared.log.say(Event::engine(Level::Warning, "connections were cut off at the end of the grace period"));
        }
        shared.queue.close().await;
        shared.log.say(Event::engine(Level::Info, "stopped"));
        shared.log.flush();
    }

    fn accept(&mut self) -> io::Result<()> {
        let in_use = self.shared.in_use();
        self.metrics.follow(in_use.live.configuration().metrics.address, &self.shared);
        let wanted = wanted(in_use.live.configuration());
        let shared = &self.shared;
        self.ports.serve(&wanted, |socket, name| listener::serve(socket, name, Arc::clone(shared)))
    }

    fn say(&self, what: &str) {
        let revision = self.shared.in_use().live.revision();
        self.shared.log.say(Event::engine(Level::Info, format!("{what} revision {revision}")));
    }
}

/// Lives as long as the engine.
pub struct Shared {
    in_use: ArcSwap<InUse>,
    pub queue: Queue,
    pub log: MailLog,
    /// Who is connected to the listeners.
    pub crowd: Crowd,
    /// For the dates in header fields.
    pub zone: TimeZone,
    stopping: watch::Receiver<bool>,
}

/// A revision with what was made for it. Whoever begins something takes it once and keeps it to the end.
pub struct InUse {
    pub live: Live,
    pub resolver: Resolver,
    /// `None`: bounces are not verified.
    pub bounces: Option<BounceVerifier>,
}

impl InUse {
    pub fn new(live: Live) -> InUse {
        let resolver = Resolver::new(&live.configuration().dns.servers);
        let bounces = BounceVerifier::new(live.configuration());
        InUse { live, resolver, bounces }
    }
}

impl Shared {
    /// The sender tells everybody to come to an end.
    pub fn new(in_use: InUse, queue: Queue, log: MailLog) -> (Arc<Shared>, watch::Sender<bool>) {
        let (stop, stopping) = watch::channel(false);
        let crowd = Crowd::new(&in_use.live.configuration().limits);
        let (in_use, zone) = (ArcSwap::from_pointee(in_use), TimeZone::of_machine());
        (Arc::new(Shared { in_use, queue, log, crowd, zone, stopping }), stop)
    }

    /// What new connections run on.
    pub fn in_use(&self) -> Arc<InUse> {
        self.in_use.load_full()
    }

    /// From now on new connections run on another revision; those under way keep theirs.
    pub fn swap(&self, in_use: InUse) {
        self.log.set(in_use.live.configuration().log.clone());
        self.crowd.set_limits(&in_use.live.configuration().limits);
        self.in_use.store(Arc::new(in_use));
    }

    /// Returns when the engine is to end, at once when it already is.
    pub async fn stopped(&self) {
        // An engine whose sender is gone has ended.
        let _ = self.stopping.clone().wait_for(|stop| *stop).await;
    }

    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}
