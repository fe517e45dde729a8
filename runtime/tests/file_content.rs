//! A file as a parameter: content counts, name and times don't (conformance S63).

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use cachelit::key::encoding;
use cachelit::{FileContent, cache_data};

/// A folder of its own for a test.
fn folder(name: &str) -> tempfile::TempDir {
    tempfile::Builder::new().prefix(name).tempdir().expect("the system has a folder for that")
}

fn written(path: PathBuf, content: &[u8]) -> PathBuf {
    fs::write(&path, content).expect("the folder can be written to");
    path
}

fn hashed(path: &PathBuf) -> FileContent {
    FileContent::of(path).expect("the file is there")
}

#[test]
fn s63_a_file_that_was_rewritten_with_the_same_content_is_a_hit() {
    #[cache_data]
    fn length(file: &FileContent) -> Result<usize, String> {
        file.read().map(|bytes| bytes.len()).map_err(|error| error.to_string())
    }
    let folder = folder("same");
    let path = written(folder.path().join("a.csv"), b"1,2");
    assert_eq!(length(&hashed(&path)), Ok(3));
    written(path.clone(), b"1,2");
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    File::options().append(true).open(&path).unwrap().set_modified(yesterday).unwrap();
    assert_eq!(length(&hashed(&path)), Ok(3));
    let elsewhere = written(folder.path().join("b.csv"), b"1,2");
    assert_eq!(length(&hashed(&elsewhere)), Ok(3));
    assert_eq!(hashed(&path), hashed(&elsewhere));
    assert_eq!((length::stats().misses, length::stats().hits), (1, 2));
}

#[test]
fn s63_a_file_whose_content_changed_is_a_miss_even_if_its_length_and_time_did_not() {
    let folder = folder("changed");
    let mut content = vec![7; 3_000_000];
    let path = written(folder.path().join("a.bin"), &content);
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    let before = encoding(&hashed(&path));
    content[2_999_999] = 8;
    written(path.clone(), &content);
    File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert_ne!(before, encoding(&hashed(&path)));
}

#[test]
fn content_that_was_not_hashed_is_an_error_and_is_not_cached() {
    #[cache_data]
    fn length(file: &FileContent) -> Result<usize, String> {
        file.read().map(|bytes| bytes.len()).map_err(|error| error.to_string())
    }
    let folder = folder("race");
    let path = written(folder.path().join("a.txt"), b"old");
    let old = hashed(&path);
    written(path.clone(), b"newer");
    let error = length(&old).unwrap_err();
    assert!(error.contains("a.txt` has changed since it was hashed"), "{error}");
    written(path, b"old");
    assert_eq!(length(&old), Ok(3));
}

#[test]
fn a_reader_checks_at_the_end() {
    let folder = folder("reader");
    let path = written(folder.path().join("a.txt"), b"abcd");
    let content = hashed(&path);
    let mut start = [0; 2];
    content.open().unwrap().read_exact(&mut start).unwrap();
    assert_eq!(start, *b"ab");
    written(path.clone(), b"abce");
    let mut text = String::new();
    let error = content.open().unwrap().read_to_string(&mut text).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::Other);
    fs::remove_file(path).unwrap();
    assert_eq!(content.open().unwrap_err().kind(), io::ErrorKind::NotFound);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = folder("missing");
    let error = FileContent::of(folder.path().join("missing.csv")).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert!(error.to_string().contains("missing.csv`: "), "{error}");
}
