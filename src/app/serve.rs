//! `serve`: the engine of a home, from its sockets to its last message, and everything that it is told meanwhile.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::deliver::control::{Answer, Ask, Status};
use crate::deliver::engine::Engine;
use crate::deliver::live::Live;
use crate::deliver::log_line::{Event, Level};
use crate::deliver::mail_log::MailLog;
use crate::deliver::ports::{PortError, Ports, wanted};
use crate::deliver::queue::{Deed, Queue, Selection, Span};
use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::place::Place;
use crate::model::shell_word::shell_word;
use crate::operate::Home;
use crate::sys::clock::SystemClock;
use crate::sys::control::{Asked, ControlSocket};
use crate::sys::race::{Race, race};
use crate::sys::signals::{Signals, Wish};
use crate::sys::{host, identity, service};
use crate::sys::{listening, runtime};

use super::context::Context;
use super::engine::{self, SOCKET, unloadable};
use super::{gateway, home, queue_select};
use crate::sys::library_error;

/// Its name in the home.
pub const LOG: &str = "log";
/// Questions on the control socket that wait; then those who ask wait.
const QUESTIONS: usize = 16;

/// How to serve.
#[derive(Debug, Clone)]
pub struct ServeOrder {
    /// How long connections may go on after SIGTERM.
    pub grace: Duration,
    /// Who the engine must run as, once its ports are open; by name or number.
    pub user: Option<String>,
}

/// What an engine tells while it runs.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ServeLine {
    Serving(Status),
    /// A revision could not be taken; the one before goes on.
    Kept {
        reasons: Vec<String>,
    },
    Stopping,
}

/// What was left when the engine ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ServeEnded {
    /// The revision that ran last.
    pub revision: u32,
    /// Messages that wait in the queue for the next start.
    pub queued: u64,
}

/// Runs the engine until SIGTERM or SIGINT.
pub fn serve(
    context: &Context,
    order: &ServeOrder,
    tell: &mut dyn FnMut(&ServeLine),
) -> Result<Reply<ServeEnded>, Diagnostics> {
    let home = home::open(context)?;
    if let Some(user) = &order.user {
        must_own(&home, user)?;
    }
    nobody_else(&home)?;
    // A limit that cannot be raised shows when connections are refused.
    let _ = runtime::raise_open_files();
    let live = load(&home)?;
    let given = listening::given().map_err(|error| not_given(&error))?;
    let mut ports = Ports::new(listening::bind, given);
    ports.prepare(&wanted(live.configuration())).map_err(cannot_listen)?;
    // Sockets below 1024 are open: from here on the engine is the home's owner, and no thread was started before.
    home.become_owner()?;
    let settings = live.configuration().log.clone();
    let (log, log_thread) = MailLog::open(&home.path().join(LOG), settings).map_err(|error| no_log(&error))?;
    let opened = Queue::open(&queue_select::path(&home), Arc::new(SystemClock::new()), log.clone());
    let (queue, _) = opened.map_err(|error| queue_select::unreadable(&home, &error))?;
    if identity::is_root() {
        let text = "runs as root, because root owns the home; give the home to a user of its own, and say --user";
        log.say(Event::engine(Level::Warning, text));
    }
    let runtime = runtime::threads().map_err(|error| no_runtime(&error))?;
    let ended = runtime.block_on(run(&home, order, tell, live, queue, log, ports))?;
    drop(runtime);
    log_thread.join();
    Ok(ended.into())
}

/// What the engine writes belongs to the home's owner, and so that is who it becomes: another user could not work there.
fn must_own(home: &Home, user: &str) -> Result<(), Diagnostics> {
    let Some(uid) = host::user_number(user) else {
        return Err(Diagnostic::error("engine/user", format!("there is no user `{user}` on this machine"))
            .help(format!("useradd --system --shell /usr/sbin/nologin {}", shell_word(user)))
            .into());
    };
    let owner = home.owner()?;
    if owner != uid {
        let path = home.path().display().to_string();
        return Err(Diagnostic::error(
            "engine/user",
            format!("the engine shall run as `{user}`, who does not own the home"),
        )
        .at_what(Place::file(&path), format!("belongs to {}", host::user_of(owner)))
        .help(format!("chown -R {}: {}", shell_word(user), shell_word(&path)))
        .into());
    }
    Ok(())
}

