//! Every table with good text and with bad, and a good file that is damaged at random.

use std::time::Duration;

use super::*;

/// Every table and key, with values that are not the defaults.
const WHOLE: &str = r#"
[system]
hostname = "gateway.example.com"

[interface."Data 1"]
address = "192.0.2.1"
hostname = "mx1.example.com"
https = 443

[interface.Management]
address = "2001:db8::1"
hostname = "manage.example.com"

[listener.IncomingMail]
interface = "Data 1"
port = 25
exposure = "public"
implicit-tls = false
domains = ["Example.com", ".example.com", "bücher.example"]
recipients = ["User@example.com", "@.example.com"]

[listener.IncomingMail.policy.ACCEPTED]
tls = "preferred"
tls-senders = ["@example.org", "a@example.net"]
verify-client = true
client-usage = "any"
message-size = "20M"
recipients-per-message = 50
messages-per-connection = 10
connections-per-address = 5

[listener.IncomingMail.policy.LOCKED]
action = "tcprefuse"

[[listener.IncomingMail.group]]
name = "PARTNERS"
policy = "RELAYED"
senders = ["192.0.2.0/24", "2001:db8::1"]

[[listener.IncomingMail.group]]
name = "BAD"
policy = "LOCKED"
senders = [".spam.example", "host.example.net"]

[[listener.IncomingMail.group]]
name = "ALL"
policy = "ACCEPTED"
senders = ["ALL"]

[listener.Submission]
interface = "Management"
port = 465
exposure = "private"
implicit-tls = true

[delivery]
interface = "Management"

[destination]
concurrency = 20
tls = "preferred"
recipients = "1000 per 60 minutes"

[destination."example.org"]
concurrency = 1
messages-per-connection = 1_000
recipients = "no limit"
limit-scope = "mx-address"
limit-apply = "interface"
tls = "required-verify-hosted"
bounce-verification = true
bounce-profile = "patient"
ip-preference = "require-v4"
verify-names = ["mx.example.org"]
mx-names = "dnssec"
tls-alert = true
client-certificate-required = true

[destination.".example.org"]

[bounce-profile.patient]
retries = 500
longest-in-queue = "5d"
first-wait = "2m"
longest-wait = "1h30m"
delay-warning = "4h"

[bounce-verification]
keys = ["new secret", "old secret"]
reject = true

[route."example.net"]
hosts = ["relay.example.net", "192.0.2.7:2525/pri=10", "[2001:db8::7]:26", "2001:db8::8"]

[route.ALL]
hosts = []

[role]
"listener:IncomingMail" = ["mx-ec", "mx-rsa"]
"listener:IncomingMail/Www.Example.com" = "www"
outbound = "client"
"outbound:Example.org" = "client-2"
"https:Data 1" = "pages"
ldap = "client"
urlfilter = "client"
"service:sandbox" = "client"

[ldap]
host = "ldap.example.com"
tls = "implicit"
base = "ou=People\\, all,dc=example,dc=com"
client-certificate-required = true

[urlfilter]
host = "reputation.example.com"

[service.sandbox]
host = "sandbox.example.com"
port = 8443
tls = "no"

[authorities]
system = false
custom = true

[alerts]
to = ["postmaster@example.com"]
from = "alerts@example.com"
tls-required = true

[tls.inbound]
versions = ["1.3"]
[tls.outbound]
ciphers = ["TLS_AES_128_GCM_SHA256", "ecdhe-rsa-aes128-gcm-sha256"]
[tls.https]
versions = ["TLSv1.2", "1.3"]

[dns]
servers = ["192.0.2.53", "[2001:db8::53]:5353"]

[limits]
connections = 10
message-size = 1_048_576
command-timeout = "10s"

[log]
json = true
rotate-size = "1M"
keep = 0

[metrics]
address = "127.0.0.1:9153"
"#;

fn texts<T: ToString>(list: impl IntoIterator<Item = T>) -> Vec<String> {
    list.into_iter().map(|element| element.to_string()).collect()
}

