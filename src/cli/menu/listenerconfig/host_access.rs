//! HOSTACCESS: the sender groups of a listener, and the policies that they pick.

use crate::app::listener_groups::{self, GroupShown};
use crate::app::listener_policies::{self, PolicyShown};
use crate::cli::menu::dialogue::{Dialogue, Stopped};
use crate::cli::menu::keyed::{Answers, listed};
use crate::cli::menu::prompter::NoAnswer;
use crate::model::configuration::{GROUP_KEYS, POLICY_KEYS};

const OPERATIONS: &[(&str, &str)] = &[
    ("POLICY", "Edit a policy: TLS and client certificates."),
    ("GROUP", "Edit a sender group: who is in it, and its policy."),
    ("NEW", "Create a sender group."),
    ("DELETE", "Remove a sender group."),
];
const TLS: [(&str, &str); 3] = [("off", "No"), ("preferred", "Preferred"), ("required", "Required")];

pub(super) fn hold(dialogue: &mut Dialogue<'_>, listener: &str) -> Result<(), NoAnswer> {
    let list = |dialogue: &mut Dialogue<'_>| {
        let lines: Vec<String> = groups(dialogue, listener)?.iter().map(line).collect();
        Ok(dialogue.numbered("Sender groups, in the order in which they are tried:", &lines)?)
    };
    dialogue.operations(OPERATIONS, list, |dialogue, operation| run(dialogue, listener, operation))
}

fn groups(dialogue: &Dialogue<'_>, listener: &str) -> Result<Vec<GroupShown>, Stopped> {
    Ok(listener_groups::list(&dialogue.context(), listener)?.answer.groups)
}

fn policies(dialogue: &Dialogue<'_>, listener: &str) -> Result<Vec<PolicyShown>, Stopped> {
    Ok(listener_policies::list(&dialogue.context(), listener)?.answer.policies)
}

fn line(group: &GroupShown) -> String {
    format!("{} ({}): {} ({}, TLS {})", group.name, group.senders.join(", "), group.policy, group.action, group.tls)
}

fn run(dialogue: &mut Dialogue<'_>, listener: &str, operation: &'static str) -> Result<(), Stopped> {
    let groups = groups(dialogue, listener)?;
    let names: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
    match operation {
        "POLICY" => policy(dialogue, listener),
        "GROUP" => {
            let name = dialogue.pick("Enter the name or number of the sender group you wish to edit:", &names)?;
            group(dialogue, listener, &name, groups.iter().find(|group| group.name == name))
        }
        "NEW" => {
            dialogue.ask.gap()?;
            let name = dialogue.required("Enter a name for this sender group:")?;
            match names.contains(&name) {
                true => Ok(dialogue.ask.say(&format!("There is a sender group {name} already; GROUP edits it."))?),
                false => group(dialogue, listener, &name, None),
            }
        }
        _ => {
            let name = dialogue.pick("Enter the name or number of the sender group you wish to delete:", &names)?;
            let done = listener_groups::remove(&dialogue.context(), &Default::default(), listener, &name)?;
            Ok(dialogue.tell(Ok(done))?)
        }
    }
}

fn policy(dialogue: &mut Dialogue<'_>, listener: &str) -> Result<(), Stopped> {
    let policies = policies(dialogue, listener)?;
    let names: Vec<String> = policies.iter().map(|policy| policy.name.clone()).collect();
    let name = dialogue.pick("Enter the name or number of the policy you wish to edit:", &names)?;
    let Some(current) = policies.iter().find(|policy| policy.name == name) else { return Err(Stopped::Nothing) };
    let mut answers = Answers::about(POLICY_KEYS);
    let default = TLS.iter().position(|(word, _)| *word == current.tls).unwrap_or(0);
    let lines = TLS.map(|(_, line)| line.to_owned());
    dialogue.ask.gap()?;
    let (tls, _) = TLS[dialogue.ask.choice("Do you want to use TLS support?", &lines, default)?];
    answers.set("tls", tls, &current.tls);
    if tls != "off" {
        dialogue.ask.gap()?;
        dialogue.ask.say("You have chosen to enable TLS. Please use the 'certconfig' command to")?;
        dialogue.ask.say("ensure that there is a valid certificate configured.")?;
    }
    let mut senders = Vec::new();
    if tls == "preferred" {
        let question =
            "Enter the envelope senders that must use TLS (user@example.com, @example.com), separated by commas.";
        senders = listed(&dialogue.text(question, &current.tls_senders.join(", "))?);
    }
    let question = "Do you want to verify the client certificate?";
    let verify = tls != "off" && dialogue.ask_again(question, current.verify_client)?;
    // Neither goes without TLS.
    answers.set_list("tls-senders", senders, &current.tls_senders);
    answers.set("verify-client", &verify.to_string(), &current.verify_client.to_string());
    dialogue.settle(&answers, |dialogue, assignments| {
        listener_policies::set(&dialogue.context(), &Default::default(), listener, &name, assignments)
    })
}

fn group(dialogue: &mut Dialogue<'_>, listener: &str, name: &str, current: Option<&GroupShown>) -> Result<(), Stopped> {
    let policies = policies(dialogue, listener)?;
    let mut answers = Answers::about(GROUP_KEYS);
    let (senders, policy) = current.map_or((&[][..], ""), |current| (&current.senders, &current.policy));
    let question = "Enter the senders: addresses, networks, host names, .domains or ALL, separated by commas.";
    let answer = listed(&dialogue.text(question, &senders.join(", "))?);
    answers.set_list("senders", answer, senders);
    let lines: Vec<String> =
        policies.iter().map(|one| format!("{} ({}, TLS {})", one.name, one.action, one.tls)).collect();
    let default = policies.iter().position(|one| one.name == policy).unwrap_or(0);
    dialogue.ask.gap()?;
    let index = dialogue.ask.choice("Select the policy of this sender group:", &lines, default)?;
    answers.set("policy", &policies[index].name, policy);
    dialogue.settle(&answers, |dialogue, assignments| {
        let usual = listener_groups::Position::default();
        listener_groups::set(&dialogue.context(), &Default::default(), listener, name, assignments, &usual)
    })
}
