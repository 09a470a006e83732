//! The dialogues beside `certconfig` and `destconfig`: what each stages, and that an end in the middle of an operation stages nothing.

use crate::support::Bench;
use crate::transcript::{answer, snapshot, staged_text};

/// A home with the committed profile `mx`.
fn home() -> Bench {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com", "--commit", "x"]).code(0);
    bench
}

/// The answers do this to the staged text, and every shorter list of them either leaves it alone with 2, or ends at a menu with 0.
#[track_caller]
fn stages(dialogue: &str, answers: &[&str], wanted: &[&str]) {
    let bench = home();
    let run = answer(&bench, dialogue, answers).code(0);
    let text = staged_text(&bench);
    for line in wanted {
        assert!(text.contains(line), "{line}\n--- in\n{text}\n--- after\n{}", run.out);
    }
    for length in 0..answers.len() {
        let bench = home();
        let before = snapshot(&bench);
        let run = answer(&bench, dialogue, &answers[..length]);
        assert!(run.code == 0 || (run.code == 2 && run.err.contains("input ended")), "{length}: {run:?}");
        if run.code == 2 && !run.out.contains("\nstaged: ") && !run.out.contains("bound") {
            assert_eq!(snapshot(&bench), before, "after {length} answers");
        }
    }
}

#[test]
fn interfaceconfig() {
    let new = ["new", "Data 2", "192.0.2.2", "mx2.example.com", "y", "", "n", ""];
    stages(
        "interfaceconfig",
        &new,
        &["\n[interface.\"Data 2\"]\naddress = \"192.0.2.2\"\nhostname = \"mx2.example.com\"\nhttps = 443\n"],
    );
    stages("interfaceconfig", &["edit", "", "", "mx9.example.com", "", ""], &["hostname = \"mx9.example.com\"\n"]);
    let bench = home();
    let run = answer(
        &bench,
        "interfaceconfig",
        &["new", "x", "not an address", "mx2.example.com", "n", "delete", "Data 1", ""],
    )
    .code(2);
    assert!(run.out.contains("is no IP address") && run.out.contains("error[interface/in-use]"), "{}", run.out);
}

#[test]
fn listenerconfig() {
    let new = ["new", "2", "Submission", "", "587", ""];
    stages(
        "listenerconfig",
        &new,
        &["\n[listener.Submission]\ninterface = \"Data 1\"\nport = 587\nexposure = \"private\"\n"],
    );
    let certificate = ["edit", "IncomingMail", "certificate", "mx", "", ""];
    stages("listenerconfig", &certificate, &["\"listener:IncomingMail\" = \"mx\""]);
    // The way to TLS: the policy that the world gets.
    let tls = ["edit", "", "hostaccess", "policy", "ACCEPTED", "2", "@partner.example", "n", "", "", ""];
    stages("listenerconfig", &tls, &["tls = \"preferred\"", "tls-senders = [\"@partner.example\"]"]);
    stages(
        "listenerconfig",
        &["edit", "", "rcptaccess", "example.com, .example.com", "", ""],
        &["domains = [\"example.com\", \".example.com\"]"],
    );
    let group = ["edit", "", "hostaccess", "new", "PARTNERS", "192.0.2.0/24", "1", "", "", ""];
    stages("listenerconfig", &group, &["name = \"PARTNERS\"", "senders = [\"192.0.2.0/24\"]"]);
}

#[test]
fn deliveryconfig() {
    stages("deliveryconfig", &["setup", "2", ""], &["[delivery]\ninterface = \"Data 1\""]);
    let run = answer(&home(), "deliveryconfig", &["setup", "", ""]).code(0);
    assert!(
        run.out.contains("1. Auto\n2. Data 1 (0.0.0.0: mx1.example.com)\n[1]> \nNothing was changed.\n"),
        "{}",
        run.out
    );
}

#[test]
fn ldapconfig_and_websecurityconfig() {
    let edit = ["edit", "ldap.example.com", "3", "", "dc=example,dc=com", "setup", "mx", ""];
    stages(
        "ldapconfig",
        &edit,
        &["[ldap]\nhost = \"ldap.example.com\"", "tls = \"implicit\"", "base = \"dc=example,dc=com\"", "ldap = \"mx\""],
    );
    stages(
        "websecurityconfig",
        &["y", "urls.example.com", "y", "mx"],
        &["[urlfilter]\nhost = \"urls.example.com\"", "urlfilter = \"mx\""],
    );
    let run = answer(&home(), "websecurityconfig", &["y", "urls.example.com", ""]).code(0);
    let question = "\nDo you want to set client certificate for URL filtering service authentication? [N]> ";
    assert!(run.out.contains(question), "{}", run.out);
}

#[test]
fn alertconfig_and_smtproutes() {
    let alerts =
        ["new", "a@example.com", "new", "b@example.com", "delete", "1", "setup", "y", "from", "c@example.com", ""];
    stages("alertconfig", &alerts, &["to = [\"b@example.com\"]", "tls-required = true", "from = \"c@example.com\""]);
    let routes = ["new", ".example.com", "relay.example.net:2525, [192.0.2.1]", "print", ""];
    stages(
        "smtproutes",
        &routes,
        &["\n[route.\".example.com\"]\nhosts = [\"relay.example.net:2525\", \"[192.0.2.1]\"]\n"],
    );
    let bench = home();
    answer(&bench, "smtproutes", &["new", "example.com", "relay.example.net", ""]).code(0);
    let run = answer(&bench, "smtproutes", &["edit", "", "other.example.net", "print", "delete", "1", ""]).code(0);
    assert!(run.out.contains("1. example.com -> other.example.net\n"), "{}", run.out);
    assert!(run.out.contains("There are currently 0 routes configured."), "{}", run.out);
}

#[test]
fn sslconfig() {
    let inbound = ["inbound", "2", "TLS_AES_256_GCM_SHA384", ""];
    stages("sslconfig", &inbound, &["[tls.inbound]\nversions = [\"1.3\"]\nciphers = [\"TLS_AES_256_GCM_SHA384\"]\n"]);
    let run = answer(&home(), "sslconfig", &["outbound", "", "NONSENSE", ""]).code(2);
    assert!(run.out.contains("NONSENSE"), "{}", run.out);
}

#[test]
fn bounceconfig() {
    stages(
        "bounceconfig",
        &["new", "patient", "50", "5d", "", "7200", "y", "", ""],
        &[
            "[bounce-profile.patient]\n",
            "retries = 50\n",
            "longest-in-queue = \"5d\"\n",
            "longest-wait = \"7200s\"\n",
            "delay-warning = \"14400s\"\n",
        ],
    );
    stages(
        "bounceconfig",
        &["edit", "1", "10", "", "", "", "", ""],
        &["[bounce-profile.\"(Default)\"]\nretries = 10\n"],
    );
    let bench = home();
    let run =
        answer(&bench, "bounceconfig", &["edit", "1", "", "soon", "", "", "", "edit", "1", "", "", "", "", "", ""])
            .code(2);
    assert!(run.out.contains("error[") && run.out.contains("Nothing was changed."), "{}", run.out);
}