#[test]
fn listeners_are_read_whole() {
    let read = Configuration::parse(WHOLE).unwrap_or_else(|problems| panic!("{problems:#?}"));
    assert_eq!(read.interfaces[0].https, Some(443));
    let listener = read.listener("IncomingMail").unwrap();
    assert_eq!(texts(&listener.domains), ["example.com", ".example.com", "xn--bcher-kva.example"]);
    assert_eq!(texts(listener.recipients.iter().flatten()), ["User@example.com", "@.example.com"]);
    let accepted = listener.policy("ACCEPTED").unwrap();
    assert_eq!((accepted.action, accepted.tls), (Action::Accept, ListenerTls::Preferred));
    assert_eq!((accepted.message_size, accepted.client_usage), (Some(20 << 20), ClientUsage::Any));
    assert_eq!(listener.policy("LOCKED").unwrap().action, Action::TcpRefuse);
    assert_eq!(listener.policy("RELAYED").unwrap().action, Action::Relay);
    let senders = texts(listener.groups.iter().flat_map(|group| &group.senders));
    assert_eq!(senders, ["192.0.2.0/24", "2001:db8::1", ".spam.example", "host.example.net", "ALL"]);
    let submission = read.listener("Submission").unwrap();
    assert_eq!((submission.exposure, submission.implicit_tls), (Exposure::Private, true));
}

#[test]
fn deliveries_are_read_whole() {
    let read = Configuration::parse(WHOLE).unwrap();
    assert_eq!(read.delivery_interface().unwrap().name, "Management");
    let row = read.destinations.controls(Some(&"example.org".parse().unwrap()));
    assert_eq!((row.concurrency, row.messages_per_connection, row.recipients), (1, 1_000, None));
    assert_eq!((row.tls, row.tls_alert), (DeliveryTls::RequiredVerifyHosted, Some(true)));
    assert_eq!(row.bounce_profile.as_deref(), Some("patient"));
    let below = read.destinations.controls(Some(&"a.example.org".parse().unwrap()));
    assert_eq!((below.concurrency, below.tls), (20, DeliveryTls::Preferred));
    assert_eq!(below.recipients, Some(RecipientLimit { recipients: 1_000, minutes: 60 }));
    assert_eq!(read.bounce_profile(Some("patient")).longest_wait, Duration::from_secs(5_400));
    assert_eq!(read.bounce_profile(None), BounceProfile::default());
    assert_eq!(read.bounce_verification.keys.len(), 2);
    let targets = texts(&read.routes[0].targets);
    assert_eq!(targets, ["relay.example.net", "[192.0.2.7]:2525/pri=10", "[2001:db8::7]:26", "[2001:db8::8]"]);
    assert_eq!(read.routes[1], Route { domain: None, targets: Vec::new() });
}

#[test]
fn the_rest_is_read_whole() {
    let read = Configuration::parse(WHOLE).unwrap();
    assert_eq!(read.system.hostname.as_ref().map(HostName::as_str), Some("gateway.example.com"));
    let roles = texts(read.roles.bound.keys());
    assert!(roles.contains(&"listener:IncomingMail/www.example.com".to_owned()), "{roles:?}");
    assert!(roles.contains(&"outbound:example.org".to_owned()), "{roles:?}");
    let ldap = read.ldap.unwrap();
    assert_eq!((ldap.server.port, ldap.server.tls), (636, ClientTls::Implicit));
    assert_eq!((read.urlfilter.unwrap().port, read.services[0].port), (443, 8443));
    assert_eq!(read.authorities, Authorities { system: false, custom: true });
    assert!(read.alerts.tls_required);
    assert_eq!(read.tls.inbound.versions, [TlsVersion::V1_3]);
    assert_eq!(read.tls.outbound.ciphers.unwrap()[1], "ECDHE-RSA-AES128-GCM-SHA256");
    assert_eq!(texts(&read.dns.servers), ["192.0.2.53:53", "[2001:db8::53]:5353"]);
    assert_eq!((read.limits.connections, read.limits.message_size, read.limits.hops), (10, 1 << 20, 100));
    assert_eq!(read.limits.command_timeout, Duration::from_secs(10));
    assert_eq!((read.log.json, read.log.rotate_size, read.log.keep), (true, 1 << 20, 0));
    assert_eq!(read.metrics.address, Some("127.0.0.1:9153".parse().unwrap()));
}

