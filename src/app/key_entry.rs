//! Which private key an operator means where files hold several: by `--entry`, by the profile that has it already, or the only one.
//!
//! A key is looked at before it is opened: the certificate beside it tells whose it is, and a key that is not meant needs no password.

use std::collections::{HashMap, HashSet};

use crate::inspect::bytes::{Item, Kind};
use crate::inspect::certificates::Certificates;
use crate::inspect::chain::Chain;
use crate::model::diagnostic::{Diagnostic, Diagnostics};
use crate::model::moment::Moment;
use crate::model::public_key::PublicKey;
use crate::model::shell_word::shell_word;

use super::reading::{ReadFile, Reading};
use super::secrets::Secrets;

/// What the operator said about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// A name (friendlyName, alias) or a number, as typed after `--entry`.
    pub entry: Option<String>,
    /// The command without it, for a help that can be pasted.
    pub again: Option<String>,
}

/// What a key is wanted for.
#[derive(Debug, Clone, Copy)]
pub struct Purpose<'a> {
    /// The key that is there already: of several, the one with this public half is meant.
    pub own: Option<&'a PublicKey>,
    /// The private key itself is needed, not only the certificate that belongs to it.
    pub needed: bool,
    pub now: Moment,
}

/// A private key among files, with its further copies.
#[derive(Debug)]
struct Entry {
    /// File and item of each copy.
    at: Vec<(usize, usize)>,
    name: Option<String>,
    /// `RSA 2048`, `RSA 1024, which cannot be used`, `under a password`.
    what: String,
    /// Where it is known: from the key, or from the certificate of the same name.
    public: Option<PublicKey>,
    /// The certificate it belongs to.
    owner: Option<String>,
}

/// At most this many keys get their chain looked up, so that a file full of them cannot keep a command busy.
const MOST_CHAINS: usize = 32;
/// Entries that a message lists.
const LISTED: usize = 20;

/// Leaves one private key in `reading` (opened if it is needed), its certificate and its chain; what belongs to other keys goes.
/// Nothing goes where there is one key or none, or where the profile's own is not among several.
///
/// # Errors
/// No such entry, several keys and nothing that says which, a password that is missing or wrong.
pub fn narrow(
    reading: &mut Reading,
    choice: &Choice,
    purpose: Purpose<'_>,
    secrets: &mut dyn Secrets,
) -> Result<(), Diagnostics> {
    let mut entries = entries(&reading.files);
    let mut chosen = chosen(&entries, choice, purpose)?;
    if chosen.is_none() && purpose.needed && has_locked(&reading.files) {
        reading.open_keys(None, secrets)?;
        entries = self::entries(&reading.files);
        chosen = self::chosen(&entries, choice, purpose)?;
    }
    let Some(index) = chosen else {
        return match entries.len() > 1 && purpose.own.is_none() && (purpose.needed || several_owners(&entries)) {
            true => Err(several(&entries, choice).into()),
            false => Ok(()),
        };
    };
    let wanted = entries.get(index).map(|entry| entry.at.clone()).unwrap_or_default();
    let is_own = purpose.own.is_some() && entries.get(index).is_some_and(|entry| entry.public.as_ref() == purpose.own);
    // Of several, one whose certificate cannot be told otherwise is opened for that alone.
    let is_unclear = entries.len() > 1 && entries.get(index).is_some_and(|entry| entry.public.is_none());
    if (purpose.needed && !is_own) || is_unclear {
        reading.open_keys(Some(&wanted), secrets)?;
        entries = self::entries(&reading.files);
    }
    let kept = entries.iter().position(|entry| entry.at.iter().any(|at| wanted.contains(at)));
    if let Some(kept) = kept {
        drop_others(reading, &entries, kept, purpose.now);
    }
    Ok(())
}

