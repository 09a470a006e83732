//! `cert import`: what a CA signed comes back, in any order and form, and nothing else gets in.

use crate::support::authority::{Answer, Authority};
use crate::support::{Bench, Run};

/// A home with a request for mx1.example.com, and a CA with an intermediate.
struct Waiting {
    bench: Bench,
    root: Authority,
    issuing: Authority,
}

impl Waiting {
    fn new() -> Waiting {
        let bench = Bench::with_home();
        let names = ["--cn", "mx1.example.com", "--san", "mail.example.com"];
        bench
            .run(["cert", "request", "mx", "--out", "mx.csr", "--commit", "requested"].into_iter().chain(names))
            .code(0);
        let root = Authority::root("Example Root");
        let issuing = root.intermediate("Example Issuing");
        Waiting { bench, root, issuing }
    }

    fn request(&self) -> String {
        String::from_utf8(self.bench.read("mx.csr")).unwrap()
    }

    /// Writes the CA's answer to `signed.pem`, and gives it.
    fn signed(&self, answer: &Answer) -> String {
        let signed = self.issuing.sign(&self.request(), answer);
        self.bench.write("signed.pem", &signed);
        signed
    }

    fn import(&self, files: &[&str]) -> Run {
        self.bench.run(["cert", "import", "mx"].iter().chain(files))
    }

    /// Nothing is staged.
    fn nothing_staged(&self) {
        self.bench.run(["change", "show", "--format", "json"]).code(0).out_has("\"profiles\": []");
    }

    fn staged_file(&self, name: &str) -> String {
        std::fs::read_to_string(self.bench.home().join("staged/certificates/mx").join(name)).unwrap_or_default()
    }
}

fn subjects(run: &Run) -> Vec<String> {
    let answer = run.json();
    answer["chain"].as_array().unwrap().iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_answer_comes_in_with_its_intermediate_in_any_order() {
    let waiting = Waiting::new();
    let signed = waiting.signed(&Answer::default());
    let pile =
        format!("a mail says\n{}\n{}{}{signed}", waiting.issuing.pem(), waiting.root.pem(), waiting.issuing.pem());
    waiting.bench.write("pile.pem", pile);
    let run = waiting.import(&["pile.pem", "--format", "json"]).code(0);
    assert_eq!(subjects(&run), ["CN=mx1.example.com", "CN=Example Issuing"]);
    let told = run.json()["remarks"].to_string();
    for code in ["chain/leaf-not-first", "chain/duplicate", "chain/root-included"] {
        assert!(told.contains(code), "{code} is missing in {told}");
    }
    assert_eq!(waiting.staged_file("certificate.pem").matches("BEGIN").count(), 1);
    assert_eq!(waiting.staged_file("intermediates.pem").matches("BEGIN").count(), 1);
    assert_eq!(waiting.staged_file("root.pem").matches("BEGIN").count(), 1);
}

/// One thing is said in one place: an import tells of a file what `lint` tells of it.
#[test]
fn an_import_finds_what_lint_finds() {
    let waiting = Waiting::new();
    let (from, until) = (time::Duration::days(-40), time::Duration::days(3));
    let signed = waiting.signed(&Answer { from, until, names: None });
    let stranger = Authority::root("Stranger");
    let pile = [waiting.root.pem(), &signed, stranger.pem(), waiting.root.pem(), waiting.issuing.pem()].concat();
    waiting.bench.write("pile.pem", pile);
    let linted = waiting.bench.run(["lint", "--ruleset", "smtp-server", "pile.pem", "--format", "json"]).json();
    let said = |list: &serde_json::Value, id: &str| -> Vec<(String, String)> {
        let text = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
        let mut all: Vec<_> =
            list.as_array().unwrap().iter().map(|one| (text(one, id), text(one, "message"))).collect();
        all.sort();
        all
    };
    let linted = said(&linted["files"][0]["findings"], "rule");
    let told = said(&waiting.import(&["pile.pem", "--format", "json"]).code(0).json()["remarks"], "code");
    for code in ["cert/expires-soon", "chain/leaf-not-first", "chain/misordered", "chain/duplicate", "chain/unrelated"]
    {
        assert!(told.iter().any(|(told, _)| told == code), "{code} is missing in {told:?}");
    }
    let alien: Vec<_> = told.iter().filter(|one| !linted.contains(one)).collect();
    assert!(alien.is_empty(), "lint does not say {alien:?}, but {linted:?}");
}

#[test]
fn what_cannot_serve_is_refused_unless_accepted() {
    let waiting = Waiting::new();
    let mut params = rcgen::CertificateParams::new(["mx1.example.com".to_owned()]).unwrap();
    // Nobody understands this critical extension.
    let mut alien = rcgen::CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![5, 0]);
    alien.set_criticality(true);
    params.custom_extensions.push(alien);
    let key = rcgen::KeyPair::generate().unwrap();
    let both = key.serialize_pem() + &params.self_signed(&key).unwrap().pem();
    waiting.bench.write("both.pem", both);
    let import = |more: &[&str]| waiting.bench.run(["cert", "import", "new", "both.pem"].iter().chain(more));
    import(&[])
        .code(2)
        .err_has("error[cert/unknown-critical-ext]")
        .err_has("--accept cert/unknown-critical-ext")
        .err_has("= nothing was staged");
    waiting.nothing_staged();
    import(&["--accept", "cert/unknown-critical-ext"]).code(0).err_has("warning[cert/unknown-critical-ext]");
}