#[test]
fn a_listener_without_groups_relays_for_this_machine_alone() {
    let home =
        "[interface.a]\naddress = \"::\"\nhostname = \"a.example\"\n[listener.In]\ninterface = \"a\"\nport = 25\n";
    for (exposure, rest) in [("public", Action::Accept), ("private", Action::Reject)] {
        let read = Configuration::parse(&format!("{home}exposure = \"{exposure}\"")).unwrap();
        let listener = &read.listeners[0];
        let actions: Vec<(String, Action)> = listener
            .groups
            .iter()
            .map(|group| (texts(&group.senders).join(" "), listener.policy(&group.policy).unwrap().action))
            .collect();
        assert_eq!(actions, [("127.0.0.0/8 ::1".to_owned(), Action::Relay), ("ALL".to_owned(), rest)]);
        assert!(listener.policies.iter().all(|policy| policy.tls == ListenerTls::Off));
    }
}

/// What help says holds without a key is what holds.
#[test]
fn defaults_are_what_the_keys_say() {
    let first = Configuration::first(&"mx1.example.com".parse().unwrap());
    let mut edit = Edit::of(&first).unwrap();
    let optional = |table: &&&TableKeys| !matches!(table.path, ["ldap" | "urlfilter"]);
    for table in SETTINGS.iter().filter(optional) {
        for key in table.keys {
            let Some(default) = key.default else { continue };
            let value: toml_edit::Value = match key.kind {
                Kind::Switch => (default == "true").into(),
                Kind::Number { .. } => default.parse::<i64>().unwrap().into(),
                Kind::List(_) => default.split(' ').collect::<toml_edit::Array>().into(),
                _ => default.into(),
            };
            edit.set(table.path, key.name, value);
        }
    }
    let (written, bare) = (Configuration::parse(&edit.text()).unwrap(), Configuration::parse(&first).unwrap());
    assert_eq!(Configuration { text: String::new(), ..written }, Configuration { text: String::new(), ..bare });
}

/// A file that is good but for these lines, and the one thing said about them: line within them, message, suggestion.
#[track_caller]
fn refused(lines: &str, line: usize, message: &str, suggestion: Option<&str>) {
    const GOOD: &str = "[interface.a]\naddress = \"192.0.2.1\"\nhostname = \"a.example\"\n";
    let problems = Configuration::parse(&format!("{GOOD}{lines}")).expect_err(lines);
    let found = problems.iter().find(|problem| problem.message.contains(message));
    let found = found.unwrap_or_else(|| panic!("nothing says {message:?}: {problems:#?}"));
    assert_eq!((found.line, found.suggestion.as_deref()), (line + 3, suggestion), "{problems:#?}");
    assert_eq!(problems.len(), 1, "{problems:#?}");
}

#[test]
fn interfaces_and_listeners() {
    refused("https = 70000", 1, "`https` must be a number from 1 to 65,535, not `70000`", None);
    refused("[interface.b]\naddress = \"192.0.2.300\"\nhostname = \"b\"", 2, "`192.0.2.300` is no IP address", None);
    refused("[interface.b]\naddress = \"::\"", 1, "`hostname` is missing in [interface.b]", None);
    refused("[interface.b]\naddress = \"::\"\nhostname = \"mx_1\"", 3, "contains an underscore", Some("mx-1"));
    refused("[interface.\"a/b\"]", 1, "`a/b` is no name", None);
    refused("[listener.In]\ninterface = \"b\"\nport = 25", 2, "there is no interface `b`; there is a", Some("a"));
    refused("[listener.In]\ninterface = \"a\"\nport = \"25\"", 3, "a number from 1 to 65,535, not `25`", None);
    refused("[listener.In]\ninterface = \"a\"", 1, "`port` is missing in [listener.In]", None);
    let one = "[listener.In]\ninterface = \"a\"\nport = 25\n";
    let with = |lines: &str| format!("{one}{lines}");
    let two = with("[listener.Out]\ninterface = \"a\"\nport = 25");
    refused(&two, 6, "listener `In` has 192.0.2.1 port 25 already", None);
    refused(&format!("https = 25\n{one}"), 4, "the admin pages of interface `a` has 192.0.2.1 port 25", None);
    refused(&with("exposure = \"pubic\""), 4, "must be one of public, private, not `pubic`", Some("public"));
    refused(&with("domains = \"a.example\""), 4, "`domains` must be a list", Some("[\"a.example\"]"));
    refused(&with("domains = [\"a.example\", \"A.example.\"]"), 4, "`A.example.` stands twice", None);
    refused(&with("domains = [\"*.a.example\"]"), 4, "written with a dot in front", Some(".a.example"));
    refused(&with("domains = [1]"), 4, "`domains` must be a list of domains", None);
    refused(&with("recipients = [\"a.example\"]"), 4, "it has no @", Some("@a.example"));
    refused(&with("recipients = [\"a b@a.example\"]"), 4, "needs no address", None);
}

