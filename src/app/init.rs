//! A new home.

use std::str::FromStr;

use crate::model::diagnostic::{Diagnostic, Diagnostics, Reply};
use crate::model::host_name::{HostName, HostNameError};
use crate::operate::{self, Founded, FoundingError, Home, RevisionNumber};
use crate::sys;

use super::committing::signature;
use super::context::Context;

/// A home that is there now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Initialised {
    /// The directory.
    pub home: String,
    /// False when it was there before; then nothing was changed.
    pub created: bool,
    /// The running revision.
    pub revision: RevisionNumber,
    /// Host name of the first interface.
    pub hostname: Option<String>,
}

/// Makes the home of this run for `hostname`, by default the machine's full name. One that is there is left alone.
pub fn init(context: &Context, hostname: Option<&str>) -> Result<Reply<Initialised>, Diagnostics> {
    let given = hostname.map_or_else(sys::host::full_name, str::to_owned);
    let name = HostName::from_str(&given).map_err(|error| bad_name(&given, hostname.is_none(), &error))?;
    let founded =
        operate::found(&context.home, &name, &signature(context, "made by sealpost init")).map_err(explain)?;
    match founded {
        Founded::New(home) => Ok(Reply::new(answer(&home, true)?, name_remarks(&given, &name))),
        Founded::Already(home) => {
            let answer = answer(&home, false)?;
            let remarks = match &answer.hostname {
                Some(there) if hostname.is_some() && *there != name.as_str() => vec![
                    Diagnostic::warning(
                        "init/other-name",
                        "the home was made for another host name, and was left as it is",
                    )
                    .fact(format!("host name of its first interface: {there}"))
                    .fact(format!("host name asked for:              {name}"))
                    .help(format!("edit {}/staged/sealpost.toml, then: sealpost change commit", answer.home)),
                ],
                _ => Vec::new(),
            };
            Ok(Reply::new(answer, remarks))
        }
    }
}

fn answer(home: &Home, created: bool) -> Result<Initialised, Diagnostics> {
    let running = home.running()?;
    let hostname = running.configuration()?.interfaces.first().map(|interface| interface.hostname.to_string());
    Ok(Initialised { home: home.path().display().to_string(), created, revision: running.number(), hostname })
}

fn name_remarks(given: &str, name: &HostName) -> Vec<Diagnostic> {
    let mut remarks = Vec::new();
    if !given.is_ascii() {
        remarks.push(Diagnostic::note("name/converted", format!("`{given}` is kept as its A-label form `{name}`")));
    }
    if !name.has_domain() {
        remarks.push(
            Diagnostic::warning(
                "name/no-domain",
                format!("`{name}` has no domain, and no public CA signs such a name"),
            )
            .help("edit the hostname in staged/sealpost.toml, or start again with --hostname NAME"),
        );
    }
    remarks
}

fn bad_name(given: &str, is_default: bool, error: &HostNameError) -> Diagnostics {
    let whose = if is_default { "the name of this machine" } else { "the name given with --hostname" };
    let diagnostic = Diagnostic::error("name/invalid", format!("`{given}` is no host name: {error}"))
        .fact(format!("it is {whose}"))
        .fact("nothing was made");
    match &error.suggestion {
        Some(meant) => diagnostic.help(format!("sealpost init --hostname {meant}")),
        None => diagnostic.help("sealpost init --hostname mx1.example.com, with the name of your gateway"),
    }
    .into()
}

fn explain(error: FoundingError) -> Diagnostics {
    match error {
        FoundingError::Home(error) => error.into(),
        FoundingError::Demo(error) => Diagnostic::error("init/demo", error.to_string()).fact("nothing was made").into(),
    }
}
