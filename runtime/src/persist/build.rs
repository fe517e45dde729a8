//! Which build of the program this is.

use std::fs::File;
use std::io;
use std::sync::OnceLock;

/// The digest of the running executable. Nothing where it can't be read.
pub(crate) fn digest() -> Option<[u8; 32]> {
    static DIGEST: OnceLock<Option<[u8; 32]>> = OnceLock::new();
    *DIGEST.get_or_init(|| {
        let digest = read();
        if let Err(error) = &digest {
            tracing::warn!(
                %error,
                "the executable can't be read, so results whose keys rest on `std::hash::Hash` are not \
                 persisted: derive `CacheKey` for the types of these parameters"
            );
        }
        digest.ok()
    })
}

fn read() -> io::Result<[u8; 32]> {
    // On Linux this is the file that runs, even after another took its place.
    let mut file = if cfg!(target_os = "linux") {
        File::open("/proc/self/exe")?
    } else {
        File::open(std::env::current_exe()?)?
    };
    let mut hasher = blake3::Hasher::new();
    io::copy(&mut file, &mut hasher)?;
    Ok(*hasher.finalize().as_bytes())
}