#[test]
fn policies() {
    let one = |lines: &str| format!("[listener.In]\ninterface = \"a\"\nport = 25\n[listener.In.policy.P]\n{lines}");
    let policy = |lines: &str| one(&format!("action = \"ACCEPT\"\n{lines}"));
    refused(&one(""), 4, "`action` is missing in [listener.In.policy.P]", None);
    refused(&one("action = \"RELY\""), 5, "one of ACCEPT, RELAY, REJECT, TCPREFUSE, not `RELY`", Some("RELAY"));
    refused(&policy("tls = \"requierd\""), 6, "one of off, preferred, required, not `requierd`", Some("required"));
    refused(&policy("tls-senders = [\"@a.example\"]"), 6, "`tls` is off", None);
    refused(&policy("verify-client = true"), 6, "`verify-client` needs TLS", None);
    refused(&policy("message-size = \"3G\""), 6, "`message-size` must be a size from 64K to 2G, not `3G`", None);
}

#[test]
fn groups() {
    const ONE: &str = "[listener.In]\ninterface = \"a\"\nport = 25\n";
    let group = |name: &str, policy: &str, senders: &str| {
        format!("[[listener.In.group]]\nname = \"{name}\"\npolicy = \"{policy}\"\nsenders = [{senders}]\n")
    };
    let all = group("ALL", "ACCEPTED", "\"ALL\"");
    let with = |group: String| format!("{ONE}{group}{all}");
    refused(&with(group("A", "ACEPTED", "\"192.0.2.1\"")), 6, "has no policy `ACEPTED`", Some("ACCEPTED"));
    refused(&with(group("A", "RELAYED", "\"a.example\"")), 7, "takes addresses and networks only", None);
    refused(&with(group("A", "ACCEPTED", "\"192.0.2.1/24\"")), 7, "behind its prefix", Some("192.0.2.0/24"));
    refused(&with(group("A", "ACCEPTED", "\"192.0.2.0/33\"")), 7, "is no network", None);
    refused(&with(group("A", "ACCEPTED", "")), 7, "takes nobody", None);
    refused(&with(group("ALL", "ACCEPTED", "\"192.0.2.1\"")), 9, "there is a group `ALL` already", None);
    refused(&with(group("A", "BLOCKED", "\"ALL\"")), 11, "the group `A` before it takes ALL", None);
    let last = format!("{ONE}{}", group("A", "ACCEPTED", "\"192.0.2.1\""));
    refused(&last, 7, "the last group must take the rest", Some("[\"ALL\"]"));
    refused(&format!("{ONE}group = []"), 4, "write each group as [[listener.In.group]]", None);
    let incomplete = "[[listener.In.group]]\nname = \"A\"\nsenders = [\"192.0.2.1\"]\n".to_owned();
    refused(&with(incomplete), 4, "`policy` is missing", None);
}

