//! A whole configuration as one text file: a head, and behind it the files of the home, one after the other, as they stand there.
//!
//! ```text
//! sealpost.configuration/1
//! secrets: plain
//! saved: 2026-11-24T22:12:46Z
//! revision: 000012
//! sha256: 9c41d07e55aa10f3…
//!
//! ==> sealpost.toml <==
//! …
//! ==> certificates/mx-2026/key.pem <==
//! -----BEGIN PRIVATE KEY-----
//! …
//! ```
//!
//! `secrets` is `plain` or `masked`. `sha256` is that of everything below the empty line; whoever edits the file by hand removes that
//! line. Under a passphrase the whole of it stands in an age file.

use aws_lc_rs::digest;
use zeroize::Zeroizing;

const TITLE: &str = "sealpost.configuration/1";
const FAMILY: &str = "sealpost.configuration/";

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Keys and passwords were replaced by words.
    pub masked: bool,
    /// RFC 3339.
    pub saved: String,
    /// The revision that it is a copy of.
    pub revision: String,
    /// The file says what it was when it was saved, and is still that.
    pub checked: bool,
}

/// A path inside the home and the file's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFile {
    pub path: String,
    pub text: Zeroizing<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub head: Head,
    pub files: Vec<SavedFile>,
}

/// Why a file is no saved configuration. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    #[error("it does not begin with `{TITLE}`")]
    Title,
    /// Made by another version.
    #[error("it is of the form `{0}`, and this program reads `{TITLE}`")]
    Version(String),
    #[error("it is not UTF-8 text")]
    NotUtf8,
    #[error("its head has no line `{0}: …`")]
    Missing(&'static str),
    #[error("line {line} of its head cannot be read")]
    Head { line: usize },
    /// Text between the head and the first file.
    #[error("line {line} stands above the first file")]
    Stray { line: usize },
    /// The same path twice, or one that leads out of the home.
    #[error("line {line} names the file `{path}`, which cannot be here")]
    Path { line: usize, path: String },
    /// Cut right behind the head, or above.
    #[error("no file follows its head")]
    NoFiles,
    /// What is there now has another checksum than what was saved.
    #[error("it was cut short or changed since it was saved")]
    Changed { saved: String, found: String },
}

/// A file's text holds a line that would be taken for the beginning of another file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of {path} looks like the beginning of another file")]
pub struct Unwritable {
    pub path: String,
    pub line: usize,
}

/// The whole file; `head.checked` is not looked at.
pub fn write(saved: &Saved) -> Result<Zeroizing<String>, Unwritable> {
    let mut body = Zeroizing::new(String::with_capacity(size(&saved.files)));
    for file in &saved.files {
        if let Some(index) = file.text.lines().position(|line| marker(line).is_some()) {
            return Err(Unwritable { path: file.path.clone(), line: index + 1 });
        }
        body.push_str(&format!("==> {} <==\n", file.path));
        body.push_str(&file.text);
        if !file.text.ends_with('\n') {
            body.push('\n');
        }
    }
    let Head { masked, saved, revision, .. } = &saved.head;
    let secrets = if *masked { "masked" } else { "plain" };
    let sha256 = sha256(&body);
    let head = format!("{TITLE}\nsecrets: {secrets}\nsaved: {saved}\nrevision: {revision}\nsha256: {sha256}\n\n");
    let mut text = Zeroizing::new(String::with_capacity(head.len() + body.len()));
    text.push_str(&head);
    text.push_str(&body);
    Ok(text)
}

/// Room for everything, so that text with secrets never moves and leaves a copy behind.
fn size(files: &[SavedFile]) -> usize {
    files.iter().map(|file| file.path.len() + file.text.len() + "==>  <==\n\n".len()).sum()
}

/// Reads a file. A head that says `masked` is read like any other: what it is good for is the caller's matter.
pub fn read(bytes: &[u8]) -> Result<Saved, SavedError> {
    let title = String::from_utf8_lossy(bytes.split(|byte| *byte == b'\n').next().unwrap_or_default());
    match title.trim_end() {
        TITLE => {}
        other if other.starts_with(FAMILY) => return Err(SavedError::Version(other.chars().take(80).collect())),
        _ => return Err(SavedError::Title),
    }
    let text = std::str::from_utf8(bytes).map_err(|_| SavedError::NotUtf8)?;
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    Ok(Saved { head: read_head(head, body)?, files: read_files(body, head.lines().count() + 1)? })
}

fn read_head(text: &str, body: &str) -> Result<Head, SavedError> {
    let mut values: [Option<&str>; 4] = [None; 4];
    const NAMES: [&str; 4] = ["secrets", "saved", "revision", "sha256"];
    for (index, line) in text.lines().enumerate().skip(1) {
        let pair = line.split_once(": ");
        let slot = pair.and_then(|(name, value)| Some((NAMES.iter().position(|known| *known == name)?, value)));
        match slot {
            Some((slot, value)) if values[slot].is_none() => values[slot] = Some(value.trim()),
            _ => return Err(SavedError::Head { line: index + 1 }),
        }
    }
    let [secrets, saved, revision, sum] = values;
    let masked = match secrets {
        Some("masked") => true,
        Some("plain") => false,
        _ => return Err(SavedError::Missing("secrets")),
    };
    let found = sha256(body);
    if let Some(sum) = sum.filter(|sum| *sum != found) {
        return Err(SavedError::Changed { saved: sum.chars().take(80).collect(), found });
    }
    Ok(Head {
        masked,
        saved: saved.ok_or(SavedError::Missing("saved"))?.to_owned(),
        revision: revision.ok_or(SavedError::Missing("revision"))?.to_owned(),
        checked: sum.is_some(),
    })
}

