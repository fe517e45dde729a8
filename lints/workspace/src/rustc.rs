//! `rustc --print cfg`: what is configured for the target platform.

use std::path::Path;
use std::process::Command;

use cachelit_lints::project::Cfg;

use crate::load::{LoadError, LoadOptions};

/// Asks rustc. Takes about as long as cargo needs to start, so the answer isn't kept on disk.
pub(crate) fn cfg(options: &LoadOptions, manifest: &Path) -> Result<Cfg, LoadError> {
    let mut command = Command::new(&options.rustc);
    command.args(["--print", "cfg"]).args(&options.rustc_flags);
    if let Some(target) = &options.target {
        command.args(["--target", target]);
    }
    let output = command
        // The toolchain that applies to the manifest, not to the caller.
        .current_dir(manifest.parent().unwrap_or(&options.current_dir))
        .output()
        .map_err(|error| LoadError::RunRustc { program: options.rustc.clone(), error })?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
        return Err(LoadError::Rustc { message });
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

fn parse(lines: &str) -> Cfg {
    let mut cfg = Cfg::default();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        match line.split_once('=') {
            Some((name, value)) => {
                cfg.values.insert((name.to_owned(), value.trim_matches('"').to_owned()));
            }
            None => {
                cfg.flags.insert(line.to_owned());
            }
        }
    }
    cfg
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn flags_and_values_are_told_apart() {
        let cfg = parse("unix\ntarget_os=\"linux\"\ntarget_abi=\"\"\n");
        assert!(cfg.flags.contains("unix"));
        assert!(cfg.values.contains(&("target_os".into(), "linux".into())));
        assert!(cfg.values.contains(&("target_abi".into(), String::new())));
    }
}
