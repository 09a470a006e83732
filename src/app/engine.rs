//! The running engine, as other commands meet it: asked before a revision runs, told after, through the control socket.

use std::path::Path;
use std::time::Duration;

use crate::deliver::control::{Answer, Ask, Status};
use crate::deliver::gateway::Gateway;
use crate::deliver::live::{Live, LoadError, LoadProblem};
use crate::deliver::ports::wanted;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::operate::{HomeError, Revision, Staged};
use crate::sys::control;

use super::gateway;
use crate::sys::library_error;

/// Its name in the home.
pub const SOCKET: &str = "control.sock";
/// Loading a revision with very many destinations takes seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks the engine of the home at `home`; `None` when none runs.
pub fn ask(home: &Path, ask: &Ask) -> Result<Option<Answer>, Diagnostic> {
    let line = serde_json::to_string(ask).map_err(|error| silent(&library_error::json(&error)))?;
    let answer =
        control::ask(&home.join(SOCKET), &line, PATIENCE).map_err(|error| silent(&library_error::io(&error)))?;
    let Some(answer) = answer else { return Ok(None) };
    serde_json::from_str(&answer)
        .map(Some)
        .map_err(|error| silent(&format!("it answered {answer:?}: {}", library_error::json(&error))))
}

/// Proves that the staged edits can be served: by the engine's own load, and when an engine runs, with its sockets opened.
pub fn prepare_staged(home: &Path, staged: &Staged) -> Result<(), Diagnostics> {
    let profile = |name: &_| if staged.has(name)? { staged.profile(name).map(Some) } else { Ok(None) };
    let next: u32 = staged.running().number().next().into();
    let configuration = staged.configuration()?;
    let gateway = gateway::assemble(next, &configuration, &staged.authorities()?, profile);
    prepare(home, gateway)
}

/// The same for a revision that is to run again.
pub fn prepare_revision(home: &Path, revision: &Revision) -> Result<(), Diagnostics> {
    prepare(home, gateway::of_revision(revision))
}

fn prepare(home: &Path, gateway: Result<Gateway, HomeError>) -> Result<(), Diagnostics> {
    let live = Live::load(gateway?).map_err(unloadable)?;
    let listening = wanted(live.configuration());
    match ask(home, &Ask::Prepare { listening })? {
        Some(Answer::Refused { reasons }) => {
            let refused = |reason: String| {
                Diagnostic::error("engine/refused", format!("the running engine cannot serve this: {reason}"))
                    .fact("nothing was committed; what ran before still runs")
                    .help("sealpost listener list")
            };
            Err(Diagnostics::if_errors(reasons.into_iter().map(refused).collect())
                .unwrap_or_else(|| silent("it refused without a reason").into()))
        }
        _ => Ok(()),
    }
}

/// Tells a running engine that another revision runs now, and says what it made of that. Silent when none runs.
pub fn tell(home: &Path) -> Option<Diagnostic> {
    let refused = |reasons: Vec<String>| {
        let kept = "the revision is committed, but the running engine keeps the one before";
        let warning = Diagnostic::warning("engine/kept", kept);
        reasons.into_iter().fold(warning, Diagnostic::fact).help("sealpost change rollback, or restart sealpost serve")
    };
    match ask(home, &Ask::Reload) {
        Ok(None) => None,
        Ok(Some(Answer::Running(status))) => Some(serving(&status)),
        Ok(Some(Answer::Refused { reasons })) => Some(refused(reasons)),
        Ok(Some(_)) => Some(refused(vec!["it did not say what it serves".to_owned()])),
        Err(error) => Some(refused(vec![error.message])),
    }
}

fn serving(status: &Status) -> Diagnostic {
    let message = format!("the running engine serves revision {} now", status.revision);
    let served = status.served.iter().map(|served| {
        let demo = if served.demo { " (Demo: no certificate is bound)" } else { "" };
        // As `Fingerprint::short` shows it.
        let short = served.sha256.get(..16).unwrap_or(&served.sha256);
        format!("{} presents {} {short}{demo}", served.role, served.profile)
    });
    served.fold(Diagnostic::note("engine/serving", message), Diagnostic::fact)
}

/// Why the engine cannot load a revision.
pub fn unloadable(error: LoadError) -> Diagnostics {
    let told = |problem: &LoadProblem| {
        Diagnostic::error("engine/unloadable", format!("the engine cannot load this: {problem}"))
            .fact("nothing was changed; what ran before still runs")
            .help("sealpost role list")
    };
    Diagnostics::if_errors(error.0.iter().map(told).collect())
        .unwrap_or_else(|| Diagnostic::error("engine/unloadable", "the engine cannot load this").into())
}

fn silent(reason: &str) -> Diagnostic {
    Diagnostic::error("engine/silent", "an engine runs for this home, but does not answer on its control socket")
        .fact(reason.to_owned())
        .help("ask again; if it stays silent, restart sealpost serve")
}
