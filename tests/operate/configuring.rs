//! Interfaces, listeners, policies, groups, routes, bounce profiles, services and settings: list, show, set and remove.

use crate::support::{Bench, Run, run_with};

/// Runs commands, one a line, where a word may stand in single quotes.
fn all(bench: &Bench, script: &str) {
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        said(bench, line).code(0);
    }
}

fn said(bench: &Bench, line: &str) -> Run {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    bench.run(words)
}

fn staged(bench: &Bench) -> String {
    String::from_utf8(bench.read("home/staged/sealpost.toml")).unwrap()
}

/// The command is refused, says these things, and the staged configuration is as it was.
#[track_caller]
fn refused(bench: &Bench, line: &str, says: &[&str]) {
    let before = staged(bench);
    let mut run = said(bench, line).code(2).err_has("nothing was changed").err_has("help: ");
    for text in says {
        run = run.err_has(text);
    }
    assert_eq!(staged(bench), before, "{line}");
}

#[test]
fn a_gateway_is_set_up_from_the_command_line() {
    let bench = Bench::with_home();
    all(
        &bench,
        "interface set 'Data 2' --address 192.0.2.2 --hostname mx2.example.com --https 8443
         listener set IncomingMail --add-domains example.com,.example.com
         listener policy set IncomingMail ACCEPTED --tls preferred
         listener group set IncomingMail PARTNERS --policy RELAYED --senders 192.0.2.0/24
         listener group set IncomingMail SPAMMERS --policy BLOCKED --senders .spam.example --first
         listener set Submission --interface 'Data 2' --port 465 --implicit-tls true --exposure private
         route set example.net --hosts relay.example.net:2525,[192.0.2.9]/pri=10
         bounce-profile set patient --longest-in-queue 5d --delay-warning 4h
         service set sandbox --host sandbox.example.com --port 8443
         setting set limits.message-size 20M
         setting set ldap.host=ldap.example.com ldap.base=dc=example,dc=com
         setting set alerts.to a@example.com b@example.com
         sethostname gateway.example.com --commit 'all of it' --with-pending",
    );
    said(&bench, "listener list")
        .code(0)
        .out_has("IncomingMail   Data 1      25     public    preferred   example.com, .example.com\n");
    let groups = said(&bench, "listener group list IncomingMail --format json").code(0).json();
    let names: Vec<&str> =
        groups["groups"].as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["SPAMMERS", "RELAYLIST", "PARTNERS", "ALL"]);
    let submission = said(&bench, "listener show Submission --format json").code(0).json();
    assert_eq!((submission["tls"].as_str(), submission["implicit_tls"].as_bool()), (Some("off"), Some(true)));
    assert_eq!(submission["groups"][1]["action"], "REJECT");
    said(&bench, "route list").code(0).out_has("example.net   relay.example.net:2525, [192.0.2.9]/pri=10\n");
    said(&bench, "bounce-profile list").code(0).out_has("patient     100       5d");
    said(&bench, "service show sandbox").code(0).out_has("sandbox.example.com port 8443").out_has("service:sandbox");
    said(&bench, "setting list limits").code(0).out_has("limits.message-size              20M ");
    let alerts = said(&bench, "setting show alerts.to --format json").code(0).json();
    assert_eq!(alerts["value"], serde_json::json!(["a@example.com", "b@example.com"]));
    said(&bench, "interface list")
        .code(0)
        .out_has("Data 2   192.0.2.2   mx2.example.com   8443    listener Submission\n");
    said(&bench, "change show").code(0).err_has("nothing is staged; revision 2 runs");
}

#[test]
fn what_is_staged_is_marked_and_what_is_so_already_stages_nothing() {
    let bench = Bench::with_home();
    said(&bench, "listener set IncomingMail --port 25").code(0).err_has("as it is already; nothing was staged");
    said(&bench, "change show").code(0).err_has("nothing is staged");
    said(&bench, "listener set IncomingMail --port 2525").code(0).err_has("  port: 25 -> 2525");
    said(&bench, "listener set Other --port 26 --interface 'Data 1'").code(0).err_has("listener Other is new");
    let list = said(&bench, "listener list").code(0);
    assert!(list.out.lines().any(|line| line.starts_with("IncomingMail") && line.ends_with("changed")), "{}", list.out);
    assert!(list.out.lines().any(|line| line.starts_with("Other") && line.ends_with("new")), "{}", list.out);
}