#[test]
fn success_is_two_lines_with_the_next_command() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting.bench.write("issuing.pem", waiting.issuing.pem());
    let run = waiting.import(&["signed.pem", "issuing.pem"]).code(0);
    assert!(run.out.is_empty());
    run.err_has("staged profile mx: mx1.example.com, mail.example.com, 2 certificates, valid until ")
        .err_has("next: sealpost change commit");
    waiting
        .import(&["signed.pem", "issuing.pem", "--commit", "signed", "--with-pending"])
        .code(0)
        .err_has("unchanged profile mx");
}

#[test]
fn a_dry_run_says_the_same_and_stages_nothing() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting.import(&["signed.pem", "--dry-run"]).code(0).err_has("would stage profile mx");
    waiting.nothing_staged();
}

#[test]
fn a_missing_intermediate_is_named() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting
        .import(&["signed.pem"])
        .code(0)
        .err_has("warning[chain/missing-intermediate]")
        .err_has("the issuer of mx1.example.com is missing: Example Issuing")
        .err_has("or later into the profile");
}

#[test]
fn a_renewal_keeps_the_version_before_and_the_intermediate_it_still_needs() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting.bench.write("issuing.pem", waiting.issuing.pem());
    waiting.import(&["signed.pem", "issuing.pem", "--commit", "first"]).code(0);
    let renewed = waiting.signed(&Answer { until: time::Duration::days(700), ..Answer::default() });
    let run = waiting.import(&["signed.pem", "--format", "json"]).code(0);
    assert_eq!(subjects(&run), ["CN=mx1.example.com", "CN=Example Issuing"]);
    assert_eq!(pem_body(&waiting.staged_file("certificate.pem")), pem_body(&renewed));
    assert_ne!(pem_body(&waiting.staged_file("previous/certificate.pem")), pem_body(&renewed));
    assert_eq!(waiting.staged_file("previous/certificate.pem").matches("BEGIN").count(), 1);
}

#[test]
fn a_superseded_intermediate_is_dropped_without_a_word() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting.bench.write("issuing.pem", waiting.issuing.pem());
    waiting.import(&["signed.pem", "issuing.pem", "--commit", "first"]).code(0);
    let new = waiting.root.intermediate("Example Issuing 2");
    waiting.bench.write("signed.pem", new.sign(&waiting.request(), &Answer::default()) + new.pem());
    let run = waiting.import(&["signed.pem", "--format", "json"]).code(0);
    assert_eq!(subjects(&run), ["CN=mx1.example.com", "CN=Example Issuing 2"]);
    assert!(!run.out.contains("chain/unrelated"), "{}", run.out);
}

fn pem_body(text: &str) -> String {
    text.lines().filter(|line| !line.contains("-----")).collect()
}

