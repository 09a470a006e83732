//! Cut, mutated, random and malicious bytes: never a panic, never "all fine", never more than linear work.

use sealpost::inspect::bytes::read;

use crate::material::{blocks, der, file, has_error, kinds, look, text};

#[test]
fn a_cut_bundle_is_never_fine() {
    let bundle = file("bundle.pem");
    let whole_until: Vec<usize> =
        text("bundle.pem").match_indices("-----END CERTIFICATE-----").map(|(at, end)| at + end.len()).collect();
    for cut in 0..bundle.len() {
        let items = look(&bundle[..cut]);
        let only_whole_blocks = whole_until.iter().any(|end| cut == *end || cut == *end + 1);
        assert_eq!(has_error(&items), !only_whole_blocks, "{cut}: {:?}", items.damages);
        assert_eq!(
            items.items.len(),
            whole_until.iter().filter(|end| **end <= cut).count().max(items.items.len().min(3)),
            "{cut}"
        );
    }
}

#[test]
fn a_cut_bundle_in_any_other_layout_is_never_fine() {
    let bundle = text("bundle.pem");
    for layout in [
        bundle.replace('\n', "\r\n"),
        bundle.replace('\n', "\r"),
        bundle.replace('\n', "\\n"),
        format!("\u{feff}{bundle}"),
    ] {
        let ends: Vec<usize> =
            layout.match_indices("-----END CERTIFICATE-----").map(|(at, end)| at + end.len()).collect();
        for cut in (0..layout.len()).step_by(3) {
            let Some(part) = layout.get(..cut) else { continue };
            let near_an_end = ends.iter().any(|end| (*end..*end + 3).contains(&cut));
            assert!(has_error(&look(part)) || near_an_end, "{cut}: {part:?}");
        }
    }
}

#[test]
fn cut_binary_files_are_never_fine() {
    let leaf = der(&blocks()[0]);
    for bytes in
        [leaf, file("bundle.p7b"), file("leaf.jks"), file("leaf.p12"), der(&text("leaf.key")), der(&text("leaf.csr"))]
    {
        assert!(!has_error(&look(&bytes)));
        for cut in 0..bytes.len() {
            let items = look(&bytes[..cut]);
            assert!(has_error(&items) && items.items.is_empty(), "{cut}: {items:?}");
        }
    }
}

/// xorshift; the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }
}

#[test]
fn mutated_files_do_no_harm() {
    let mut random = Random(0x5ea1_b057);
    let seeds = ["bundle.pem", "bundle.p7b", "leaf.jks", "leaf.p12", "leaf.csr", "trusted.pem", "root.crl"].map(file);
    const PIECES: [&[u8]; 12] = [
        b"-----BEGIN ",
        b"-----END ",
        b"-----",
        b"\r",
        b"\n",
        b"\\n",
        b"=3D",
        b"=\n",
        b"\x30\x80",
        b"\xff\xfe",
        b"\0",
        b"MII",
    ];
    for _ in 0..1500 {
        let mut bytes = seeds[random.next(seeds.len())].clone();
        for _ in 0..=random.next(8) {
            let at = random.next(bytes.len());
            match random.next(5) {
                0 => bytes[at] = random.next(256) as u8,
                1 => bytes[at] ^= 1 << random.next(8),
                2 => drop(bytes.splice(at..at, PIECES[random.next(PIECES.len())].iter().copied())),
                3 => drop(bytes.drain(at..(at + random.next(40)).min(bytes.len() - 1).max(at))),
                _ => bytes.extend_from_within(at..),
            }
        }
        let items = look(&bytes);
        assert!(!items.items.is_empty() || has_error(&items));
        for item in &items.items {
            assert!(item.place.offset.is_none_or(|offset| offset < bytes.len()));
        }
        for damage in &items.damages {
            assert!(!damage.message.is_empty() && damage.place.offset.is_none_or(|offset| offset <= bytes.len()));
        }
    }
}

#[test]
fn a_changed_character_of_base64_never_hides_a_block() {
    let bundle = file("bundle.pem");
    let mut random = Random(7);
    for at in 0..bundle.len() {
        let mut changed = bundle.clone();
        changed[at] = *b"*\n-=\\ \0A\xc3".get(random.next(9)).unwrap();
        let items = look(&changed);
        assert!(items.items.len() == 3 || has_error(&items), "{at}: {:?} {:?}", kinds(&items), items.damages);
    }
}

#[test]
fn random_bytes_do_no_harm() {
    let mut random = Random(42);
    for length in 0..600 {
        let mut bytes: Vec<u8> = (0..length).map(|_| random.next(256) as u8).collect();
        for start in [
            &b""[..],
            b"\x30\x80",
            b"\x30\x82\x01\x00",
            b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x01",
            b"-----BEGIN CERTIFICATE-----\n",
        ] {
            let place = start.len().min(bytes.len());
            bytes[..place].copy_from_slice(&start[..place]);
            let items = look(&bytes);
            assert!(items.items.is_empty() && has_error(&items), "{items:?}");
        }
    }
}

/// Each takes milliseconds when work is linear, and minutes when it is quadratic.
#[test]
fn hostile_shapes_are_read_in_linear_time_and_bounded_memory() {
    const SIZE: usize = 2 << 20;
    let repeat = |piece: &[u8]| piece.repeat(SIZE / piece.len());
    let with_begin = |body: Vec<u8>| [b"-----BEGIN CERTIFICATE-----\n".to_vec(), body].concat();
    for bytes in [
        repeat(b"-"),
        repeat(b"-----BEGIN "),
        repeat(b"-----BEGIN CERTIFICATE-----\n"),
        repeat(b"-----BEGIN CERTIFICATE-----"),
        repeat(b"-----END CERTIFICATE-----\n"),
        repeat(b"-----BEGIN A-----\n-----END A-----\n"),
        repeat(b"-BEGIN"),
        repeat(b"----- BEGIN"),
        repeat("–".as_bytes()),
        repeat(b"\\n"),
        repeat(b"\n"),
        repeat(b"\r"),
        repeat(b" "),
        repeat(b"A"),
        repeat(b"MII"),
        repeat(b"\x30\x80"),
        repeat(b"\x30\x00"),
        repeat(b"\x30\x80\0\0"),
        repeat(b"\x30\x82\xff\xff"),
        repeat(b"\xfe\xed"),
        with_begin(repeat(b"A")),
        with_begin(repeat(b"A: b\n")),
        with_begin(repeat(b"\\")),
        with_begin(repeat(b"=\n")),
        with_begin(repeat(b" ")),
        with_begin(repeat(b"\n")),
        with_begin(repeat(b"AAAA=\n")),
        [repeat(b"-"), b"BEGIN CERTIFICATE-----\n".to_vec()].concat(),
        [b"-----BEGIN CERTIFICATE".to_vec(), repeat(b"-"), b"\n".to_vec()].concat(),
        [repeat(b" "), b"-----BEGIN CERTIFICATE-----\n".to_vec()].concat(),
    ] {
        let items = read("x", &bytes);
        let start = String::from_utf8_lossy(&bytes[..40]);
        assert!(has_error(&items) || !items.items.is_empty(), "{start:?}");
        assert!(items.damages.len() <= 1020, "{start:?}: {}", items.damages.len());
    }
}
