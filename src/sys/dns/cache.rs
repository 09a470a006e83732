//! What was learned lately, for as long as its time to live says, and never more than a fixed number of answers.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use tokio::time::{Duration, Instant};

/// Answers that are kept; two generations of half as many each.
const ROOM: usize = 20_000;
/// No answer is believed for longer, whatever its time to live says (RFC 8767 section 4 advises a cap of days).
pub const LONGEST: Duration = Duration::from_secs(86_400);

/// The young generation fills up and becomes the old one; what is asked for again moves back to the young one. So the least
/// recently used answers go, at the cost of one hash table each.
#[derive(Debug)]
pub struct Cache<K, V> {
    generations: Mutex<Generations<K, V>>,
    room: usize,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, Kept<V>>,
    old: HashMap<K, Kept<V>>,
}

#[derive(Debug, Clone)]
struct Kept<V> {
    value: V,
    until: Instant,
}

impl<K: Eq + Hash + Clone, V: Clone> Cache<K, V> {
    pub fn new() -> Cache<K, V> {
        Cache::with_room(ROOM)
    }

    fn with_room(room: usize) -> Cache<K, V> {
        Cache { generations: Mutex::new(Generations { young: HashMap::new(), old: HashMap::new() }), room }
    }

    pub fn get(&self, key: &K) -> Option<V> {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(kept) = generations.young.get(key) {
            return (kept.until > now).then(|| kept.value.clone());
        }
        let kept = generations.old.remove(key).filter(|kept| kept.until > now)?;
        let value = kept.value.clone();
        generations.keep(key.clone(), kept, self.room);
        Some(value)
    }

    /// Keeps `value` for `time_to_live`; not at all when that is zero.
    pub fn keep(&self, key: K, value: V, time_to_live: Duration) {
        if time_to_live.is_zero() {
            return;
        }
        let kept = Kept { value, until: Instant::now() + time_to_live.min(LONGEST) };
        self.generations.lock().unwrap_or_else(PoisonError::into_inner).keep(key, kept, self.room);
    }
}

impl<K: Eq + Hash, V> Generations<K, V> {
    fn keep(&mut self, key: K, kept: Kept<V>, room: usize) {
        if self.young.len() >= room / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paused(test: impl Future<Output = ()>) {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().build().unwrap();
        runtime.block_on(test);
    }

    #[test]
    fn an_answer_is_kept_as_long_as_it_lives() {
        paused(async {
            let cache = Cache::new();
            cache.keep("a", 1, Duration::from_secs(600));
            cache.keep("b", 2, Duration::ZERO);
            cache.keep("c", 3, Duration::from_nanos(1));
            tokio::time::sleep(Duration::from_millis(2)).await;
            assert_eq!((cache.get(&"a"), cache.get(&"b"), cache.get(&"c")), (Some(1), None, None));
        });
    }

    #[test]
    fn it_never_grows_beyond_its_room_and_keeps_what_is_asked_for() {
        paused(async {
            let cache = Cache::with_room(100);
            cache.keep(0, 0, Duration::from_secs(600));
            for key in 1..10_000 {
                cache.keep(key, key, Duration::from_secs(600));
                assert_eq!(cache.get(&0), Some(0), "the answer in use went after {key} others");
            }
            let generations = cache.generations.lock().unwrap();
            assert!(generations.young.len() + generations.old.len() <= 101);
        });
    }
}
