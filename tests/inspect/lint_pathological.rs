//! x509-limbo's pathological chains as bundles before the linter: bounded time and memory, short answers, and a finding that says what
//! is the matter. The corpora are found through `SEALPOST_CORPORA`.

use std::process::Command;

use crate::needs;
use crate::support;

/// Lints every case as leaf and intermediates in one file; prints id, expected result, exit status, rules of errors, bytes of the
/// answer, and at the end the most memory that any run took, in KiB.
const DRIVER: &str = r#"
import json, resource, subprocess, sys, tempfile
corpora, program = sys.argv[1:3]
sys.path.insert(0, corpora)
import limbo_harness as harness
class A: pass
A.suite, A.bettertls, A.only, A.skip_feature, A.limit = "limbo", "none", ["pathological::*"], [], None
asked = ["{chain}", "--trust", "{trusted}", "--at", "{time}", "--hostname", "{name}", "--format", "json"]
with tempfile.TemporaryDirectory() as folder:
    for case in harness.cases(A):
        words = harness.expand([program, "lint"] + asked, harness.Files(case, folder))
        run = subprocess.run(words, capture_output=True, timeout=120)
        report = json.loads(run.stdout)["files"][0]
        errors = sorted({f["rule"] for f in report["findings"] if f["severity"] == "error"})
        print(case["id"], case["expected_result"], run.returncode, ",".join(errors), len(run.stdout), sep="\t")
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"#;

#[test]
fn limbos_pathological_chains_are_answered_shortly_and_say_what_is_the_matter() {
    needs!("python3");
    let Some(corpora) = std::env::var_os("SEALPOST_CORPORA") else {
        // Past the capture of the test runner.
        let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), b"skipped: corpora not found\n");
        return;
    };
    let mut command = Command::new("python3");
    command.env("PYTHONDONTWRITEBYTECODE", "1").args(["-c", DRIVER]).arg(corpora).arg(env!("CARGO_BIN_EXE_sealpost"));
    let out = support::run(&mut command).code(0).out;
    let (cases, memory) = out.trim_end().rsplit_once('\n').unwrap();
    let mut seen = 0;
    for case in cases.lines() {
        let [id, expected, exit, errors, length] = case.split('\t').collect::<Vec<_>>().try_into().unwrap();
        assert!(length.parse::<usize>().unwrap() < 1 << 20, "{id}: an answer of {length} bytes");
        if expected == "FAILURE" {
            assert!(exit == "1" && !errors.is_empty(), "{case}");
        }
        let explodes = id.contains("nc-dos") || id.contains("same-subject-distinct-key");
        assert_eq!(explodes, errors.split(',').any(|rule| rule == "chain/too-complex"), "{case}");
        seen += 1;
    }
    assert!(seen >= 11, "only {seen} cases");
    assert!(memory.parse::<usize>().unwrap() < 256 << 10, "{memory} KiB");
}
