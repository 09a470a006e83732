//! `certconfig` from a pipe: the order of the questions, what is staged, and that an answer that never came stages nothing.

use crate::cert_export::Signed;
use crate::support::authority::Authority;
use crate::support::{Bench, Run, run_with};

/// The dialogue with these answers, one per line.
fn answer(bench: &Bench, answers: &[&str]) -> Run {
    let input: String = answers.iter().map(|answer| format!("{answer}\n")).collect();
    run_with(bench.sealpost().arg("certconfig"), input.as_bytes())
}

/// What is staged, as `change show` tells it.
fn staged(bench: &Bench) -> serde_json::Value {
    bench.run(["change", "show", "--format", "json"]).code(0).json()["profiles"].clone()
}

#[track_caller]
fn nothing_staged(bench: &Bench) {
    assert_eq!(staged(bench), serde_json::json!([]));
}

/// Everything under `staged`, to see that nothing at all was touched.
fn snapshot(bench: &Bench) -> String {
    bench.shell("cd home && find staged revisions -type f -exec sha256sum {} + | sort; readlink running").code(0).out
}

/// Questions and prompts of a transcript, without the lists and menus between them.
fn questions(run: &Run) -> Vec<&str> {
    let is_question = |line: &&str| line.ends_with("]>") || line.starts_with("Enter") || line.starts_with("Duration");
    let asked = |line: &&str| *line == "[]>" || is_question(line) || line.contains("]> ");
    run.out.lines().map(str::trim_end).filter(asked).collect()
}

const NEW: [&str; 14] =
    ["CERTIFICATE", "NEW", "lab", "", "", "Example GmbH", "Postmaster", "Ulm", "BW", "DE", "", "", "n", ""];

#[test]
fn new_asks_in_the_order_of_the_appliance() {
    let bench = Bench::with_home();
    let run = answer(&bench, &NEW).code(0);
    let asked = questions(&run);
    let wanted = [
        "[]>",
        "[]>",
        "Enter a name for this certificate profile:",
        "[]>",
        "Enter the Common Name:",
        "[mx1.example.com]>",
        "Enter the host names (SAN), separated by commas:",
        "[mx1.example.com]>",
        "Enter the Organization:",
        "[]>",
        "Enter the Organizational Unit:",
        "[]>",
        "Enter the Locality or City:",
        "[]>",
        "Enter the State or Province:",
        "[]>",
        "Enter the Country (2 letter code):",
        "[]>",
        "Duration before expiration (in days):",
        "[3650]>",
        "[1]>",
        "Do you want to view the CSR? [Y]>",
    ];
    assert_eq!(asked[..wanted.len()], wanted, "{}", run.out);
    assert!(run.out.contains("Interface Data 1 has the host name mx1.example.com."), "{}", run.out);
    assert!(run.out.contains("1. ECDSA P-256\n") && run.out.contains("4. RSA 2048\n"), "{}", run.out);
    assert_eq!(run.err, "");
    let json = bench.run(["cert", "show", "lab", "--format", "json"]).code(0).json();
    assert_eq!(
        json["certificate"]["subject"], "CN=mx1.example.com,OU=Postmaster,O=Example GmbH,L=Ulm,ST=BW,C=DE",
        "{json:#}"
    );
    assert_eq!(json["certificate"]["key"]["algorithm"], "ECDSA P-256");
    assert_eq!(json["remaining_days"], 3649);
    assert_eq!(json["staged"], "new");
}

#[test]
fn the_request_is_shown_as_it_is_stored_and_nothing_else_is_said() {
    let bench = Bench::with_home();
    let mut answers = NEW;
    answers[12] = "";
    let run = answer(&bench, &answers).code(0);
    let stored = bench.read("home/staged/certificates/lab/request.pem");
    assert!(run.out.contains(std::str::from_utf8(&stored).unwrap()), "{}", run.out);
    assert!(run.out.contains("warning[request/uncommitted]"), "{}", run.out);
    assert_eq!(run.out.matches("staged profile lab").count(), 1, "{}", run.out);
    assert!(!run.out.contains("note["), "{}", run.out);
    // A CA may answer now.
    bench.run(["change", "clear"]).code(2).err_has("error[change/key-awaited]");
    bench.run(["change", "commit", "x"]).code(0);
    let before = snapshot(&bench);
    let run = answer(&bench, &["CERTIFICATE", "EDIT", "lab", "", "", "", "", ""]).code(0);
    assert!(run.out.contains(std::str::from_utf8(&stored).unwrap()) && !run.out.contains("warning["), "{}", run.out);
    assert_eq!(snapshot(&bench), before, "to look at the request of a committed profile stages nothing");
}

