//! `sealpost role …`: which service presents which profile, what may be bound to it, and where the lists say so.

use crate::support::Bench;
use crate::support::authority::{Answer, Authority};

const LISTENER: &str = "listener:IncomingMail";

/// A profile with an RSA key, one with an ECDSA key, and one that waits for its authority.
fn bench() -> Bench {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "mx", "--cn", "mx1.example.com"]).code(0);
    bench.run(["cert", "new", "mx-rsa", "--cn", "mx1.example.com", "--key-type", "rsa-2048"]).code(0);
    bench.run(["cert", "new", "other", "--cn", "mx1.example.com"]).code(0);
    bench.run(["cert", "request", "waiting", "--cn", "mx1.example.com"]).code(0);
    bench.run(["change", "commit", "profiles"]).code(0);
    bench
}

fn configuration(bench: &Bench, which: &str) -> String {
    String::from_utf8(bench.read(&format!("home/{which}/sealpost.toml"))).unwrap()
}

#[test]
fn a_self_signed_or_demo_certificate_is_bound_and_committed_with_its_warning_alone() {
    let bench = bench();
    bench
        .run(["role", "bind", LISTENER, "mx"])
        .code(0)
        .err_has("warning[chain/self-signed-leaf]")
        .err_has("staged: listener:IncomingMail presents mx: mx1.example.com, valid until ")
        .err_has("(before: Demo)")
        .err_has("next: sealpost change commit");
    let committed = bench.run(["change", "commit", "self-signed"]).code(0);
    let committed = committed.err_has("warning[chain/self-signed-leaf]").err_has("presented by listener:IncomingMail");
    committed.err_has("committed revision 3: listener:IncomingMail: Demo (nothing bound) -> mx");
    bench
        .run(["role", "bind", LISTENER, "Demo", "--commit", "back to Demo"])
        .code(0)
        .err_has("warning[role/demo]: listener:IncomingMail presents the Demo certificate")
        .err_has("committed revision 4: listener:IncomingMail presents Demo");
    bench
        .run(["role", "unbind", LISTENER, "--commit", "nothing at all"])
        .code(0)
        .err_has("presents Demo (the built-in certificate, which proves nothing)");
}

#[test]
fn openssls_own_self_signed_certificate_is_bound_and_committed() {
    crate::needs!("openssl");
    let bench = Bench::with_home();
    let make =
        "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -days 30 -subj /CN=mx1.example.com 2>&1";
    bench.shell(make).code(0);
    bench.run(["cert", "import", "mx", "k.pem", "c.pem"]).code(0);
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    // It says that it is an authority and has no subjectAltName: not a reason to stop mail.
    bench.run(["change", "commit", "x"]).code(0).err_has("warning[chain/self-signed-leaf]");
}

#[test]
fn the_list_shows_every_role_and_cries_where_it_falls_back_to_demo() {
    let bench = bench();
    bench.shell("printf '\\n[interface.Inside]\\naddress = \"127.0.0.1\"\\nhostname = \"in.example.com\"\\nhttps = 8443\\n' >> home/staged/sealpost.toml").code(0);
    bench.run(["role", "bind", LISTENER, "mx", "mx-rsa"]).code(0);
    bench.run(["role", "bind", "outbound:example.org", "other"]).code(0);
    bench.run(["role", "bind", "listener:IncomingMail/mail.example.com", "other"]).code(0);
    let listed = bench.run(["role", "list"]).code(0);
    let rows: Vec<Vec<&str>> = listed
        .out
        .lines()
        .map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect())
        .collect();
    assert_eq!(rows[0], ["Role", "Profile", "Names", "Remaining", "Health", "Staged"]);
    let found = |row: usize| rows[row].clone();
    assert_eq!(found(2), [LISTENER, "mx", "mx1.example.com", "396 days", "warning: chain/self-signed-leaf", "changed"]);
    assert_eq!(found(3)[..2], ["mx-rsa", "mx1.example.com"]);
    assert_eq!(found(4)[..2], ["listener:IncomingMail/mail.example.com", "other"]);
    assert_eq!(found(5)[..2], ["outbound", "(no certificate)"]);
    assert_eq!(found(6)[..2], ["outbound:example.org", "other"]);
    assert_eq!(found(7)[..2], ["https:Inside", "Demo (NOTHING BOUND)"]);
    listed.err_has("warning[role/demo]: nothing is bound here").err_has("presented by https:Inside");
    let json = bench.run(["role", "list", "--format", "json"]).code(0).json();
    let schema = bench.run(["schema", "sealpost.role-list/1"]).code(0).json();
    assert!(jsonschema::is_valid(&schema, &json), "{json:#}");
    let roles = json["roles"].as_array().unwrap();
    let told = |role: &str| roles.iter().find(|one| one["role"] == role).unwrap();
    assert_eq!(
        (&told("https:Inside")["binding"], &told("https:Inside")["health"]),
        (&"demo".into(), &"warning".into())
    );
    assert_eq!((&told("outbound")["binding"], &told("outbound")["health"]), (&"none".into(), &"nothing".into()));
    assert_eq!(told(LISTENER)["hostname"], "mx1.example.com");
}

