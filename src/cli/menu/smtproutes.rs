//! `sealpost smtproutes`: hosts that mail for a domain goes to in place of its MX hosts.

use clap::Args;

use crate::app::routes::{self, RouteShown};
use crate::cli::command::{Command, Verb};
use crate::cli::session::Session;
use crate::model::configuration::ROUTE_KEYS;
use crate::model::diagnostic::{Diagnostics, Reply};
use crate::render::dialogue::DialogueEnded;

use super::dialogue::{self, Dialogue, Stopped};
use super::keyed::{Answers, listed};

pub const COMMAND: Command = Command::of::<SmtpRoutes>(
    &["smtproutes"],
    "routes of mail by question and answer, as on the appliance",
    "Each finished operation is staged; `sealpost change commit` makes it live. The end of the input inside an operation drops it.

Examples:
  sealpost smtproutes",
);

#[derive(Args)]
pub struct SmtpRoutes {}

impl Verb for SmtpRoutes {
    type Answer = DialogueEnded;

    fn run(self, session: &mut Session) -> Result<Reply<DialogueEnded>, Diagnostics> {
        routes::list(&session.context())?;
        dialogue::hold(session, "sealpost route --help", |dialogue| dialogue.operations(TOP, list, run))
    }
}

const TOP: &[(&str, &str)] = &[
    ("NEW", "Create a new route."),
    ("EDIT", "Edit destinations of an existing route."),
    ("DELETE", "Remove a route."),
    ("PRINT", "Display all routes."),
];

fn all(dialogue: &Dialogue<'_>) -> Result<Vec<RouteShown>, Diagnostics> {
    Ok(routes::list(&dialogue.context())?.answer.routes)
}

fn list(dialogue: &mut Dialogue<'_>) -> Result<(), Stopped> {
    let count = all(dialogue)?.len();
    dialogue.ask.gap()?;
    Ok(dialogue.ask.say(&format!("There are currently {count} routes configured."))?)
}

fn hosts(route: &RouteShown) -> Vec<String> {
    route.hosts.iter().map(|host| host.text.clone()).collect()
}

fn run(dialogue: &mut Dialogue<'_>, operation: &'static str) -> Result<(), Stopped> {
    let routes = all(dialogue)?;
    let domains: Vec<String> = routes.iter().map(|route| route.domain.clone()).collect();
    match operation {
        "NEW" => {
            dialogue.ask.gap()?;
            dialogue
                .ask
                .say("Enter the domain for which you want to set up a permanent route. Partial hostnames such")?;
            let domain = dialogue.required("as \".example.com\" are allowed. Use \"ALL\" for the default route.")?;
            edit(dialogue, &domain, &[])
        }
        "EDIT" => {
            let domain = dialogue.pick("Enter the route you want to edit:", &domains)?;
            let current = routes.iter().find(|route| route.domain == domain).map(hosts).unwrap_or_default();
            edit(dialogue, &domain, &current)
        }
        "DELETE" => {
            let domain = dialogue.pick("Enter the route you want to remove:", &domains)?;
            let done = routes::remove(&dialogue.context(), &Default::default(), &domain)?;
            Ok(dialogue.tell(Ok(done))?)
        }
        _ => {
            let line = |route: &RouteShown| match route.hosts.is_empty() {
                true => format!("{} -> bounced", route.domain),
                false => format!("{} -> {}", route.domain, hosts(route).join(", ")),
            };
            let lines: Vec<String> = routes.iter().map(line).collect();
            Ok(dialogue.numbered("SMTP routes:", &lines)?)
        }
    }
}

fn edit(dialogue: &mut Dialogue<'_>, domain: &str, current: &[String]) -> Result<(), Stopped> {
    dialogue.ask.gap()?;
    dialogue.ask.say(&format!("Enter the destination hosts of mail for {domain}, separated by commas"))?;
    let answer = dialogue
        .ask
        .text("(relay.example.net, relay.example.net:2525, [192.0.2.1]:25/pri=10).", &current.join(", "))?;
    if answer.is_empty() {
        return Ok(dialogue.ask.say("An answer is needed here; DELETE removes a route.")?);
    }
    let mut answers = Answers::about(ROUTE_KEYS);
    answers.set_list("hosts", listed(&answer), current);
    dialogue.settle(&answers, |dialogue, assignments| {
        routes::set(&dialogue.context(), &Default::default(), domain, assignments)
    })
}
