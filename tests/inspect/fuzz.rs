//! A bounded run of the fuzz targets: real files, mutated by seed, on every target. None panics, none hangs, and what has to hold of
//! the answer holds (`fuzz_bodies.rs`). Longer with `SEALPOST_LONG_TESTS=1`; without bounds and with coverage: `fuzz/README.md`.

use std::sync::mpsc;
use std::time::Duration;

use sealpost::formats::pem;

use crate::material::file;

#[path = "fuzz_bodies.rs"]
mod bodies;

/// A machine that is busy with other things takes its time; a hang takes for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// Numbers by seed (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }
}

/// Every file that tests read, and the PEM of every case of the rules.
fn corpus() -> Vec<Vec<u8>> {
    let names = ["bundle.pem", "bundle.p7b", "leaf.jks", "leaf.p12", "leaf.csr", "leaf.key", "trusted.pem", "root.crl"];
    let mut corpus: Vec<Vec<u8>> = names.map(file).into();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules")];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            match path.is_dir() {
                true => folders.push(path),
                false => corpus.push(std::fs::read(path).unwrap()),
            }
        }
    }
    corpus.retain(|bytes| bytes.len() < 1 << 16);
    corpus
}

const PIECES: [&[u8]; 14] = [
    b"-----BEGIN CERTIFICATE-----\n",
    b"-----END CERTIFICATE-----\n",
    b"-----",
    b"\r",
    b"\n",
    b"\\n",
    b"=3D",
    b"\x30\x80",
    b"\x30\x82\xff\xff",
    b"\x06\x03\x55\x1d\x1e",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\0",
    b"MII",
];

/// A few changes of single bytes, of pieces, and of pieces of other files.
fn mutate(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len());
        let Some(byte) = bytes.get_mut(at) else { return };
        match numbers.below(7) {
            0 => *byte = numbers.below(256) as u8,
            1 => *byte ^= 1 << numbers.below(8),
            2 => *byte = byte.wrapping_add(1),
            3 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].iter().copied())),
            4 => drop(bytes.drain(at..(at + numbers.below(60)).min(bytes.len()))),
            5 => {
                let from = numbers.below(other.len());
                let piece = other.iter().skip(from).take(numbers.below(200)).copied().collect::<Vec<_>>();
                bytes.splice(at..at, piece);
            }
            _ => bytes.extend_from_within(at..),
        }
        bytes.truncate(1 << 17);
    }
}

/// The mutated file; or the same blocks with mutated DER in them, which gets further than spoilt base64 does.
fn input(corpus: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let [mut bytes, other] = [(); 2].map(|()| corpus[numbers.below(corpus.len())].clone());
    let Some(mut blocks) = pem::blocks(&bytes).ok().filter(|blocks| !blocks.is_empty() && numbers.below(4) > 0) else {
        mutate(&mut bytes, &other, numbers);
        return bytes;
    };
    let inner = pem::blocks(&other).ok().and_then(|blocks| blocks.into_iter().next()).map_or(other, |(_, der)| der);
    let at = numbers.below(blocks.len());
    mutate(&mut blocks[at].1, &inner, numbers);
    for _ in 0..numbers.below(4) {
        let (from, to) = (numbers.below(blocks.len()), numbers.below(blocks.len()));
        let block = blocks[from].clone();
        blocks.insert(to, block);
    }
    blocks.iter().map(|(label, der)| pem::encode(label, der)).collect::<String>().into_bytes()
}

#[track_caller]
fn run(target: fn(&[u8]), rounds: u64) {
    let long = std::env::var_os("SEALPOST_LONG_TESTS").is_some();
    let rounds = if long { rounds * 40 } else { rounds };
    let (told, done) = mpsc::channel();
    let worker = std::thread::spawn(move || {
        let corpus = corpus();
        assert!(corpus.len() > 100, "only {} files", corpus.len());
        for seed in 0..rounds {
            let _ = told.send(seed);
            target(&input(&corpus, &mut Numbers(seed)));
        }
    });
    let mut last = 0;
    loop {
        match done.recv_timeout(PATIENCE) {
            Ok(seed) => last = seed,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("seed {last} hangs"),
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
    }
    assert!(worker.join().is_ok(), "seed {last} panics");
}

#[test]
fn the_scanner_holds() {
    run(bodies::scanner, 3000);
}

#[test]
fn every_decoder_holds() {
    run(bodies::decoder, 1500);
}

#[test]
fn the_path_builder_holds() {
    run(bodies::builder, 500);
}

#[test]
fn every_rule_holds() {
    run(bodies::rules, 150);
}
