//! Lines about connections and transactions that may turn out to matter: of the last tens of thousands of them, whatever the size of
//! the log.

use std::collections::HashMap;
use std::hash::Hash;

/// Keys in one generation; two are kept. A key that a line comes for moves into the young one.
const GENERATION: usize = 16_384;
/// Octets kept for one key: what somebody says without end is not what is looked for.
const ROOM: usize = 8 << 10;

/// Lines by what they are about.
#[derive(Debug)]
pub(super) struct Kept<K> {
    young: HashMap<K, Vec<u8>>,
    old: HashMap<K, Vec<u8>>,
}

impl<K: Eq + Hash + Copy> Kept<K> {
    pub fn new() -> Kept<K> {
        Kept { young: HashMap::new(), old: HashMap::new() }
    }

    pub fn keep(&mut self, key: K, line: &[u8]) {
        let lines = match self.young.get_mut(&key) {
            Some(lines) => lines,
            None => {
                if self.young.len() >= GENERATION {
                    self.old = std::mem::take(&mut self.young);
                }
                let before = self.old.remove(&key).unwrap_or_default();
                self.young.entry(key).or_insert(before)
            }
        };
        if lines.len() + line.len() < ROOM {
            lines.extend_from_slice(line);
            lines.push(b'\n');
        }
    }

    /// The lines about `key`, in order; none when they are too long ago.
    pub fn lines(&self, key: K) -> Vec<Vec<u8>> {
        let lines = self.young.get(&key).or_else(|| self.old.get(&key));
        let lines = lines.into_iter().flat_map(|lines| lines.split(|octet| *octet == b'\n'));
        lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
    }

    pub fn forget(&mut self, key: K) {
        self.young.remove(&key);
        self.old.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_are_kept_and_memory_is_bounded() {
        let mut kept = Kept::new();
        kept.keep(0, b"first");
        for key in 1..100_000_u32 {
            kept.keep(key, b"opened");
            if key % 1_000 == 0 {
                kept.keep(0, b"again");
            }
        }
        assert_eq!(kept.lines(0).len(), 100);
        assert_eq!(kept.lines(99_999), [b"opened".to_vec()]);
        assert!(kept.lines(1).is_empty() && kept.young.len() + kept.old.len() <= 2 * GENERATION + 1);
        (0..10_000).for_each(|_| kept.keep(99_999, &[b'x'; 1_000]));
        assert!(kept.lines(99_999).len() < 10);
    }
}