fn read_files(body: &str, above: usize) -> Result<Vec<SavedFile>, SavedError> {
    let mut files: Vec<SavedFile> = Vec::new();
    let mut rest = body;
    let mut line = above;
    while !rest.is_empty() {
        let (first, content) = rest.split_once('\n').unwrap_or((rest, ""));
        line += 1;
        let path = marker(first).ok_or(SavedError::Stray { line })?;
        if !is_inside(path) || files.iter().any(|file| file.path == path) {
            return Err(SavedError::Path { line, path: path.chars().take(80).collect() });
        }
        let end = next_marker(content);
        let (text, after) = content.split_at_checked(end).unwrap_or((content, ""));
        line += text.lines().count();
        files.push(SavedFile { path: path.to_owned(), text: Zeroizing::new(text.to_owned()) });
        rest = after;
    }
    if files.is_empty() { Err(SavedError::NoFiles) } else { Ok(files) }
}

/// Where the next file begins.
fn next_marker(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if marker(line.trim_end()).is_some() {
            return at;
        }
        at += line.len();
    }
    at
}

fn marker(line: &str) -> Option<&str> {
    line.trim_end().strip_prefix("==> ")?.strip_suffix(" <==")
}

/// Plain names below the home, nothing else.
fn is_inside(path: &str) -> bool {
    let is_name = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']);
    path.split('/').all(is_name)
}

fn sha256(text: &str) -> String {
    let sum = digest::digest(&digest::SHA256, text.as_bytes());
    sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> SavedFile {
        SavedFile { path: path.into(), text: Zeroizing::new(text.into()) }
    }

    fn saved() -> Saved {
        let head =
            Head { masked: false, saved: "2026-11-24T22:12:46Z".into(), revision: "000012".into(), checked: true };
        Saved { head, files: vec![file("sealpost.toml", "# ours\n\n[a]\n"), file("certificates/mx/key.pem", "x\n")] }
    }

    #[test]
    fn what_is_written_is_read() {
        let text = write(&saved()).unwrap();
        assert_eq!(read(text.as_bytes()).unwrap(), saved());
        assert!(text.starts_with("sealpost.configuration/1\nsecrets: plain\n"), "{}", *text);
        let inner = Saved { files: vec![file("sealpost.toml", "a\n==> b <==\n")], ..saved() };
        assert_eq!(write(&inner), Err(Unwritable { path: "sealpost.toml".into(), line: 2 }));
    }

    #[test]
    fn a_file_that_was_cut_or_changed_is_refused_unless_it_says_nothing_of_a_sum() {
        let text = write(&saved()).unwrap();
        for end in (0..text.len()).rev() {
            assert!(read(&text.as_bytes()[..end]).is_err(), "cut at {end}");
        }
        for at in 0..text.len() {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] ^= 1;
            // The date and the number of the head are for people.
            let head = text.find("sha256").unwrap();
            let is_told = read(&bytes).is_err() || (at > text.find("saved").unwrap() && at < head);
            assert!(is_told, "changed at {at}");
        }
        let edited: String =
            text.lines().filter(|line| !line.starts_with("sha256")).map(|line| format!("{line}\n")).collect();
        let edited = read(edited.replace("# ours", "# mine").as_bytes()).unwrap();
        assert!(!edited.head.checked && edited.files[0].text.starts_with("# mine"));
    }

    #[test]
    fn what_is_no_such_file_is_told_why() {
        let head = "sealpost.configuration/1\nsecrets: plain\nsaved: x\nrevision: 1\n";
        for (text, error) in [
            ("<?xml version=\"1.0\"?>\n".to_owned(), SavedError::Title),
            (String::new(), SavedError::Title),
            ("sealpost.configuration/2\n".to_owned(), SavedError::Version("sealpost.configuration/2".into())),
            ("sealpost.configuration/1\nsecrets: plain\n".to_owned(), SavedError::Missing("saved")),
            ("sealpost.configuration/1\nnonsense\n".to_owned(), SavedError::Head { line: 2 }),
            (format!("{head}\nstray\n"), SavedError::Stray { line: 6 }),
            (format!("{head}\n==> a <==\n==> ../b <==\n"), SavedError::Path { line: 7, path: "../b".into() }),
            (format!("{head}\n==> a <==\nx\n==> a <==\n"), SavedError::Path { line: 8, path: "a".into() }),
        ] {
            assert_eq!(read(text.as_bytes()), Err(error), "{text}");
        }
    }
}