#[test]
fn what_is_not_bound_itself_inherits_and_says_from_where() {
    let bench = bench();
    bench.run(["role", "bind", "outbound", "mx"]).code(0);
    bench.run(["role", "bind", "outbound:example.org", "other"]).code(0);
    bench
        .run(["role", "unbind", "outbound:example.org"])
        .code(0)
        .err_has("outbound:example.org presents mx: mx1.example.com");
    let bound = configuration(&bench, "staged");
    assert!(bound.contains("outbound = \"mx\"") && !bound.contains("outbound:example.org"), "{bound}");
}

#[test]
fn what_cannot_be_presented_cannot_be_bound() {
    let bench = bench();
    let before = configuration(&bench, "staged");
    let refused = |arguments: &[&str], code: &str, told: &str| {
        let run = bench.run([&["role", "bind"], arguments].concat()).code(2);
        run.err_has(code).err_has(told).err_has("nothing was staged");
    };
    refused(&["listener:IncomingMial", "mx"], "error[role/not-configured]", "did you mean `listener:IncomingMail`?");
    refused(&["smtp", "mx"], "error[role/unknown]", "roles are listener:NAME");
    refused(&["service:sandbox", "mx"], "error[role/not-configured]", "no service is configured");
    refused(&[LISTENER, "mxx"], "error[profile/unknown]", "did you mean `mx`?");
    refused(
        &[LISTENER, "waiting"],
        "error[profile/no-certificate]",
        "its request waits for the answer of an authority",
    );
    refused(&[LISTENER, "mx", "other"], "error[role/no-pair]", "key of mx:");
    refused(&[LISTENER, "mx", "mx"], "error[role/twice]", "mx was named twice");
    refused(&[LISTENER, "mx", "mx-rsa", "other"], "error[role/too-many]", "one ECDSA and one RSA profile");
    refused(&["outbound", "mx", "mx-rsa"], "error[role/too-many]", "a client presents one profile");
    refused(&["outbound:bad domain", "mx"], "error[role/unknown]", "bad domain");
    // All of it at once.
    refused(&[LISTENER, "waiting", "nobody"], "error[profile/no-certificate]", "there is no profile `nobody`");
    std::fs::remove_file(bench.home().join("running/certificates/other/key.pem")).unwrap();
    refused(&[LISTENER, "other"], "error[key/missing]", "its private key is gone");
    assert_eq!(configuration(&bench, "staged"), before);
    bench
        .run(["role", "unbind", LISTENER, "mx"])
        .code(2)
        .err_has("error[role/not-bound]")
        .err_has("bound to it: nothing");
}

#[test]
fn a_binding_is_one_line_in_the_file_and_comments_stay() {
    let bench = bench();
    let add = "printf '\\n[role]\\n# for the world\\n\"Listener:IncomingMail\" = \"mx\" # since May\\n' >> home/staged/sealpost.toml";
    bench.shell(add).code(0);
    bench.run(["role", "bind", LISTENER, "mx-rsa", "mx"]).code(0);
    let text = configuration(&bench, "staged");
    assert!(text.contains("# for the world\n\"Listener:IncomingMail\" = [\"mx-rsa\", \"mx\"] # since May\n"), "{text}");
    bench
        .run(["role", "unbind", LISTENER, "mx"])
        .code(0)
        .err_has("presents mx-rsa: ")
        .err_has("(before: mx-rsa and mx)");
    assert!(configuration(&bench, "staged").contains("= \"mx-rsa\" # since May\n"));
    bench.run(["role", "bind", LISTENER, "mx-rsa"]).code(0).err_has("unchanged: listener:IncomingMail presents mx-rsa");
}

