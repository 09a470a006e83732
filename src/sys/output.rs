//! Writing the files an operator names: whole or not at all, and never over another file unasked.

use crate::sys::library_error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What may happen to a file that is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    Keep,
    Replace,
}

/// Why a file was not written. The old file, if there was one, is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    #[error("it exists already")]
    Exists,
    #[error("it is a directory")]
    Directory,
    #[error("{}", library_error::io(.0))]
    Io(#[source] io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> OutputError {
        match error.kind() {
            io::ErrorKind::AlreadyExists => OutputError::Exists,
            _ => OutputError::Io(error),
        }
    }
}

/// Writes `bytes` to `path` with exactly `mode`: a temporary file beside it, fsync, then one link or rename, fsync of the
/// directory. A reader sees the old file or the new one. `mode` holds from the moment the file exists.
pub fn write(path: &Path, bytes: &[u8], mode: u32, existing: Existing) -> Result<(), OutputError> {
    check(path, existing)?;
    let directory = directory_of(path);
    let temporary = temporary_beside(path, directory);
    let result = fill(&temporary, bytes, mode).and_then(|()| place(&temporary, path, existing));
    if result.is_err() || existing == Existing::Keep {
        let _ = fs::remove_file(&temporary);
    }
    result?;
    File::open(directory)?.sync_all()?;
    Ok(())
}

/// Replaces the content of a file and nothing else of it: links are followed, owner, group and mode stay. A reader sees the old
/// content or the new one.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let path = fs::canonicalize(path)?;
    let old = fs::metadata(&path)?;
    if !old.is_file() {
        return Err(OutputError::Directory);
    }
    let directory = directory_of(&path);
    let temporary = temporary_beside(&path, directory);
    let result = fill(&temporary, bytes, 0o600)
        .and_then(|()| like(&temporary, &old))
        .and_then(|()| place(&temporary, &path, Existing::Replace));
    if result.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    result?;
    File::open(directory)?.sync_all()?;
    Ok(())
}

/// Gives `temporary` the owner, group and mode of `old`.
fn like(temporary: &Path, old: &fs::Metadata) -> Result<(), OutputError> {
    let file = File::open(temporary)?;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        std::os::unix::fs::fchown(&file, Some(old.uid()), Some(old.gid()))?;
    }
    // After the owner: a change of owner clears bits of the mode.
    file.set_permissions(fs::Permissions::from_mode(old.mode() & 0o7777))?;
    file.sync_all()?;
    Ok(())
}

/// What would keep `write` from writing, as far as can be told without writing.
pub fn check(path: &Path, existing: Existing) -> Result<(), OutputError> {
    fs::metadata(directory_of(path))?;
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Err(OutputError::Directory),
        Ok(_) if existing == Existing::Keep => Err(OutputError::Exists),
        _ => Ok(()),
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn temporary_beside(path: &Path, directory: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    directory.join(format!(".{name}.{}.tmp", std::process::id()))
}

fn fill(temporary: &Path, bytes: &[u8], mode: u32) -> Result<(), OutputError> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode & 0o600).open(temporary)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(())
}

fn place(temporary: &Path, path: &Path, existing: Existing) -> Result<(), OutputError> {
    match existing {
        // A link fails when somebody made the file meanwhile; a rename would replace it.
        Existing::Keep => fs::hard_link(temporary, path)?,
        Existing::Replace => fs::rename(temporary, path)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_exists_is_kept_unless_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.pem");
        write(&path, b"one", 0o600, Existing::Keep).unwrap();
        assert!(matches!(write(&path, b"two", 0o600, Existing::Keep), Err(OutputError::Exists)));
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", 0o644, Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o644);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file was left behind");
    }

    #[test]
    fn a_replaced_file_keeps_its_mode_and_the_links_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.pem"), folder.path().join("link.pem"));
        write(&real, b"one", 0o640, Existing::Keep).unwrap();
        std::os::unix::fs::symlink("real.pem", &link).unwrap();
        replace(&link, b"two").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"two");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "a temporary file was left behind");
        assert!(matches!(replace(folder.path(), b"x"), Err(OutputError::Directory)));
        assert!(matches!(replace(&folder.path().join("none"), b"x"), Err(OutputError::Io(_))));
    }
}
