//! Files as parameters.

use std::fs::File;
use std::hash::{Hash, Hasher};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{CacheKey, KeyHasher};

/// A file as a parameter: its content is part of the key.
///
/// The file is hashed whole (blake3) when this is made, so make it anew for each call. Neither name nor time
/// of modification count, and a body can't see them; where the name matters, take it as a parameter too.
///
/// ```
/// use cachelit::{FileContent, cache_data};
/// use std::io;
///
/// #[cache_data]
/// fn count_lines(log: &FileContent) -> io::Result<usize> {
///     Ok(log.read_to_string()?.lines().count())
/// }
///
/// # let folder = std::env::temp_dir().join(format!("cachelit-doc-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("events.log");
/// std::fs::write(&path, "started\n")?;
/// assert_eq!(count_lines(&FileContent::of(&path)?)?, 1);
/// assert_eq!(count_lines(&FileContent::of(&path)?)?, 1);
/// assert_eq!(count_lines::stats().hits, 1);
///
/// std::fs::write(&path, "started\nstopped\n")?;
/// assert_eq!(count_lines(&FileContent::of(&path)?)?, 2);
/// # std::fs::remove_dir_all(folder)?;
/// # io::Result::Ok(())
/// ```
///
/// A file that was changed between the hashing and the reading must not give its new content to the old key:
/// whoever reads it to the end gets an error then, and errors are not cached.
#[derive(Clone, Debug)]
pub struct FileContent {
    path: PathBuf,
    digest: blake3::Hash,
}

impl FileContent {
    /// Hashes a file's content.
    ///
    /// # Errors
    ///
    /// If it can't be read; the message names the file.
    pub fn of(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let mut hasher = blake3::Hasher::new();
        File::open(&path)
            .and_then(|file| hasher.update_reader(file).map(|_| ()))
            .map_err(|error| unreadable(&path, &error))?;
        Ok(FileContent { path, digest: hasher.finalize() })
    }

    /// A reader of the content that was hashed.
    ///
    /// # Errors
    ///
    /// If the file can't be opened. At the end of the file, reading is an error if it was not the content
    /// that was hashed.
    pub fn open(&self) -> io::Result<FileReader<'_>> {
        let file = File::open(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        Ok(FileReader { file, hasher: Box::default(), content: self })
    }

    /// The content that was hashed.
    ///
    /// # Errors
    ///
    /// If the file can't be read, or has changed since.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The content that was hashed, as text.
    ///
    /// # Errors
    ///
    /// If the file can't be read, is not UTF-8, or has changed since.
    pub fn read_to_string(&self) -> io::Result<String> {
        let mut text = String::new();
        self.open()?.read_to_string(&mut text)?;
        Ok(text)
    }
}

fn unreadable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("can't read `{}`: {error}", path.display()))
}

/// By content.
impl PartialEq for FileContent {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for FileContent {}

impl Hash for FileContent {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.digest.hash(state);
    }
}

impl CacheKey for FileContent {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(self.digest.as_bytes());
    }
}

/// Reads the content of a [`FileContent`], and checks it at the end.
#[derive(Debug)]
pub struct FileReader<'a> {
    file: File,
    hasher: Box<blake3::Hasher>,
    content: &'a FileContent,
}

impl Read for FileReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let path = &self.content.path;
        let count = self.file.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::Interrupted => error,
            _ => unreadable(path, &error),
        })?;
        self.hasher.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.hasher.finalize() != self.content.digest {
            return Err(io::Error::other(format!(
                "`{}` has changed since it was hashed: call again with a new `FileContent`",
                path.display()
            )));
        }
        Ok(count)
    }
}
