//! Two commands at once.

use std::process::{Command, Stdio};

use crate::needs;
use crate::staging::put;
use crate::support::{Bench, Run};

#[test]
fn commits_at_once_wait_for_each_other() {
    let bench = Bench::with_home();
    put(&bench.home(), &["one"]);
    let children: Vec<_> = (0..8)
        .map(|index| {
            let mut command = bench.sealpost();
            command.args(["change", "commit", &format!("by {index}")]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let runs: Vec<Run> = children.into_iter().map(|child| child.wait_with_output().unwrap().into()).collect();
    let committed = runs.iter().filter(|run| run.err.contains("committed revision 2")).count();
    let too_late = runs.iter().filter(|run| run.err.contains("nothing is staged; revision 2 runs")).count();
    assert_eq!((committed, too_late), (1, 7), "{runs:?}");
}

#[test]
fn a_lock_that_is_not_given_back_is_named() {
    needs!("flock");
    let bench = Bench::with_home();
    bench.write("home/lock", "process 4711 (sealpost serve)\n");
    let mut holder = Command::new("flock")
        .arg(bench.home().join("lock"))
        .args(["sh", "-c", "echo locked; read x"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut word = [0; 7];
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut word).unwrap();
    let run = bench.run(["change", "commit", "x"]);
    // Readers are not held up.
    bench.run(["change", "show"]).code(0);
    drop(holder.stdin.take());
    holder.wait().unwrap();
    run.code(2).err_has("error[home/locked]").err_has("process 4711 (sealpost serve)");
    bench.run(["change", "commit", "x"]).code(0);
}