/// The entry that is meant, if that can be told.
fn chosen(entries: &[Entry], choice: &Choice, purpose: Purpose<'_>) -> Result<Option<usize>, Diagnostic> {
    if let Some(text) = &choice.entry {
        return find(entries, text).map(Some).ok_or_else(|| no_such_entry(entries, text, choice));
    }
    let own = purpose.own.and_then(|own| entries.iter().position(|entry| entry.public.as_ref() == Some(own)));
    Ok(match entries {
        [] => None,
        [_] => Some(0),
        // Without the key itself, the only one with a certificate is enough.
        _ if !purpose.needed && own.is_none() && !several_owners(entries) => {
            entries.iter().position(|entry| entry.owner.is_some())
        }
        _ => own,
    })
}

fn several_owners(entries: &[Entry]) -> bool {
    entries.iter().filter(|entry| entry.owner.is_some()).nth(1).is_some()
}

/// A name goes before a number, and the exact spelling before another: Java writes all aliases in lower case.
fn find(entries: &[Entry], text: &str) -> Option<usize> {
    let only = |is: &dyn Fn(&str) -> bool| {
        let mut matching = (0..entries.len()).filter(|index| entries[*index].name.as_deref().is_some_and(is));
        matching.next().filter(|_| matching.next().is_none())
    };
    let number = || text.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < entries.len());
    only(&|name| name == text).or_else(number).or_else(|| only(&|name| name.to_lowercase() == text.to_lowercase()))
}

/// What finds the entry of this index: its number, or its name where another entry is called like the number.
fn selector(entries: &[Entry], index: usize) -> String {
    let number = (index + 1).to_string();
    let name = entries.get(index).and_then(|entry| entry.name.clone());
    let by_name = name.filter(|name| find(entries, &number) != Some(index) && find(entries, name) == Some(index));
    by_name.unwrap_or(number)
}

fn has_locked(files: &[ReadFile]) -> bool {
    files.iter().flat_map(|file| &file.items).any(is_locked_key)
}

pub(super) fn is_locked_key(item: &Item) -> bool {
    matches!(&item.kind, Kind::Locked(locked) if locked.is_single_key())
}