#[test]
fn a_bad_answer_is_asked_for_again_and_the_rest_is_not_lost() {
    let bench = Bench::with_home();
    bench.run(["cert", "new", "taken", "--cn", "mx1.example.com", "--commit", "x"]).code(0);
    let run = answer(
        &bench,
        &[
            "certificate",
            "new",
            "../x",
            "Demo",
            "taken",
            "lab",
            "https://mx1.example.com",
            "mail_1.example.com",
            "mx9.example.com",
            "a b",
            "mx9.example.com, 192.0.2.9",
            "",
            "",
            "",
            "",
            "DEU",
            "DE",
            "ten",
            "0",
            "-1",
            "90",
            "RSA 1024",
            "9",
            "rsa 2048",
            "maybe",
            "n",
            "",
        ],
    )
    .code(0);
    for refusal in [
        "Demo is the built-in profile.",
        "There is a profile taken already.",
        "`https://mx1.example.com` is a URL, not a host name.",
        "`mail_1.example.com` contains an underscore",
        "`DEU` is no two-letter country code (ISO 3166-1).",
        "Please enter a number of days.",
        "a certificate cannot be valid for 0 days.",
        "a certificate cannot be valid for -1 days.",
        "Please enter a number from 1 to 7.",
        "Please answer Y or N.",
    ] {
        assert!(run.out.contains(refusal), "{refusal} is missing in\n{}", run.out);
    }
    let json = bench.run(["cert", "show", "lab", "--format", "json"]).code(0).json();
    assert_eq!(json["names"], serde_json::json!(["DNS:mx9.example.com", "IP:192.0.2.9"]));
    assert_eq!(json["certificate"]["key"]["algorithm"], "RSA 2048");
    assert_eq!(json["remaining_days"], 89);
}

#[test]
fn the_end_of_the_input_drops_the_operation_at_every_question() {
    let signed = Signed::new();
    let bench = &signed.bench;
    let (key, leaf) = Authority::root("Other Root").issue("mx5.example.com");
    signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "old.p12"]).code(0);
    let paste: Vec<&str> = ["certificate", "paste", "pasted"]
        .into_iter()
        .chain(leaf.lines())
        .chain(["."])
        .chain(key.lines())
        .chain([".", "n"])
        .collect();
    let operations: [&[&str]; 6] = [
        &NEW[..12],
        &["certificate", "import", "old.p12", "copy", "correct horse"],
        &paste,
        &["certificate", "edit", "mx", "n", "n", "n"],
        &["certificate", "export", "mx", "new.p12", "correct horse", "correct horse"],
        &["certificate", "delete", "mx", "y"],
    ];
    let before = snapshot(bench);
    for operation in operations {
        for length in 2..operation.len() {
            let run = answer(bench, &operation[..length]);
            assert_eq!(run.code, 2, "{:?}\n{}", &operation[..length], run.out);
            assert!(
                (run.err.clone() + &run.out).contains("the input ended before the question was answered"),
                "{:?}\n{}\n{}",
                &operation[..length],
                run.out,
                run.err
            );
            assert_eq!(snapshot(bench), before, "{:?}", &operation[..length]);
        }
    }
    assert!(!bench.path("new.p12").exists());
    nothing_staged(bench);
    // At a menu the end of the input leaves.
    for answers in [&[][..], &["certificate"]] {
        answer(bench, answers).code(0);
    }
    // What was finished before is staged.
    answer(bench, &["certificate", "delete", "mx", "y", "export"])
        .code(2)
        .err_has("what was finished before it is staged");
    assert_eq!(staged(bench)[0]["name"], "mx");
}

#[test]
fn import_takes_the_password_as_the_next_line() {
    let signed = Signed::new();
    let bench = &signed.bench;
    signed.export(&["--to", "pkcs12", "--password-file", "pw", "--out", "old.p12"]).code(0);
    let run = answer(bench, &["certificate", "import", "old.p12", "copy", "wrong", "correct horse"]).code(0);
    assert!(run.out.contains("old.p12 is PKCS#12") && run.out.contains("AES-256-CBC"), "{}", run.out);
    assert!(run.out.contains("That password does not open it."), "{}", run.out);
    assert!(run.out.contains("staged profile copy: mx1.example.com, 2 certificates"), "{}", run.out);
    assert!(!run.out.contains("correct horse"), "{}", run.out);
    bench.run(["change", "clear"]).code(0);
    let run = answer(bench, &["certificate", "import", "old.p12", "copy", "1", "2", "3", "", ""]).code(2);
    assert!(run.out.contains("error[password/wrong]: none of the 3 passwords opens `old.p12`"), "{}", run.out);
    nothing_staged(bench);
    let run = answer(bench, &["certificate", "import", "gone.p12", "copy"]).code(2);
    assert!(run.out.contains("error[input/missing]"), "{}", run.out);
}

