#![no_main]

#[path = "../../tests/inspect/fuzz_bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::scanner(data));