#[test]
fn an_answer_for_another_key_is_refused_with_both_fingerprints() {
    let waiting = Waiting::new();
    let (_, other) = waiting.issuing.issue("mx1.example.com");
    waiting.bench.write("other.pem", other);
    let run = waiting.import(&["other.pem"]).code(2).err_has("error[key/mismatch]").err_has("= nothing was staged");
    assert_eq!(run.err.matches("public key of ").count(), 2, "{}", run.err);
    waiting.nothing_staged();
}

#[test]
fn an_expired_answer_is_refused_unless_accepted() {
    let waiting = Waiting::new();
    waiting.signed(&Answer { from: time::Duration::days(-40), until: time::Duration::days(-9), names: None });
    waiting.import(&["signed.pem"]).code(2).err_has("error[cert/expired-leaf]").err_has("(9 days ago)");
    waiting.nothing_staged();
    waiting.import(&["signed.pem", "--accept", "cert/expired-leaf"]).code(0).err_has("warning[cert/expired-leaf]");
}

#[test]
fn an_answer_with_other_names_is_taken_with_both_lists() {
    let waiting = Waiting::new();
    waiting.signed(&Answer { names: Some(vec!["mx2.example.com".into()]), ..Answer::default() });
    waiting
        .import(&["signed.pem"])
        .code(0)
        .err_has("warning[import/other-names]")
        .err_has("requested: mx1.example.com, mail.example.com")
        .err_has("signed:    mx2.example.com");
}

#[test]
fn a_new_profile_takes_exactly_one_key() {
    let waiting = Waiting::new();
    let (key, certificate) = waiting.issuing.issue("mx1.example.com");
    let (other_key, other) = waiting.issuing.issue("mx2.example.com");
    let bench = &waiting.bench;
    bench.write("both.pem", format!("{key}{certificate}"));
    bench.write("cert.pem", &certificate);
    bench.write("two.pem", format!("{key}{other_key}{certificate}{other}"));
    bench.write("key.pem", &key);
    bench.write("wrong.pem", format!("{other_key}{certificate}"));
    bench.run(["cert", "import", "new", "cert.pem"]).code(2).err_has("error[import/no-key]");
    bench.run(["cert", "import", "new", "key.pem"]).code(2).err_has("error[import/no-certificate]");
    bench.run(["cert", "import", "new", "mx.csr"]).code(2).err_has("error[import/request]");
    bench
        .run(["cert", "import", "new", "two.pem"])
        .code(2)
        .err_has("error[import/several-keys]")
        .err_has("mx2.example.com");
    bench.run(["cert", "import", "new", "wrong.pem"]).code(2).err_has("error[key/mismatch]");
    waiting.nothing_staged();
    bench.run(["cert", "import", "new", "both.pem"]).code(0).err_has("staged profile new: mx1.example.com");
}

#[test]
fn a_profile_never_changes_its_key() {
    let waiting = Waiting::new();
    let (key, certificate) = waiting.issuing.issue("mx1.example.com");
    waiting.bench.write("both.pem", format!("{key}{certificate}"));
    waiting.import(&["both.pem"]).code(2).err_has("error[key/mismatch]").err_has("under a new name");
    waiting.nothing_staged();
}

#[test]
fn what_is_no_file_of_certificates_says_what_it_is() {
    let waiting = Waiting::new();
    let bench = &waiting.bench;
    let signed = waiting.signed(&Answer::default());
    bench.write("cut.pem", &signed[..signed.len() / 2]);
    bench.write("random.der", (0..997u32).map(|n| (n * n % 251) as u8).collect::<Vec<_>>());
    bench.write("empty.pem", "");
    bench.write("page.html", "<!DOCTYPE html><html><body>Please log in</body></html>");
    std::fs::File::create(bench.path("large.pem")).unwrap().set_len((16 << 20) + 1).unwrap();
    let cases = [
        ("cut.pem", "pem/malformed"),
        ("random.der", "pem/no-certificate"),
        ("empty.pem", "pem/no-certificate"),
        ("page.html", "pem/no-certificate"),
        ("large.pem", "input/too-large"),
        ("gone.pem", "input/missing"),
        (".", "input/directory"),
    ];
    for (file, code) in cases {
        waiting.import(&[file]).code(2).err_has(&format!("error[{code}]"));
        // One bad file among good ones is not skipped.
        waiting.import(&["signed.pem", file]).code(2).err_has(&format!("error[{code}]"));
    }
    waiting.nothing_staged();
}

