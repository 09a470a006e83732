//! What a commit costs per unchanged profile: against a bar in microseconds, and against making the same tree with one hard
//! link per file in the same run.
//!
//!     cargo bench --bench commit
#![allow(clippy::expect_used)]

#[path = "measure/mod.rs"]
mod measure;

use std::fs;
use std::path::Path;
use std::time::Duration;

use measure::{in_turns, ratio, report};
use sealpost::model::host_name::HostName;
use sealpost::model::moment::Moment;
use sealpost::operate::{Home, Intent, Signature, admit, found};

type Failure = Box<dyn std::error::Error>;

const ROUNDS: usize = 7;
const FEW: u32 = 100;
const MANY: u32 = 10_000;
/// What a profile may cost that did not change.
const BAR: Duration = Duration::from_micros(50);

fn main() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let few = home(&folder.path().join("few"), FEW)?;
    let many = home(&folder.path().join("many"), MANY)?;
    let mut round = 0;
    let mut fresh = || {
        round += 1;
        round
    };
    let (of_few, of_many) =
        in_turns(ROUNDS, || commit(&few).expect("a commit of few"), || commit(&many).expect("a commit of many"));
    let each = of_many.saturating_sub(of_few) / (MANY - FEW);
    report("an unchanged profile in a commit of 10,000, the bar in time", each, BAR, 1.0);
    let (links, _) = in_turns(
        ROUNDS,
        || hard_links(&many, &folder.path().join(format!("links-{}", fresh())), FEW).expect("links"),
        || (),
    );
    println!("  the same files as hard links alone: {:.1?}, ratio {:.2}", links / FEW, ratio(each, links / FEW));
    Ok(())
}

/// A home whose first revision has `count` profiles beside Demo; their files are copies of Demo's.
fn home(path: &Path, count: u32) -> Result<Home, Failure> {
    let hostname: HostName = "mx1.example.com".parse()?;
    found(path, &hostname, &signature())?;
    let certificates = path.join("revisions/000001/certificates");
    for index in 0..count {
        let profile = certificates.join(format!("mx-{index:05}"));
        fs::create_dir(&profile)?;
        for file in ["profile.toml", "key.pem", "certificate.pem"] {
            fs::copy(certificates.join("Demo").join(file), profile.join(file))?;
        }
    }
    Ok(Home::open(path)?)
}

fn signature() -> Signature {
    Signature { author: "bench".into(), time: Moment::UNIX_EPOCH, comment: String::new() }
}

/// Stages one more comment in the configuration, and commits it.
fn commit(home: &Home) -> Result<(), Failure> {
    let writer = home.write()?;
    let text = format!("{}# another round\n", home.running()?.configuration_text()?);
    let staged = writer.apply(vec![Intent::Configure(text)])?;
    writer.commit(admit(home, &staged, false)?, signature())?;
    Ok(())
}

fn hard_links(home: &Home, target: &Path, count: u32) -> Result<(), Failure> {
    let source = home.path().join("revisions/000001/certificates");
    fs::create_dir(target)?;
    for index in 0..count {
        let name = format!("mx-{index:05}");
        fs::create_dir(target.join(&name))?;
        for file in ["profile.toml", "key.pem", "certificate.pem"] {
            fs::hard_link(source.join(&name).join(file), target.join(&name).join(file))?;
        }
    }
    Ok(())
}
