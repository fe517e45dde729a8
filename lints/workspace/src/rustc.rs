//! `rustc --print cfg`: what is configured for the target platform.

use std::path::Path;
use std::process::Command;

use cachelit_lints::project::Cfg;

use cfg_expr::targets::get_builtin_target_by_triple;
use cfg_expr::{Expression, Predicate};

use crate::cargo_config::CargoConfig;
use crate::load::{LoadError, LoadOptions};

/// Asks rustc. Takes about as long as cargo needs to start, so the answer isn't kept on disk.
pub(crate) fn cfg(
    options: &LoadOptions,
    config: &CargoConfig,
    manifest: &Path,
) -> Result<Cfg, LoadError> {
    let rustc = Rustc { options, folder: manifest.parent().unwrap_or(&options.current_dir) };
    if let Some(flags) = &options.rustc_flags {
        return rustc.cfg(flags);
    }
    if config.target_flags.is_empty() {
        return rustc.cfg(&config.flags);
    }
    let plain = rustc.cfg(&[])?;
    let target = match &options.target {
        Some(target) => target.clone(),
        None => rustc.host()?,
    };
    let applies = |key: &str| key == target || cfg_applies(key, &target, &plain);
    let for_target: Vec<String> = config
        .target_flags
        .iter()
        .filter(|(platform, _)| applies(platform))
        .flat_map(|(_, flags)| flags.clone())
        .collect();
    rustc.cfg(if for_target.is_empty() { &config.flags } else { &for_target })
}

struct Rustc<'a> {
    options: &'a LoadOptions,
    /// Where the toolchain that applies to the manifest, not to the caller, is picked.
    folder: &'a Path,
}

impl Rustc<'_> {
    fn cfg(&self, flags: &[String]) -> Result<Cfg, LoadError> {
        let mut command = Command::new(&self.options.rustc);
        command.args(["--print", "cfg"]).args(flags);
        if let Some(target) = &self.options.target {
            command.args(["--target", target]);
        }
        self.run(&mut command).map(|output| parse(&output))
    }

    fn host(&self) -> Result<String, LoadError> {
        let output = self.run(Command::new(&self.options.rustc).arg("-vV"))?;
        let host = output.lines().find_map(|line| line.strip_prefix("host: "));
        Ok(host.unwrap_or_default().to_owned())
    }

    fn run(&self, command: &mut Command) -> Result<String, LoadError> {
        let output = command
            .current_dir(self.folder)
            .output()
            .map_err(|error| LoadError::RunRustc { program: self.options.rustc.clone(), error })?;
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr).trim().replace('\n', " ");
            return Err(LoadError::Rustc { message });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

/// Whether `cfg(…)`, as a table of cargo's configuration is named, holds on a platform.
fn cfg_applies(expression: &str, platform: &str, cfg: &Cfg) -> bool {
    let Ok(expression) = Expression::parse(expression) else { return false };
    let platform = get_builtin_target_by_triple(platform);
    expression.eval(|predicate| match predicate {
        Predicate::Target(target) => platform.is_some_and(|platform| target.matches(platform)),
        Predicate::Flag(flag) => cfg.flags.contains(*flag),
        Predicate::KeyValue { key, val } => {
            cfg.values.contains(&((*key).to_owned(), (*val).to_owned()))
        }
        _ => false,
    })
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
    use super::{Cfg, cfg_applies, parse};

    #[test]
    fn tables_of_the_configuration_apply_by_platform() {
        let applies = |key| cfg_applies(key, "x86_64-unknown-linux-gnu", &Cfg::default());
        assert!(applies("cfg(all(unix, target_arch = \"x86_64\"))"));
        assert!(!applies("cfg(windows)"));
        assert!(!applies("aarch64-apple-darwin"));
    }

    #[test]
    fn flags_and_values_are_told_apart() {
        let cfg = parse("unix\ntarget_os=\"linux\"\ntarget_abi=\"\"\n");
        assert!(cfg.flags.contains("unix"));
        assert!(cfg.values.contains(&("target_os".into(), "linux".into())));
        assert!(cfg.values.contains(&("target_abi".into(), String::new())));
    }
}