#[test]
fn a_truncated_answer_is_never_taken_for_a_whole_one() {
    let waiting = Waiting::new();
    let signed = waiting.signed(&Answer::default());
    let whole = signed.trim_end().len();
    for length in (0..whole).step_by(97) {
        waiting.bench.write("cut.pem", &signed[..length]);
        waiting.import(&["cut.pem"]).code(2);
    }
    waiting.nothing_staged();
}

#[test]
fn standard_input_is_a_file_too_and_may_be_closed() {
    let waiting = Waiting::new();
    let signed = waiting.signed(&Answer::default());
    let import = ["cert", "import", "mx", "-"];
    crate::support::run_with(waiting.bench.sealpost().args(import), b"").code(2).err_has("error[pem/no-certificate]");
    crate::support::run_with(waiting.bench.sealpost().args(import), signed.as_bytes())
        .code(0)
        .err_has("staged profile mx");
}

#[test]
fn the_demo_profile_takes_nothing() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting.bench.run(["cert", "import", "Demo", "signed.pem"]).code(2).err_has("error[profile/demo]");
    waiting.bench.run(["cert", "import", "../x", "signed.pem"]).code(2).err_has("not `/`");
}

#[test]
fn a_key_file_that_others_can_read_is_taken_with_a_warning() {
    use std::os::unix::fs::PermissionsExt;
    let waiting = Waiting::new();
    let (key, certificate) = waiting.issuing.issue("mx1.example.com");
    let path = waiting.bench.write("both.pem", format!("{key}{certificate}"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    waiting
        .bench
        .run(["cert", "import", "new", "both.pem"])
        .code(0)
        .err_has("warning[key/file-mode]")
        .err_has("chmod 600");
}

#[test]
fn a_missing_intermediate_may_come_alone_and_later() {
    let waiting = Waiting::new();
    waiting.signed(&Answer::default());
    waiting.bench.write("issuing.pem", waiting.issuing.pem());
    waiting.bench.write("stranger.pem", Authority::root("Stranger").pem());
    waiting.import(&["issuing.pem"]).code(2).err_has("error[key/mismatch]");
    waiting.import(&["signed.pem", "--commit", "first"]).code(0).err_has("warning[chain/missing-intermediate]");
    waiting.import(&["stranger.pem"]).code(2).err_has("error[key/mismatch]");
    waiting.nothing_staged();
    let run = waiting.import(&["issuing.pem", "--format", "json"]).code(0);
    assert_eq!(subjects(&run), ["CN=mx1.example.com", "CN=Example Issuing"]);
    assert!(!run.json()["remarks"].to_string().contains("warning"));
    assert_eq!(waiting.staged_file("intermediates.pem").matches("BEGIN").count(), 1);
}

/// Whoever knows the root needs no certificate of it by another, and some peers walk into one that leads to an expired root.
#[test]
fn a_cross_certificate_of_a_root_that_is_known_here_is_left_out() {
    let bench = Bench::with_home();
    let (root, old) = (Authority::root("New Root"), Authority::expired_root("Old Root"));
    let lower = root.intermediate("Issuing CA");
    let request = bench.run(["cert", "request", "mx", "--cn", "mx1.example.com"]).code(0).out;
    bench.write("signed.pem", lower.sign(&request, &Answer::default()));
    bench.write("chain.pem", format!("{}{}{}", lower.pem(), old.cross_sign(&root), old.pem()));
    bench.write("root.pem", root.pem());
    let intermediates = || {
        let kept = bench.read("home/staged/certificates/mx/intermediates.pem");
        String::from_utf8(kept).unwrap().matches("BEGIN CERTIFICATE").count()
    };
    bench.run(["cert", "import", "mx", "signed.pem", "chain.pem"]).code(0);
    assert_eq!(intermediates(), 2, "without the root the cross-certificate is the way up");
    bench.run(["authority", "import", "root.pem"]).code(0);
    bench.run(["cert", "import", "mx", "signed.pem", "chain.pem"]).code(0);
    assert_eq!(intermediates(), 1);
    bench.run(["change", "commit", "x"]).code(0);
}
