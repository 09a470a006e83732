//! Places: every item knows its file, block, line and byte.

use crate::material::{blocks, faults, look, text};

#[test]
fn block_line_and_byte_of_every_item() {
    let [leaf, intermediate, root] = blocks();
    for end in ["\n", "\r\n"] {
        let bundle = format!("# one\n\n{leaf}{}{intermediate}text\n{root}", text("leaf.key")).replace('\n', end);
        let items = look(&bundle);
        assert_eq!(items.items.len(), 4);
        for (number, item) in items.items.iter().enumerate() {
            let at = bundle.match_indices("-----BEGIN").nth(number).unwrap().0;
            let line = bundle[..at].matches('\n').count() + 1;
            let place = &item.place;
            assert_eq!(
                (place.file.as_str(), place.block, place.line, place.offset),
                ("x.pem", Some(number + 1), Some(line), Some(at))
            );
        }
    }
}

#[test]
fn an_unreadable_block_keeps_its_number() {
    let [leaf, intermediate, root] = blocks();
    let items = look(leaf + &intermediate.replacen("MII", "M!I", 1) + &root);
    let numbers: Vec<_> = items.items.iter().map(|item| item.place.block).collect();
    assert_eq!(numbers, [Some(1), Some(3)]);
    assert_eq!(items.damages[0].place.block, Some(2));
    assert_eq!(faults(&items), ["pem/malformed error 13"]);
}

#[test]
fn entries_of_containers_are_numbered() {
    let items = sealpost::inspect::bytes::read("x.p7b", &crate::material::file("bundle.p7b"));
    let places: Vec<_> = items.items.iter().map(|item| item.place.to_string()).collect();
    assert_eq!(places, ["x.p7b entry 1", "x.p7b entry 2", "x.p7b entry 3"]);
}