#[test]
fn destinations() {
    refused("[destination]\nconcurrency = 0", 2, "`concurrency` must be a number from 1 to 1,000, not `0`", None);
    refused("[destination]\nmessages-per-connection = 1001", 2, "a number from 1 to 1,000, not `1001`", None);
    refused("[destination]\nrecipients = \"9 per 61 minutes\"", 2, "0 to 1,000,000,000 per 1 to 60 minutes", None);
    refused("[destination]\nrecipients = \"1000000001/1\"", 2, "not `1000000001/1`", None);
    refused("[destination]\ntsl = \"no\"", 2, "unknown key `tsl` in [destination]", Some("tls"));
    refused("[destination.\"a.example\"]\ntls = true", 2, "`tls` must be one of no, preferred", None);
    refused("[destination.\"a.example\"]\n[destination.\"A.EXAMPLE\"]", 2, "destination `a.example` already", None);
    refused(
        "[destination.\"bü.example\"]\n[destination.\"xn--b-eha.example\"]",
        2,
        "destination `xn--b-eha.example` already",
        None,
    );
    refused("[destination.\"a_b.example\"]", 1, "contains an underscore", Some("a-b.example"));
    refused("[destination.\".a b.example\"]", 1, "contains a space", Some(".a-b.example"));
    let reference = "[destination]\nbounce-profile = \"patint\"\n[bounce-profile.patient]";
    refused(reference, 2, "there is no bounce-profile `patint`", Some("patient"));
}

#[test]
fn bounces_and_routes() {
    refused("[bounce-profile.p]\nretries = -1", 2, "`retries` must be a number from 0 to 10,000, not `-1`", None);
    refused("[bounce-profile.p]\nfirst-wait = 60", 2, "a time from 1s to 7d, not `60`", Some("\"60s\""));
    refused("[bounce-profile.p]\nfirst-wait = \"2h\"", 2, "(2h) is longer than `longest-wait` (1h)", None);
    refused("[bounce-profile.p]\nlongest-in-queue = \"31d\"", 2, "from 1m to 30d", None);
    refused("[bounce-verification]\nkeys = [\"short\"]", 2, "has 8 to 255 characters, not 5", None);
    refused("[route.\"a.example\"]", 1, "`hosts` is missing", None);
    refused("[route.all]\nhosts = []\n[route.ALL]\nhosts = []", 3, "there is a route `ALL` already", None);
    let hosts = |list: &str| format!("[route.\"a.example\"]\nhosts = [{list}]");
    refused(&hosts("\"b.example:0\""), 2, "the port of `b.example:0`", None);
    refused(&hosts("\"b.example/pri=x\""), 2, "the priority of `b.example/pri=x`", None);
    refused(&hosts("\"smtp://b.example\""), 2, "must be a number from 1 to 65,535", None);
    refused(&hosts("\"b.example\", \"b.example:25\""), 2, "stands twice", None);
}

#[test]
fn roles_and_services() {
    refused("[role]\n\"listner:In\" = \"p\"", 2, "is no role", None);
    refused("[role]\n\"listener:In\" = \"p\"", 2, "there is no listener `In`; none is configured", None);
    refused("[role]\n\"https:b\" = \"p\"", 2, "there is no interface `b`", Some("a"));
    refused("[role]\n\"service:b\" = \"p\"", 2, "there is no service `b`", None);
    refused("[role]\noutbound = \"../p\"", 2, "`../p` is no profile", None);
    refused("[role]\noutbound = [\"p\", \"q\"]", 2, "is a client and shows one profile, not 2", None);
    refused("[role]\n\"https:a\" = [\"p\", \"q\", \"r\"]", 2, "at most one ECDSA and one RSA profile, not 3", None);
    refused("[role]\n\"https:a\" = []", 2, "bound to no profile", None);
    refused("[role]\n\"https:a\" = [\"p\", \"p\"]", 2, "`p` stands twice", None);
    let twice = "[role]\n\"outbound:A.example\" = \"p\"\n\"outbound:a.example\" = \"p\"";
    refused(twice, 3, "`outbound:a.example` is bound already", None);
    refused("[ldap]\nhost = \"l.example\"", 1, "`base` is missing", None);
    refused("[ldap]\nhost = \"l.example\"\nbase = \"example\"", 3, "`base` must be a distinguished name", None);
    refused("[urlfilter]\nport = 443", 1, "`host` is missing", None);
    refused("[service.s]\nhost = \"s.example\"", 1, "`port` is missing", None);
    refused("[service.s]\nhost = \"s.example\"\nport = 1\ntls = \"x\"", 4, "one of no, starttls, implicit", None);
}

