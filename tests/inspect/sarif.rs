//! `sealpost lint --format sarif`: every log is what OASIS's schema says, lines and bytes are those of the file, and the proposed
//! fixes do what `--fix` does.

use std::sync::LazyLock;

use serde_json::Value;

use crate::damage_findings::rows;
use crate::material::{blocks, file, text};
use crate::support::authority::Authority;
use crate::support::{Bench, Run, run_with};

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    // Its pattern has a bracket too many, which JavaScript takes and the check of formats does not. We write no language.
    for holder in ["run", "toolComponent"] {
        let language = schema["definitions"][holder]["properties"]["language"].as_object_mut().unwrap();
        assert!(language.remove("pattern").is_some());
    }
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

/// The log of a run, which has to be valid.
#[track_caller]
fn log(run: &Run) -> Value {
    let log: Value = serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}\n{}", run.out));
    let wrong: Vec<String> =
        SCHEMA.iter_errors(&log).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}\n{log:#}", wrong.join("\n"));
    log
}

fn results(log: &Value) -> &[Value] {
    log["runs"][0]["results"].as_array().unwrap()
}

fn lint(bench: &Bench, arguments: &[&str]) -> Run {
    let always = ["lint", "--trust", "root.pem", "--at", "2030-06-01T00:00:00Z", "--format", "sarif"];
    bench.run(always.iter().chain(arguments))
}

/// With the root and `x.pem`, which holds `bytes`.
fn bench(bytes: impl AsRef<[u8]>) -> Bench {
    let bench = Bench::new();
    let [_, _, root] = blocks();
    bench.write("root.pem", root);
    bench.write("x.pem", bytes);
    bench
}

fn region(result: &Value) -> &Value {
    &result["locations"][0]["physicalLocation"]["region"]
}

fn number(value: &Value) -> usize {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number")) as usize
}

/// The bytes of a region, by offset and length; those by line and column must be the same ones.
#[track_caller]
fn span(region: &Value, bytes: &[u8]) -> std::ops::Range<usize> {
    let start = number(&region["byteOffset"]);
    let span = start..start + number(&region["byteLength"]);
    if bytes.is_ascii() {
        let at = |line: &str, column: &str| {
            let lines = line_starts(bytes);
            lines[number(&region[line]) - 1] + number(&region[column]) - 1
        };
        assert_eq!(at("startLine", "startColumn")..at("endLine", "endColumn"), span, "{region:#}");
    }
    span
}

/// Where lines begin, by the newline sequences of the log: CRLF, LF, CR.
fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        starts.extend(ends.then_some(at + 1));
    }
    starts
}

#[test]
fn every_damage_is_a_valid_result_at_its_line() {
    for row in rows() {
        let bench = bench(&row.bytes);
        let log = log(&lint(&bench, &["x.pem"]));
        for said in row.said {
            let [rule, level, line] = said.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let told = results(&log).iter().find(|result| {
                result["ruleId"] == rule && number(&region(result)["startLine"]) == line.parse::<usize>().unwrap()
            });
            let told = told.unwrap_or_else(|| panic!("{}: no {said} in {:#}", row.damage, log["runs"][0]["results"]));
            assert_eq!(told["level"], level, "{}", row.damage);
            span(region(told), &row.bytes);
        }
    }
}

#[test]
fn a_finding_about_a_certificate_spans_its_block() {
    let [leaf, intermediate, root] = blocks();
    let reversed = format!("# Zürich\n{root}{intermediate}{leaf}");
    let bench = bench(&reversed);
    let log = log(&lint(&bench, &["x.pem"]).code(1));
    let told = results(&log).iter().find(|result| result["ruleId"] == "chain/leaf-not-first").unwrap();
    let block = &reversed.as_bytes()[span(region(told), reversed.as_bytes())];
    assert_eq!(String::from_utf8_lossy(block), root.trim_end());
    let related = &told["relatedLocations"][0];
    let block = &reversed.as_bytes()[span(&related["physicalLocation"]["region"], reversed.as_bytes())];
    assert_eq!(String::from_utf8_lossy(block), leaf.trim_end());
    assert!(related["message"]["text"].as_str().unwrap().contains("mx1.example.com"), "{related:#}");
    assert!(told["partialFingerprints"]["finding/v1"].is_string());
}

#[test]
fn a_spoilt_character_is_pointed_at() {
    let mut bundle = file("bundle.pem");
    let at = 28 + 65 * 3 + 7;
    bundle[at] = b'*';
    let bench = bench(&bundle);
    let log = log(&lint(&bench, &["x.pem"]).code(1));
    let told = results(&log).iter().find(|result| result["ruleId"] == "pem/malformed").unwrap();
    assert_eq!(span(region(told), &bundle), at..at + 1);
    assert_eq!((number(&region(told)["startLine"]), number(&region(told)["startColumn"])), (5, 8));
    assert!(told.get("fixes").is_none(), "nothing mends what was lost");
}

