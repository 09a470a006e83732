//! Servers' own readers against the table of `inspect::bytes::consumers`: a chain of three and its key, every deviation at every
//! position, loaded as nginx, Python, Go, GnuTLS, rustls and Java load it, cell by cell.

mod files;
mod readers;

use std::collections::BTreeMap;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use sealpost::inspect::bytes::consumers::{Consumer, Effect, Position, Row, TABLE};

use crate::needs;
use crate::support::Bench;
use files::{Chain, Sample};

/// What a reader made of a file: the certificates that it would serve, or nothing because it refused.
pub type Loaded = Option<Vec<Vec<u8>>>;

/// All samples of the table, written into a folder under their numbers.
struct Trial {
    bench: Bench,
    chain: Chain,
    samples: Vec<Sample>,
}

impl Trial {
    fn new() -> Trial {
        let bench = Bench::new();
        let chain = Chain::new();
        let samples: Vec<Sample> = TABLE.iter().flat_map(|row| files::samples(&chain, row.deviation)).collect();
        bench.write("leaf.key", &chain.key);
        samples.iter().enumerate().for_each(|(number, sample)| _ = bench.write(&number.to_string(), &sample.bytes));
        Trial { bench, chain, samples }
    }

    fn row(&self, sample: &Sample) -> &'static Row {
        TABLE.iter().find(|row| row.deviation == sample.deviation).unwrap()
    }

    /// Every difference between the table and what this consumer did, in one message.
    #[track_caller]
    fn compare(&self, consumer: Consumer, loaded: &[Loaded]) {
        assert_eq!(loaded.len(), self.samples.len(), "{consumer:?} answered for another number of files");
        let wrong: Vec<String> = self
            .samples
            .iter()
            .zip(loaded)
            .filter_map(|(sample, loaded)| {
                let claimed = self.row(sample).effect(consumer, sample.position);
                let found = effect(&self.chain.der, sample.position, loaded);
                let differs = claimed != Effect::Varies && found != Some(claimed);
                differs.then(|| {
                    let Sample { deviation, variant, position, .. } = sample;
                    format!("{deviation:?} {variant} {position:?}: claimed {claimed:?}, is {found:?}")
                })
            })
            .collect();
        assert!(wrong.is_empty(), "{consumer:?}:\n{}", wrong.join("\n"));
    }
}

/// What became of the chain, in the words of the table.
fn effect(chain: &[Vec<u8>], position: Position, loaded: &Loaded) -> Option<Effect> {
    let Some(loaded) = loaded.as_ref().filter(|loaded| !loaded.is_empty()) else { return Some(Effect::Refuses) };
    let (whole, at) = match position {
        Position::Only => (&chain[..1], Some(0)),
        Position::First => (chain, Some(0)),
        Position::Middle => (chain, Some(1)),
        Position::Last => (chain, Some(2)),
        Position::Every => (chain, None),
    };
    if loaded == whole {
        return Some(Effect::Reads);
    }
    let at = at?;
    let without = |lost: &[usize]| {
        let kept = whole.iter().enumerate().filter(|(index, _)| !lost.contains(index));
        kept.map(|(_, der)| der.clone()).collect::<Vec<_>>() == *loaded
    };
    match () {
        () if loaded.len() == whole.len() => Some(Effect::ServesDamaged),
        () if without(&[at]) => Some(Effect::Skips),
        () if without(&[at + 1]) => Some(Effect::LosesNext),
        () if at > 0 && without(&[at - 1, at]) => Some(Effect::LosesBoth),
        () if whole.get(..at) == Some(loaded.as_slice()) => Some(Effect::Stops),
        () => None,
    }
}

#[test]
fn rustls_does_with_each_file_what_the_table_says() {
    let trial = Trial::new();
    let load = |sample: &Sample| {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&sample.bytes).collect();
        let read: Vec<Vec<u8>> = read.ok()?.iter().map(|der| der.to_vec()).collect();
        // rustls holds the leaf's key against the server's.
        (read.first() == trial.chain.der.first()).then_some(read)
    };
    trial.compare(Consumer::Rustls, &trial.samples.iter().map(load).collect::<Vec<_>>());
}

#[test]
fn openssl_does_with_each_file_what_the_table_says() {
    needs!("python3");
    let trial = Trial::new();
    trial.compare(Consumer::OpenSsl, &readers::python_ssl(&trial.bench, trial.samples.len()));
}

#[test]
fn gnutls_does_with_each_file_what_the_table_says() {
    needs!("python3", "gnutls-serv");
    let trial = Trial::new();
    trial.compare(Consumer::GnuTls, &readers::gnutls(&trial.bench, trial.samples.len()));
}

#[test]
fn go_does_with_each_file_what_the_table_says() {
    needs!("go");
    let trial = Trial::new();
    trial.compare(Consumer::Go, &readers::go(&trial.bench, trial.samples.len()));
}

#[test]
fn java_does_with_each_file_what_the_table_says() {
    needs!("java");
    let trial = Trial::new();
    trial.compare(Consumer::Java, &readers::java(&trial.bench, trial.samples.len()));
}

/// nginx reads with a loop of its own over OpenSSL's functions: it starts with what the table says OpenSSL loads, and with nothing
/// else.
#[test]
fn nginx_starts_where_the_table_says_that_openssl_loads_the_file() {
    needs!("nginx");
    let trial = Trial::new();
    let (mut loaded, mut refused) = (Vec::new(), BTreeMap::new());
    for (number, sample) in trial.samples.iter().enumerate() {
        let row = trial.row(sample);
        match row.effect(Consumer::OpenSsl, sample.position) {
            Effect::Varies => {}
            // One of each kind: every refusal costs a start.
            Effect::Refuses => _ = refused.entry(row.name).or_insert(number),
            _ => loaded.push(number),
        }
    }
    assert!(loaded.len() > 50 && refused.len() > 15, "{} {}", loaded.len(), refused.len());
    readers::nginx(&trial.bench, &loaded).code(0);
    for (name, number) in refused {
        let run = readers::nginx(&trial.bench, &[number]);
        assert_eq!(run.code, 1, "{name}: {}", run.err);
    }
}

/// A row that claims nothing, or a deviation that no file has, would be idle.
#[test]
fn every_row_of_the_table_is_tried_and_says_something() {
    let trial = Trial::new();
    for row in &TABLE {
        let tried = trial.samples.iter().filter(|sample| sample.deviation == row.deviation);
        let says =
            |sample: &Sample| Consumer::ALL.iter().any(|one| row.effect(*one, sample.position) != Effect::Varies);
        assert!(tried.filter(|sample| says(sample)).count() > 0, "{}", row.name);
    }
}