#[test]
fn paste_and_edit_take_pem_up_to_a_dot() {
    let bench = Bench::with_home();
    let root = Authority::root("Example Root");
    let issuing = root.intermediate("Example Issuing");
    let (key, leaf) = issuing.issue("mx5.example.com");
    let lines = |pem: &str| pem.lines().map(str::to_owned).chain([".".to_owned()]).collect::<Vec<_>>();
    let mut answers: Vec<String> = ["certificate", "paste", "pasted"].map(String::from).into();
    answers.extend(lines(&leaf).into_iter().chain(lines(&key)));
    let words: Vec<&str> = answers.iter().map(String::as_str).chain(["n"]).collect();
    let run = answer(&bench, &words).code(0);
    assert!(run.out.contains("Subject: CN=mx5.example.com"), "{}", run.out);
    assert!(run.out.contains("Do you want to add an intermediate certificate? [N]> "), "{}", run.out);
    assert!(run.out.contains("warning[chain/missing-intermediate]"), "{}", run.out);
    assert!(!run.out.contains("PRIVATE KEY"), "{}", run.out);
    bench.run(["commit", "pasted"]).code(0);

    // EDIT: the intermediate, brought along with the certificate.
    let mut answers: Vec<String> = ["certificate", "edit", "1", "y"].map(String::from).into();
    answers.extend(lines(&leaf));
    answers.push("y".into());
    answers.extend(lines(issuing.pem()));
    let words: Vec<&str> = answers.iter().map(String::as_str).chain(["n", "n"]).collect();
    let run = answer(&bench, &words).code(0);
    assert!(run.out.contains("Subject: CN=Example Issuing"), "{}", run.out);
    assert!(run.out.contains("staged profile pasted: mx5.example.com, 2 certificates"), "{}", run.out);

    // A certificate of another key.
    let (_, other) = issuing.issue("mx5.example.com");
    let mut answers: Vec<String> = ["certificate", "edit", "pasted", "y"].map(String::from).into();
    answers.extend(lines(&other));
    let words: Vec<&str> = answers.iter().map(String::as_str).chain(["n", "n"]).collect();
    let run = answer(&bench, &words).code(2);
    assert!(run.out.contains("error[key/mismatch]"), "{}", run.out);
}

#[test]
fn an_intermediate_alone_can_be_added() {
    let bench = Bench::with_home();
    let issuing = Authority::root("Example Root").intermediate("Example Issuing");
    let (key, leaf) = issuing.issue("mx5.example.com");
    bench.write("both.pem", format!("{key}{leaf}"));
    bench.run(["cert", "import", "mx5", "both.pem", "--commit", "x"]).code(0);
    let answers: Vec<&str> = ["certificate", "edit", "mx5", "n", "y"]
        .into_iter()
        .chain(issuing.pem().lines())
        .chain([".", "n", "n"])
        .collect();
    let run = answer(&bench, &answers).code(0);
    assert!(run.out.contains("staged profile mx5: mx5.example.com, 2 certificates"), "{}", run.out);
}

#[test]
fn export_and_delete() {
    let signed = Signed::new();
    let bench = &signed.bench;
    let run =
        answer(bench, &["certificate", "export", "mx", "", "", "", "one", "two", "correct horse", "correct horse"])
            .code(0);
    assert!(run.out.contains("[mx.p12]> "), "{}", run.out);
    assert!(run.out.contains("An empty password protects nothing.") && run.out.contains("The two are not the same."));
    assert!(run.out.contains("wrote mx.p12: the key and 2 certificates of profile mx, read back"), "{}", run.out);
    assert_eq!(crate::cert_export::mode(&bench.path("mx.p12")), 0o600);
    assert!(sealpost::formats::pkcs12::open(&bench.read("mx.p12"), "correct horse").is_ok());
    let run = answer(bench, &["certificate", "export", "mx", "", "x", "x"]).code(2);
    assert!(run.out.contains("error[output/exists]"), "{}", run.out);
    let run = answer(bench, &["certificate", "delete", "mx", ""]).code(0);
    assert!(run.out.contains("Do you want to remove mx? [N]> "), "{}", run.out);
    nothing_staged(bench);
    answer(bench, &["certificate", "delete", "mx", "y"]).code(0);
    assert_eq!(staged(bench)[0]["name"], "mx");
}

#[test]
fn without_profiles_home_or_people_it_says_so() {
    let bench = Bench::with_home();
    for operation in ["edit", "export", "delete"] {
        let run = answer(&bench, &["certificate", operation]).code(2);
        assert!(run.out.contains("error[profile/none]"), "{}", run.out);
    }
    bench.run(["certconfig", "--format", "json"]).code(2).err_has("a dialogue is for people");
    let none = Bench::new();
    answer(&none, &["certificate"]).code(2).err_has("sealpost init");
}

#[test]
fn what_a_certificate_says_never_reaches_the_terminal_as_a_command() {
    let bench = Bench::with_home();
    let (key, leaf) = Authority::root("Root").issue("mx5.example.com");
    let hostile = Authority::root("\u{1b}[2J\u{202e}hostile");
    let answers: Vec<&str> = ["certificate", "paste", "pasted"]
        .into_iter()
        .chain(hostile.pem().lines())
        .chain(["."])
        .chain(key.lines())
        .chain([".", "y"])
        .chain(leaf.lines())
        .chain([".", "n"])
        .collect();
    let run = answer(&bench, &answers);
    assert!(run.out.contains("hostile"), "{}", run.out);
    assert!(!run.out.contains('\u{1b}') && !run.out.contains('\u{202e}'), "{:?}", run.out);
}