/// Every private key in file order, copies joined.
fn entries(files: &[ReadFile]) -> Vec<Entry> {
    let mut owners: HashMap<&PublicKey, &str> = HashMap::new();
    let mut named: HashMap<(usize, &str), &PublicKey> = HashMap::new();
    for (file, item) in
        files.iter().enumerate().flat_map(|(file, read)| read.items.iter().map(move |item| (file, item)))
    {
        let Kind::Certificate(certificate) = &item.kind else { continue };
        owners.entry(certificate.public_key()).or_insert(certificate.display_name());
        if let Some(name) = &item.name {
            named.entry((file, name)).or_insert(certificate.public_key());
        }
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut seen: HashMap<PublicKey, usize> = HashMap::new();
    for (file, read) in files.iter().enumerate() {
        for (index, item) in read.items.iter().enumerate() {
            let beside = || named.get(&(file, item.name.as_deref()?)).map(|key| (*key).clone());
            let (what, public) = match &item.kind {
                Kind::Key(key) => (key.kind().to_string(), Some(key.public().clone())),
                Kind::UnusableKey(key) => {
                    let kind = key.reason.kind().unwrap_or_else(|| "a key".into());
                    (format!("{kind}, which cannot be used"), key.public.clone().or_else(beside))
                }
                Kind::Locked(locked) if locked.is_single_key() => ("a key under a password".to_owned(), beside()),
                _ => continue,
            };
            if let Some(copy) = public.as_ref().and_then(|key| seen.get(key)).and_then(|index| entries.get_mut(*index))
            {
                copy.at.push((file, index));
                continue;
            }
            if let Some(key) = &public {
                seen.insert(key.clone(), entries.len());
            }
            let owner = public.as_ref().and_then(|key| owners.get(key)).map(|name| (*name).to_owned());
            entries.push(Entry { at: vec![(file, index)], name: item.name.clone(), what, public, owner });
        }
    }
    entries
}

/// Takes out the other keys, their certificates, and the issuers that only those need.
fn drop_others(reading: &mut Reading, entries: &[Entry], kept: usize, now: Moment) {
    if entries.len() < 2 {
        return;
    }
    let found = Certificates::of(reading.files.iter().flat_map(|file| &file.items)).certificates;
    let path = |entry: &Entry| {
        let chain = Chain::arrange(&found, Some(entry.public.as_ref()?), now).ok()?;
        Some(chain.path().map(|found| found.certificate.sha256()).collect::<HashSet<_>>())
    };
    let own = entries.get(kept).and_then(path);
    let others = entries.iter().enumerate().filter(|(index, _)| *index != kept).map(|(_, entry)| entry);
    let keys: HashSet<(usize, usize)> = others.clone().flat_map(|entry| entry.at.iter().copied()).collect();
    let publics: HashSet<&PublicKey> = others.clone().filter_map(|entry| entry.public.as_ref()).collect();
    // Without a certificate of its own the mismatch is to be told, and then with all that is there.
    let needless: HashSet<_> = match &own {
        Some(own) => others.take(MOST_CHAINS).filter_map(path).flatten().filter(|one| !own.contains(one)).collect(),
        None => HashSet::new(),
    };
    for (file, read) in reading.files.iter_mut().enumerate() {
        let mut index = 0;
        read.items.retain(|item| {
            let at = (file, index);
            index += 1;
            match &item.kind {
                Kind::Certificate(certificate) if own.is_some() => {
                    !needless.contains(&certificate.sha256()) && !publics.contains(certificate.public_key())
                }
                _ => !keys.contains(&at),
            }
        });
    }
}

/// The entries as facts, and a command that takes the first that has a certificate.
fn listing(error: Diagnostic, entries: &[Entry], choice: &Choice) -> Diagnostic {
    let listed = (0..entries.len().min(LISTED)).map(|index| line(entries, index));
    let error = listed.fold(error, Diagnostic::fact);
    let error = match entries.len().checked_sub(LISTED) {
        None | Some(0) => error,
        Some(more) => error.fact(format!("and {more} more")),
    };
    let Some(first) = entries.iter().position(|entry| entry.owner.is_some()).or((!entries.is_empty()).then_some(0))
    else {
        return error.help("name the file that holds the key; sealpost show FILE says what a file holds");
    };
    let option = format!("--entry {}", shell_word(&selector(entries, first)));
    error.help(match &choice.again {
        Some(again) => format!("{again} {option}"),
        None => option,
    })
}

/// ``--entry 2: `mx2`, RSA 2048, the key of mx2.example.com``.
fn line(entries: &[Entry], index: usize) -> String {
    let Some(entry) = entries.get(index) else { return String::new() };
    let name = entry.name.as_ref().map(|name| format!("`{name}`, ")).unwrap_or_default();
    let owner = match &entry.owner {
        Some(owner) => format!("the key of {owner}"),
        None => "of no certificate in the files".to_owned(),
    };
    format!("--entry {}: {name}{}, {owner}", shell_word(&selector(entries, index)), entry.what)
}

fn several(entries: &[Entry], choice: &Choice) -> Diagnostic {
    let message = format!("the files hold {} different private keys, and one is wanted", entries.len());
    listing(Diagnostic::error("import/several-keys", message), entries, choice)
}

fn no_such_entry(entries: &[Entry], text: &str, choice: &Choice) -> Diagnostic {
    let named = entries.iter().filter(|entry| entry.name.as_deref() == Some(text)).count();
    let message = match (entries.is_empty(), named) {
        (true, _) => "the files hold no private key, so there is no entry to choose".to_owned(),
        (false, 0) => format!("no private key in the files has the name or number `{text}`"),
        (false, _) => format!("{named} private keys in the files have the name `{text}`"),
    };
    listing(Diagnostic::error("import/no-such-entry", message), entries, choice)
}
