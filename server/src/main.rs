//! `cachelit-server`: the language server on standard input and output.

use std::io::{self, Write};
use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

const HELP: &str = "\
The language server of cachelit: diagnostics, hovers and quick fixes for `#[cache_data]` and
`#[cache_resource]`, in any editor that speaks LSP.

Usage: cachelit-server [OPTIONS]

It reads the protocol from standard input and writes it to standard output.

Options:
      --stdio    Accepted, as some editors pass it; there is no other way to talk
  -h, --help     Print help
  -V, --version  Print version

Environment:
  CACHELIT_LOG   What to log to standard error, such as `debug` or `cachelit_server=trace`
                 [default: warn]
";

/// Rust source may nest deeply, and a stack overflow can't be caught.
const STACK: usize = 32 << 20;

fn main() -> ExitCode {
    for argument in std::env::args_os().skip(1) {
        match argument.to_str() {
            Some("--stdio") => {}
            Some("-h" | "--help") => return print(HELP),
            Some("-V" | "--version") => {
                return print(concat!("cachelit-server ", env!("CARGO_PKG_VERSION"), "\n"));
            }
            _ => {
                let argument = argument.display();
                complain(&format!("unknown argument `{argument}`; see `cachelit-server --help`"));
                return ExitCode::from(2);
            }
        }
    }
    log_to_stderr();
    // Source is also parsed on this pool; it has a size already if this fails.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK).build_global();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_stack_size(STACK)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            complain(&format!("cannot start threads: {error}"));
            return ExitCode::from(2);
        }
    };
    let clean = runtime.block_on(cachelit_server::serve(tokio::io::stdin(), tokio::io::stdout()));
    // Returning would wait for the thread that is blocked reading standard input.
    std::process::exit(i32::from(!clean));
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("CACHELIT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(false)
        // Complaints about a closed standard error would themselves go there, and panic.
        .log_internal_errors(false)
        .init();
    std::panic::set_hook(Box::new(|panic| {
        let trace = std::backtrace::Backtrace::force_capture();
        tracing::error!("{panic}\n{trace}");
    }));
}

fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

fn complain(message: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr(), "cachelit-server: {message}");
}