#[test]
fn what_others_refer_to_is_not_removed() {
    let bench = Bench::with_home();
    all(
        &bench,
        "interface set Spare --address 192.0.2.2 --hostname mx2.example.com
         setting set delivery.interface Spare
         bounce-profile set patient --retries 500
         service set sandbox --host sandbox.example.com --port 8443
         listener policy set IncomingMail PARTNER --action ACCEPT
         listener group set IncomingMail PARTNERS --policy PARTNER --senders 192.0.2.0/24",
    );
    bench
        .shell(
            "cat >> home/staged/sealpost.toml <<'EOF'
[destination.\"example.org\"]
bounce-profile = \"patient\"
[role]
\"listener:IncomingMail/mx9.example.com\" = \"Demo\"
\"service:sandbox\" = \"Demo\"
\"https:Spare\" = \"Demo\"
EOF",
        )
        .code(0);
    refused(&bench, "interface remove 'Data 1'", &["error[interface/in-use]", "listener `IncomingMail` listens on it"]);
    refused(&bench, "interface remove Spare", &["outgoing mail leaves through it", "role `https:Spare`"]);
    refused(
        &bench,
        "bounce-profile remove patient",
        &["error[bounce-profile/in-use]", "destination `example.org` names it"],
    );
    refused(&bench, "listener remove IncomingMail", &["role `listener:IncomingMail/mx9.example.com`"]);
    refused(&bench, "service remove sandbox", &["sealpost role unbind service:sandbox"]);
    refused(&bench, "listener policy remove IncomingMail PARTNER", &["group `PARTNERS` picks it"]);
    refused(&bench, "listener policy remove IncomingMail BLOCKED", &["is built in"]);
    refused(&bench, "listener group remove IncomingMail ALL", &["the last group must take the rest"]);
    all(
        &bench,
        "listener group remove IncomingMail PARTNERS
         listener policy remove IncomingMail PARTNER
         listener policy remove IncomingMail ACCEPTED",
    );
    said(&bench, "listener policy list IncomingMail")
        .code(0)
        .out_has("ACCEPTED   ACCEPT   off   ALL         built in\n");
}

#[test]
fn values_are_refused_in_the_words_of_their_range() {
    let bench = Bench::with_home();
    let cases: &[(&str, &[&str])] = &[
        (
            "listener set IncomingMail --port 70000",
            &["error[config/value]", "a number from 1 to 65,535, not `70000`", "[listener.IncomingMail]"],
        ),
        ("listener set IncomingMail --port -1", &["not `-1`"]),
        (
            "listener set IncomingMail --interface Data1",
            &["there is no interface `Data1`; there is Data 1", "did you mean `Data 1`?"],
        ),
        ("listener set Other --port 25 --interface 'Data 1'", &["listener `IncomingMail` has 0.0.0.0 port 25 already"]),
        (
            "listener set IncomingMial --port 26",
            &["there was no listener `IncomingMial` before", "did you mean `IncomingMail`?"],
        ),
        ("listener set a/b --port 26 --interface 'Data 1'", &["`a/b` is no name"]),
        ("listener set IncomingMail", &["error[config/nothing-to-set]"]),
        ("listener set IncomingMail --domains example.com,EXAMPLE.com.", &["stands twice in `domains`"]),
        ("listener set IncomingMail --remove-domains example.com", &["`example.com` does not stand in `domains`"]),
        ("listener set Nothing --unset domains", &["error[listener/unknown]"]),
        ("listener show incomingmial", &["did you mean `IncomingMail`?"]),
        ("listener policy set Nothing ACCEPTED --tls off", &["error[listener/unknown]", "known: IncomingMail"]),
        (
            "listener policy set IncomingMail MINE --tls off",
            &["`action` is missing in [listener.IncomingMail.policy.MINE]"],
        ),
        (
            "listener group set IncomingMail X --policy RELAYED --senders host.example.com",
            &["addresses and networks only"],
        ),
        ("listener group set IncomingMail X --policy RELAYED --senders ::1 --before Y", &["there is no group `Y`"]),
        ("listener group remove IncomingMail X", &["error[listener-group/unknown]"]),
        ("route set 'a b.example' --hosts relay.example.net", &["contains a space"]),
        ("route set example.net --hosts relay_1.example.net", &["contains an underscore", "did you mean"]),
        ("route remove example.net", &["error[route/unknown]", "there is no route at all"]),
        ("bounce-profile set p --first-wait 2h", &["`first-wait` (2h) is longer than `longest-wait` (1h)"]),
        ("setting set limits.mesage-size 1M", &["error[setting/unknown]", "did you mean `limits.message-size`?"]),
        ("setting set message-size 1M", &["did you mean `limits.message-size`?"]),
        ("setting set limits 1M", &["it is a table with the settings limits.connections"]),
        (
            "setting set limits.message-size 3G",
            &["a size from 64K to 2G, not `3G`", "sealpost setting show limits.message-size"],
        ),
        ("setting set limits.message-size", &["takes one value, not 0"]),
        ("setting set limits.hops 5 6", &["takes one value, not 2"]),
        ("setting set limits.hops=5 limits.connections", &["`limits.connections` has no value"]),
        ("setting set --add limits.hops 5", &["`limits.hops` is no list"]),
        ("setting set ldap.host ldap.example.com", &["`base` is missing in [ldap]"]),
        ("setting set bounce-verification.keys topsecret", &["is a secret", "--from-file FILE"]),
        ("setting set tls.inbound.versions 1.1", &["TLS 1.1 does not exist here (RFC 8996)"]),
        ("sethostname https://gateway.example.com", &["did you mean `gateway.example.com`?"]),
    ];
    for (line, says) in cases {
        refused(&bench, line, says);
    }
    said(&bench, "listener set IncomingMail --exposure pubic").code(2).err_has("a similar value exists: 'public'");
}

#[test]
fn secrets_come_from_a_file_and_are_never_shown() {
    let bench = Bench::with_home();
    bench.write("new.key", "firstsecret\n");
    said(&bench, "setting set bounce-verification.keys --from-file new.key").code(0);
    bench.run(["change", "commit", "keys"]).code(0);
    let piped = run_with(
        bench.sealpost().args(["setting", "set", "--add", "bounce-verification.keys", "--from-file", "-"]),
        b"nextsecret\n",
    );
    piped.code(0).err_has("(secret) -> (secret)");
    assert!(staged(&bench).contains("keys = [\"nextsecret\", \"firstsecret\"]"), "{}", staged(&bench));
    let shown = [
        "change show",
        "change show --format json",
        "setting list",
        "setting show bounce-verification.keys --format json",
        "change commit",
        "change rollback",
    ];
    for line in shown {
        let run = said(&bench, line).code(0);
        assert!(!run.out.contains("firstsecret") && !run.out.contains("nextsecret"), "{line}: {}", run.out);
        assert!(!run.err.contains("firstsecret") && !run.err.contains("nextsecret"), "{line}: {}", run.err);
    }
    bench.run(["change", "rollback"]).code(0);
    bench.write("short.key", "short7!\n");
    refused(&bench, "setting set bounce-verification.keys --from-file short.key", &["has 8 to 255 characters, not 7"]);
}

/// Every kind of change to a file that a person wrote comments into.
#[test]
fn comments_of_a_person_survive_every_command() {
    let bench = Bench::with_home();
    bench.write("home/staged/sealpost.toml", HAND_WRITTEN);
    bench.run(["change", "commit", "by hand"]).code(0);
    bench.write("secret", "anothersecret\n");
    let commands = "
        interface set 'Data 1' --https 443
        interface set 'Data 1' --unset https
        interface set Data --address 192.0.2.7 --hostname mx7.example.com
        interface remove Data
        listener set IncomingMail --add-domains example.net --port 2525
        listener set IncomingMail --remove-domains example.org
        listener policy set IncomingMail ACCEPTED --message-size 1M
        listener policy set IncomingMail OTHER --action REJECT
        listener policy remove IncomingMail OTHER
        listener group set IncomingMail PARTNERS --add-senders 198.51.100.0/24
        listener group set IncomingMail FRIENDS --policy RELAYED --senders ::1 --first
        listener group set IncomingMail PARTNERS --first
        listener group remove IncomingMail PARTNERS
        listener set Second --interface 'Data 1' --port 26
        listener remove Second
        route set example.net --hosts other.example.net
        route remove example.net
        bounce-profile set patient --retries 7
        bounce-profile remove patient
        service set sandbox --port 1
        service remove sandbox
        setting set limits.hops 7
        setting set --unset limits
        setting set --add bounce-verification.keys --from-file secret
        sethostname other.example.com";
    let mut before = HAND_WRITTEN.to_owned();
    for line in commands.lines().map(str::trim).filter(|line| !line.is_empty()) {
        said(&bench, line).code(0);
        let text = staged(&bench);
        assert_ne!(text, before, "{line}");
        for comment in HAND_WRITTEN.lines().filter_map(|line| line.find("## ").map(|at| &line[at..])) {
            assert!(text.contains(comment), "{line} lost {comment:?}:\n{text}");
        }
        before = text;
    }
    bench.run(["change", "commit", "by command"]).code(0);
}

/// Comments that must survive begin with two signs.
const HAND_WRITTEN: &str = r#"## our gateway

[interface."Data 1"] ## the only line
address = "0.0.0.0" ## all
## the name in the certificate
hostname = "mx1.example.com"
# https = 443

## mail from the world
[listener.IncomingMail]
interface = "Data 1"
## assigned
port = 25 ## as everyone
domains = [
    ## ours
    "example.com", ## main
    "example.org",
]

## what the world may do
[listener.IncomingMail.policy.ACCEPTED]
tls = "off" ## not yet

## people we know
[[listener.IncomingMail.group]]
name = "PARTNERS"
policy = "RELAYED"
senders = ["192.0.2.0/24"]

## everyone else
[[listener.IncomingMail.group]]
name = "ALL" ## everyone
policy = "ACCEPTED"
senders = ["ALL"]

## slow ones
[bounce-profile.patient]
retries = 500

## where mail goes
[route."Example.net"]
hosts = ["relay.example.net"]

## files are looked at here
[service.sandbox]
host = "sandbox.example.com"
port = 8443

[bounce-verification]
## the first tags
keys = ["onesecret"]

## as much as we take
[limits]
hops = 9

[system]
hostname = "gateway.example.com"
## the end
"#;

/// A home that was made before there were policies, destinations and roles.
#[test]
fn the_configuration_of_an_earlier_sealpost_still_loads() {
    let bench = Bench::with_home();
    bench.write(
        "home/staged/sealpost.toml",
        "# The configuration of this mail gateway. Edit it under staged/, then: sealpost change show, sealpost change commit.

[interface.\"Data 1\"]
address = \"0.0.0.0\"
hostname = \"mx1.example.com\"

# A listener accepts mail on an interface.
[listener.IncomingMail]
interface = \"Data 1\"
port = 25

[delivery]
interface = \"auto\"
",
    );
    bench.run(["change", "commit", "as it was"]).code(0);
    let listener = said(&bench, "listener show IncomingMail --format json").code(0).json();
    let group = |index: usize| listener["groups"][index].clone();
    assert_eq!(
        (group(0)["senders"].clone(), group(0)["action"].as_str()),
        (serde_json::json!(["127.0.0.0/8", "::1"]), Some("RELAY"))
    );
    assert_eq!(
        (group(1)["senders"].clone(), group(1)["action"].as_str()),
        (serde_json::json!(["ALL"]), Some("ACCEPT"))
    );
    // Groups that were there without being written are written before another joins them.
    said(&bench, "listener group set IncomingMail PARTNERS --policy RELAYED --senders 192.0.2.0/24").code(0);
    said(&bench, "listener group list IncomingMail")
        .code(0)
        .out_has("RELAYLIST   127.0.0.0/8, ::1   RELAYED    RELAY    off\nPARTNERS    192.0.2.0/24");
}