/// Two engines on one home would send each message twice: the second says so before it touches anything.
fn nobody_else(home: &Home) -> Result<(), Diagnostics> {
    let holder = Queue::holder(&queue_select::path(home)).map_err(|error| queue_select::unreadable(home, &error))?;
    match (holder, engine::ask(home.path(), &Ask::Status)) {
        (Some(_), Ok(Some(Answer::Running(status)))) => {
            let what = format!("an engine runs for this home already: process {}", status.process);
            let waits = status.listening.iter().map(|one| format!("{} on {}", one.listener, one.address));
            let running = Diagnostic::error("engine/running", what)
                .fact(format!("it serves revision {}: {}", status.revision, waits.collect::<Vec<_>>().join(", ")))
                .fact("it takes each commit at once, and needs no restart for it");
            Err(running.help(format!("kill -TERM {} ends it in order", status.process)).into())
        }
        (Some(holder), Err(_)) => Err(queue_select::in_use(&holder).into()),
        // A short command, which is waited for; or an engine that is ending or beginning, which is told when the queue is opened.
        _ => Ok(()),
    }
}

/// The running revision, compiled.
fn load(home: &Home) -> Result<Live, Diagnostics> {
    let running = home.running()?;
    Live::load(gateway::of_revision(&running)?).map_err(unloadable)
}

async fn run(
    home: &Home,
    order: &ServeOrder,
    tell: &mut dyn FnMut(&ServeLine),
    live: Live,
    queue: Queue,
    log: MailLog,
    ports: Ports,
) -> Result<ServeEnded, Diagnostics> {
    let mut signals = Signals::new().map_err(|error| no_runtime(&error))?;
    let socket = ControlSocket::bind(&home.path().join(SOCKET)).map_err(|error| no_control(home, &error))?;
    let engine = Engine::start(live, queue, log, ports).map_err(|error| no_runtime(&error))?;
    let (sender, mut questions) = mpsc::channel(QUESTIONS);
    let answering = tokio::spawn(listen(socket, sender));
    tell(&ServeLine::Serving(engine.status()));
    service::ready();
    let mut serving = Serving { home, engine, tell };
    loop {
        match race(signals.next(), questions.recv()).await {
            Race::First(Wish::Stop) | Race::Second(None) => break,
            Race::First(Wish::Reload) => {
                serving.engine.log().reopen();
                serving.reload();
            }
            Race::Second(Some(asked)) => serving.answer(asked),
        }
    }
    service::stopping();
    let Serving { engine, tell, .. } = serving;
    tell(&ServeLine::Stopping);
    answering.abort();
    let ended = ServeEnded { revision: engine.status().revision, queued: engine.queue().stats().messages };
    engine.stop(order.grace).await;
    Ok(ended)
}

/// Hands on what is asked on the control socket, as long as the engine runs.
async fn listen(socket: ControlSocket, questions: mpsc::Sender<Asked>) {
    while let Ok(stream) = socket.next().await {
        let questions = questions.clone();
        tokio::spawn(async move {
            if let Ok(asked) = Asked::read(stream).await {
                // The engine is ending: nobody answers, and the one who asks is told so by the end of the connection.
                let _ = questions.send(asked).await;
            }
        });
    }
}

/// The engine and those who hear of it.
struct Serving<'a> {
    home: &'a Home,
    engine: Engine,
    tell: &'a mut dyn FnMut(&ServeLine),
}

