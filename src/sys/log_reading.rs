//! Reading a log and the files that were put aside from it, line by line, in flat memory, while somebody writes to it.

use std::fs::{File, OpenOptions, read_dir};
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::sys::library_error;
use rustix::fs::OFlags;

/// Octets read at once.
const AT_ONCE: usize = 256 << 10;
/// A longer line is nobody's: RFC 5321 and what we add stay far below it.
const LONGEST: u64 = 64 << 10;

/// A line without its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    Whole(&'a [u8]),
    /// It is too long, or has no end.
    Broken,
}

/// `name` in `directory` and the files that were put aside from it (`name.1` is the newest), opened, the oldest first. None of them:
/// nothing was written yet.
pub fn files(directory: &Path, name: &str) -> io::Result<Vec<(PathBuf, File)>> {
    let mut numbers: Vec<u32> = Vec::new();
    let entries = match read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    for entry in entries {
        let file_name = entry?.file_name();
        let number = file_name.to_str().and_then(|file| file.strip_prefix(name)?.strip_prefix('.'));
        numbers.extend(number.and_then(|number| number.parse::<u32>().ok()).filter(|number| *number > 0));
    }
    numbers.sort_unstable();
    let newest = std::iter::once(name.to_owned());
    let mut opened: Vec<(PathBuf, File)> = Vec::new();
    let mut seen = Vec::new();
    // The newest first: when the log is rotated meanwhile, a file comes again under its next name, and none is missed.
    for file in newest.chain(numbers.iter().map(|number| format!("{name}.{number}"))) {
        let path = directory.join(file);
        let file = match OpenOptions::new().read(true).custom_flags(nofollow()).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {}", path.display(), library_error::io(&error)))
            })?,
        };
        let metadata = file.metadata()?;
        if seen.contains(&(metadata.dev(), metadata.ino())) {
            continue;
        }
        seen.push((metadata.dev(), metadata.ino()));
        opened.push((path, file));
    }
    opened.reverse();
    Ok(opened)
}

/// A file that somebody names; `-` is standard input.
pub fn open(name: &str) -> io::Result<Box<dyn Read>> {
    if name == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(name)?;
    match file.metadata()?.is_dir() {
        true => Err(io::ErrorKind::IsADirectory.into()),
        false => Ok(Box::new(file)),
    }
}

fn nofollow() -> i32 {
    OFlags::NOFOLLOW.bits().cast_signed()
}

/// Tells every line of `input`.
pub fn lines(input: impl Read, tell: &mut dyn FnMut(Line<'_>)) -> io::Result<()> {
    let mut input = BufReader::with_capacity(AT_ONCE, input);
    let mut line = Vec::new();
    loop {
        line.clear();
        if (&mut input).take(LONGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match line.strip_suffix(b"\n") {
            Some(line) => tell(Line::Whole(line)),
            None => {
                tell(Line::Broken);
                skip_line(&mut input)?;
            }
        }
    }
}

fn skip_line(input: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = input.fill_buf()?;
        let (used, ended) = match buffer.iter().position(|octet| *octet == b'\n') {
            Some(at) => (at + 1, true),
            None => (buffer.len(), buffer.is_empty()),
        };
        input.consume(used);
        if ended {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_file_comes_first_and_a_moved_one_once() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| std::fs::write(folder.path().join(name), name).unwrap();
        let all = ["mail.log", "mail.log.1", "mail.log.2", "mail.log.10", "mail.log.gz", "mail.log.0", "mail.json.1"];
        all.iter().for_each(|name| put(name));
        std::fs::hard_link(folder.path().join("mail.log.1"), folder.path().join("mail.log.3")).unwrap();
        let names: Vec<String> = files(folder.path(), "mail.log")
            .unwrap()
            .iter()
            .map(|(path, _)| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["mail.log.10", "mail.log.2", "mail.log.1", "mail.log"]);
        assert!(files(&folder.path().join("gone"), "mail.log").unwrap().is_empty());
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("mail.json")).unwrap();
        assert!(files(folder.path(), "mail.json").is_err());
    }

    #[test]
    fn a_line_without_end_is_told_as_broken_and_the_next_one_whole() {
        let long = [vec![b'x'; 200_000], b"\nnext\n\ncut".to_vec()].concat();
        let mut told = Vec::new();
        lines(long.as_slice(), &mut |line| told.push(format!("{line:?}"))).unwrap();
        let whole = |text: &str| format!("{:?}", Line::Whole(text.as_bytes()));
        assert_eq!(told, ["Broken".to_owned(), whole("next"), whole(""), "Broken".to_owned()]);
    }
}