/// Makes the replacement of a fix.
fn fixed(fix: &Value, bytes: &[u8]) -> Vec<u8> {
    let replacement = &fix["artifactChanges"][0]["replacements"][0];
    let inserted = replacement["insertedContent"]["text"].as_str().unwrap_or_default();
    let span = span(&replacement["deletedRegion"], bytes);
    [&bytes[..span.start], inserted.as_bytes(), &bytes[span.end..]].concat()
}

#[test]
fn the_proposed_fixes_do_what_fix_does() {
    let [leaf, intermediate, root] = blocks();
    let stranger = Authority::root("Stranger").pem().to_owned();
    let forms = [
        format!("{intermediate}{leaf}"),
        format!("{leaf}{intermediate}{root}{intermediate}"),
        format!("{leaf}{stranger}{intermediate}"),
        format!("# one\n{leaf}\n# two\n{intermediate}"),
        format!("\u{feff}{leaf}{intermediate}"),
        format!("# Zürich\n{intermediate}{leaf}"),
        format!("{intermediate}{leaf}").replace('\n', "\r\n"),
        format!("{intermediate}{leaf}").replace('\n', "\r"),
        format!("{leaf}{intermediate}{}", text("root.crl")).trim_end().to_owned(),
    ];
    let mut kinds = std::collections::BTreeSet::new();
    for form in forms {
        let bench = bench(&form);
        let mended = bench.run(["lint", "--fix", "x.pem", "--trust", "root.pem", "--at", "2030-06-01T00:00:00Z"]).raw;
        let log = log(&lint(&bench, &["x.pem"]));
        let fixable: Vec<&Value> = results(&log).iter().filter(|result| result.get("fixes").is_some()).collect();
        assert!(!fixable.is_empty(), "nothing is proposed for {form}");
        for result in fixable {
            let fix = &result["fixes"][0];
            let description = fix["description"]["text"].as_str().unwrap().to_owned();
            let after = fixed(fix, form.as_bytes());
            if description == "remove this block" {
                let before = results(&log).len();
                bench.write("x.pem", &after);
                let again = self::log(&lint(&bench, &["x.pem"]));
                assert!(results(&again).len() < before, "{} is still there in\n{again:#}", result["ruleId"]);
            } else {
                assert_eq!(String::from_utf8_lossy(&after), String::from_utf8_lossy(&mended));
            }
            kinds.insert(description);
        }
    }
    assert_eq!(kinds.len(), 2, "{kinds:?}");
}

#[test]
fn no_log_repeats_a_key() {
    let [leaf, intermediate, _] = blocks();
    let key = text("leaf.key");
    let body: Vec<&str> = key.lines().filter(|line| !line.starts_with('-')).collect();
    for form in [
        format!("{key}{intermediate}{leaf}"),
        format!("{intermediate}{leaf}{leaf}{key}").replace('\n', "\r\n"),
        format!("{intermediate}{leaf}{}", key.replace("MI", "M*")),
    ] {
        let bench = bench(&form);
        let run = lint(&bench, &["x.pem", "--severity", "pem/private-key=note"]);
        log(&run);
        assert!(!body.iter().any(|line| run.out.contains(&line[..20])), "{}", run.out);
    }
}

#[test]
fn files_that_could_not_be_read_and_empty_runs_are_valid_too() {
    let bench = bench("");
    let run = lint(&bench, &["gone.pem"]).code(2).err_has("error[input/missing]");
    let log = log(&run);
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], results(&log).len()), (&false.into(), 0));
    assert_eq!(invocation["toolExecutionNotifications"].as_array().unwrap().len(), 1);
    std::fs::create_dir(bench.path("ein Ordner")).unwrap();
    bench.write("ein Ordner/ä ö.pem", file("bundle.pem"));
    self::log(&lint(&bench, &["ein Ordner", bench.path("x.pem").to_str().unwrap()]));
    bench.write("leaf.p12", file("leaf.p12"));
    bench.write("bundle.p7b", file("bundle.p7b"));
    self::log(&lint(&bench, &["leaf.p12", "bundle.p7b", "x.pem"]));
    self::log(&run_with(bench.sealpost().args(["lint", "-", "--format", "sarif"]), &file("bundle.pem")));
}

#[test]
fn the_schema_refuses_what_is_no_sarif() {
    let mut log = log(&lint(&bench(file("bundle.pem")), &["x.pem"]));
    assert!(SCHEMA.is_valid(&log));
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0.into();
    assert!(!SCHEMA.is_valid(&log));
}