impl Serving<'_> {
    /// Takes what the home's `running` names; otherwise says why and goes on as before.
    fn reload(&mut self) -> Answer {
        service::reloading();
        let loaded = load(self.home).map_err(|errors| told(&errors));
        let reloaded = loaded.and_then(|live| self.engine.reload(live).map_err(|errors| ports_told(&errors)));
        service::ready();
        match reloaded {
            Ok(()) => {
                let status = self.engine.status();
                (self.tell)(&ServeLine::Serving(status.clone()));
                Answer::Running(status)
            }
            Err(reasons) => {
                for reason in &reasons {
                    self.engine.log().say(Event::engine(Level::Critical, format!("revision not taken: {reason}")));
                }
                (self.tell)(&ServeLine::Kept { reasons: reasons.clone() });
                Answer::Refused { reasons }
            }
        }
    }

    fn answer(&mut self, asked: Asked) {
        let queue = self.engine.queue();
        let answer = match serde_json::from_str(&asked.line) {
            // The disk is waited for elsewhere: signals and other questions come in between.
            Ok(Ask::Administer { deed, which, span }) => {
                let queue = queue.clone();
                tokio::spawn(async move { send(asked, &administer(&queue, deed, which, span).await).await });
                return;
            }
            Ok(Ask::UnderWay) => Answer::UnderWay { process: std::process::id(), jobs: queue.underway() },
            Ok(Ask::Status) => Answer::Running(self.engine.status()),
            Ok(Ask::Reload) => self.reload(),
            Ok(Ask::Prepare { listening }) => match self.engine.prepare(&listening) {
                Ok(()) => Answer::Done,
                Err(errors) => Answer::Refused { reasons: ports_told(&errors) },
            },
            Err(error) => Answer::Refused {
                reasons: vec![format!("this engine does not understand that: {}", library_error::json(&error))],
            },
        };
        tokio::spawn(async move { send(asked, &answer).await });
    }
}

async fn send(asked: Asked, answer: &Answer) {
    let line = serde_json::to_string(answer).unwrap_or_default();
    // Whoever asked may have gone away.
    let _ = asked.answer(&line).await;
}

/// A portion of what an operator does to the queue.
async fn administer(queue: &Queue, deed: Deed, which: Selection, span: Option<Span>) -> Answer {
    let span = span.unwrap_or_else(|| queue.span(&which));
    match queue.administer(deed, which, span).await {
        Ok(done) => Answer::Administered(done),
        Err(error) => Answer::Refused { reasons: vec![error.to_string()] },
    }
}

fn told(errors: &Diagnostics) -> Vec<String> {
    errors.iter().map(|error| error.message.clone()).collect()
}

fn ports_told(errors: &[PortError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

fn cannot_listen(errors: Vec<PortError>) -> Diagnostics {
    let told = |error: &PortError| {
        let (listener, address) = (&error.wanted.listener, error.wanted.address);
        let refused = Diagnostic::error("engine/port", format!("listener {listener} cannot wait on {address}"))
            .fact(library_error::io(&error.source));
        match error.source.kind() {
            io::ErrorKind::PermissionDenied => refused.help(format!(
                "run it as root, by socket activation, or: sealpost listener set {listener} --port 2525"
            )),
            io::ErrorKind::AddrInUse => refused.help(format!("ss -tlnp 'sport = {}' tells who has it", address.port())),
            _ => refused.help("sealpost interface list"),
        }
    };
    Diagnostics::if_errors(errors.iter().map(told).collect())
        .unwrap_or_else(|| Diagnostic::error("engine/port", "a listener cannot wait").into())
}

fn not_given(error: &io::Error) -> Diagnostic {
    Diagnostic::error("engine/activation", "the sockets that the service manager passed cannot be used")
        .fact(library_error::io(error))
        .help("let every ListenStream= of the socket unit be a TCP port")
}

fn no_log(error: &io::Error) -> Diagnostic {
    Diagnostic::error("engine/log", "the mail log of this home cannot be written").fact(library_error::io(error))
}

fn no_control(home: &Home, error: &io::Error) -> Diagnostic {
    let path = home.path().join(SOCKET);
    Diagnostic::error("engine/control", format!("the control socket `{}` cannot be opened", path.display()))
        .fact(library_error::io(error))
        .help("a path of more than 107 characters is too long for a socket: use a shorter --home")
}

fn no_runtime(error: &io::Error) -> Diagnostic {
    Diagnostic::error("engine/system", "the system does not let the engine run").fact(library_error::io(error))
}