#[test]
fn small_tables() {
    refused("[system]\nhostname = \"192.0.2.1\"", 2, "is an IP address, not a host name", None);
    refused("[delivery]\ninterface = \"A\"", 2, "there is no interface `A`", Some("a"));
    refused("[authorities]\nsystem = \"yes\"", 2, "`system` must be true or false, not `yes`", None);
    refused("[alerts]\nto = [\"@a.example\"]", 2, "nothing stands before the @", None);
    refused("[tls.inbound]\nversions = [\"1.1\"]", 2, "TLS 1.1 does not exist here (RFC 8996)", None);
    refused("[tls.inbound]\nversions = []", 2, "`versions` is empty", None);
    refused("[tls.inbound]\nciphers = [\"TLS_AES_128_GCM_SHA256\"]", 2, "no cipher of TLS 1.2 is listed", None);
    refused("[tls.outbuond]", 1, "unknown key `outbuond` in [tls]", Some("outbound"));
    let cipher =
        "[tls.https]\nversions = [\"1.3\"]\nciphers = [\"TLS_AES_128_GCM_SHA256\", \"TLS_AES_256_GCM_SHA385\"]";
    refused(cipher, 3, "there is no cipher", Some("TLS_AES_256_GCM_SHA384"));
    refused("[dns]\nservers = [\"dns.example\"]", 2, "`dns.example` is no IP address", None);
    refused("[limits]\nconnections = 0", 2, "from 1 to 1,000,000", None);
    refused("[limits]\ncommand-timeout = \"0s\"", 2, "from 1s to 1h", None);
    refused("[log]\nrotate-size = \"1K\"", 2, "from 64K to 64G", None);
    refused("[metrics]\naddress = \"127.0.0.1\"", 2, "lacks a port", None);
    refused("[metrics]\naddress = \"0.0.0.0:9153\"", 2, "from the network", Some("127.0.0.1:9153"));
    refused("[[limits]]", 1, "`limits` must be a table", None);
}

/// A pseudo-random sequence that a failed run can be repeated with (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

const PIECES: [&str; 20] = [
    "\"",
    "[",
    "]",
    "[[",
    "=",
    "\n",
    "{",
    "}",
    ".",
    ",",
    "0",
    "-1",
    "99999999999",
    "true",
    "ALL",
    "é",
    "\0",
    "#",
    "'''",
    "[role]\n",
];

/// One to four times: a piece put in, a stretch cut out, or a stretch copied elsewhere.
fn damaged(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut text: Vec<char> = WHOLE.chars().collect();
    for _ in 0..=dice.below(4) {
        let at = dice.below(text.len());
        let to = (at + dice.below(30)).min(text.len());
        match dice.below(3) {
            0 => drop(text.splice(at..at, PIECES[dice.below(PIECES.len())].chars())),
            1 => drop(text.splice(at..to, "".chars())),
            _ => {
                let copied: Vec<char> = text[at..to].to_vec();
                let at = dice.below(text.len());
                text.splice(at..at, copied);
            }
        }
    }
    text.into_iter().collect()
}

/// `SEALPOST_CONFIGURATION_SEEDS` runs it longer.
#[test]
fn a_damaged_file_is_read_or_refused_with_places_inside_it() {
    let count = std::env::var("SEALPOST_CONFIGURATION_SEEDS").ok().and_then(|text| text.parse().ok());
    for seed in 0..count.unwrap_or(1_500) {
        let text = damaged(seed);
        let Err(problems) = Configuration::parse(&text) else { continue };
        assert!(!problems.is_empty(), "seed {seed}");
        for problem in problems {
            let line = text.split('\n').nth(problem.line - 1);
            let line = line.unwrap_or_else(|| panic!("seed {seed}: {problem:?}"));
            let end = problem.column - 1 + problem.width;
            assert!(end <= line.chars().count() + 1, "seed {seed}: {problem:?} in {line:?}");
        }
    }
}