#[test]
fn a_bound_profile_is_not_removed_and_its_roles_are_named() {
    let bench = bench();
    bench.run(["role", "bind", LISTENER, "mx"]).code(0);
    bench.run(["role", "bind", "outbound", "mx"]).code(0);
    let run = bench.run(["cert", "remove", "mx"]).code(2);
    run.err_has("error[profile/bound]: profile mx is bound to listener:IncomingMail, outbound").err_has("role unbind");
    bench.run(["cert", "list"]).code(0).out_has("Roles").out_has("listener:IncomingMail, outbound");
    bench.run(["cert", "show", "mx"]).code(0).out_has("roles         listener:IncomingMail, outbound");
    bench.run(["cert", "show", "Demo"]).code(0);
    bench.run(["role", "unbind", "outbound"]).code(0);
    bench.run(["role", "unbind", LISTENER]).code(0);
    bench.run(["cert", "remove", "mx"]).code(0);
}

#[test]
fn a_renamed_profile_takes_its_roles_along_in_the_same_change() {
    let bench = bench();
    bench.run(["role", "bind", LISTENER, "mx", "mx-rsa"]).code(0);
    bench.run(["role", "bind", "outbound", "mx"]).code(0);
    bench.run(["change", "commit", "bind"]).code(0);
    bench
        .run(["cert", "rename", "mx", "mx-new", "--commit", "rename"])
        .code(0)
        .err_has("profile mx is called mx-new, also for listener:IncomingMail, outbound");
    let text = configuration(&bench, "running");
    assert!(text.contains("[\"mx-new\", \"mx-rsa\"]") && text.contains("outbound = \"mx-new\""), "{text}");
}

#[test]
fn changes_of_roles_are_told_in_words() {
    let bench = bench();
    bench.run(["role", "bind", LISTENER, "mx", "--commit", "bind"]).code(0);
    bench.run(["role", "bind", LISTENER, "other", "mx-rsa"]).code(0);
    bench.run(["role", "bind", "outbound", "mx"]).code(0);
    let shown = bench.run(["change", "show"]).code(0);
    let shown = shown.out_has("role listener:IncomingMail: mx -> other and mx-rsa");
    shown.out_has("role outbound: no certificate -> mx").out_has("+outbound = \"mx\"");
    let json = bench.run(["change", "show", "--format", "json"]).code(0).json();
    assert_eq!(json["roles"][0]["after"]["profiles"], serde_json::json!(["other", "mx-rsa"]), "{json:#}");
    bench.run(["change", "commit", "x"]).code(0).err_has("listener:IncomingMail: mx -> other and mx-rsa");
    bench.run(["change", "rollback"]).code(0);
    assert!(configuration(&bench, "running").contains("\"listener:IncomingMail\" = \"mx\""));
}

#[test]
fn an_import_into_a_bound_profile_shows_every_role_it_touches() {
    let bench = bench();
    let (root, request) =
        (Authority::root("Private Root"), bench.run(["cert", "request", "new", "--cn", "mx1.example.com"]).code(0).out);
    bench.write("signed.pem", root.sign(&request, &Answer::default()));
    bench.write("root.pem", root.pem());
    bench.run(["cert", "import", "new", "signed.pem", "root.pem"]).code(0);
    bench.run(["role", "bind", LISTENER, "new"]).code(0);
    bench.run(["role", "bind", "outbound", "new"]).code(0);
    bench
        .run(["change", "commit", "x"])
        .code(0)
        .err_has("warning[chain/untrusted-root]")
        .err_has("presented by listener:IncomingMail, outbound");
    bench.write("again.pem", root.sign(&request, &Answer::default()));
    bench
        .run(["cert", "import", "new", "again.pem", "root.pem"])
        .code(0)
        .err_has("note[import/roles]: the commit will change what these roles present")
        .err_has("= listener:IncomingMail")
        .err_has("= outbound");
}
