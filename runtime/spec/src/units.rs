//! Texts with units: `"1h30m"`, `"500MB"`.

use std::fmt;
use std::num::NonZeroU64;
use std::time::Duration;

use crate::suggest::similar;

/// Why a text is no duration or no size. Its `Display` says what is wrong, [`help`](Self::help) what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnitError {
    /// There is no number where one should stand.
    NoNumber {
        /// What stands there instead; empty at the end of the text.
        found: String,
    },
    /// A number without a unit.
    NoUnit {
        /// The number.
        number: String,
        /// What the units measure.
        of: Quantity,
    },
    /// A unit that doesn't exist.
    UnknownUnit {
        /// What was written.
        unit: String,
        /// What the units measure.
        of: Quantity,
    },
    /// `M`, which could be months or minutes.
    AmbiguousUnit,
    /// Less than zero.
    Negative,
    /// Zero, or rounded to zero.
    Zero,
    /// More than can be represented.
    TooLarge,
}

/// What a text with units measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A `ttl`.
    Time,
    /// A `max_size`.
    Size,
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnitError::NoNumber { found } if found.is_empty() => f.write_str("number missing"),
            UnitError::NoNumber { found } => write!(f, "expected a number, found `{found}`"),
            UnitError::NoUnit { number, .. } => write!(f, "unit missing after `{number}`"),
            UnitError::UnknownUnit { unit, .. } => write!(f, "unknown unit `{unit}`"),
            UnitError::AmbiguousUnit => f.write_str("unit `M` could mean months or minutes"),
            UnitError::Negative => f.write_str("less than zero"),
            UnitError::Zero => f.write_str("zero"),
            UnitError::TooLarge => f.write_str("too large"),
        }
    }
}

impl std::error::Error for UnitError {}

impl UnitError {
    /// What to write instead.
    pub fn help(&self) -> String {
        match self {
            UnitError::NoNumber { .. } => "write a number and its unit".to_owned(),
            UnitError::NoUnit { number, of: Quantity::Time } => {
                format!("write \"{number}s\" for seconds, or \"{number}m\" for minutes")
            }
            UnitError::NoUnit { number, of: Quantity::Size } => {
                format!("write \"{number}B\" for bytes, or \"{number}MB\"")
            }
            UnitError::UnknownUnit { unit, of } => {
                let known = match of {
                    Quantity::Time => "`d`, `h`, `m`, `s`, `ms`, `us`, `ns` or `w`",
                    Quantity::Size => "`B`, `KB`, `MB`, `GB`, `TB` (or `KiB` …, which is the same)",
                };
                match similar(unit, of.names()) {
                    Some(name) => format!("did you mean `{name}`? units are {known}"),
                    None => format!("units are {known}"),
                }
            }
            UnitError::AmbiguousUnit => "write `min` for minutes, or a number of days".to_owned(),
            UnitError::Negative | UnitError::Zero => "write more than zero".to_owned(),
            UnitError::TooLarge => "leave the option out for no limit".to_owned(),
        }
    }
}

impl Quantity {
    fn units(self) -> &'static [(&'static [&'static str], u64)] {
        match self {
            Quantity::Time => TIME_UNITS,
            Quantity::Size => SIZE_UNITS,
        }
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        // Suggesting one letter for another is a guess, not help.
        self.units()
            .iter()
            .flat_map(|(names, _)| names.iter().copied())
            .filter(|name| name.len() > 2)
    }
}

/// Names in lower case, and nanoseconds.
const TIME_UNITS: &[(&[&str], u64)] = &[
    (&["w", "week", "weeks"], 7 * 24 * 3600 * 1_000_000_000),
    (&["d", "day", "days"], 24 * 3600 * 1_000_000_000),
    (&["h", "hr", "hrs", "hour", "hours"], 3600 * 1_000_000_000),
    (&["m", "min", "mins", "minute", "minutes"], 60 * 1_000_000_000),
    (&["s", "sec", "secs", "second", "seconds"], 1_000_000_000),
    (&["ms", "milli", "millis", "millisecond", "milliseconds"], 1_000_000),
    (&["us", "µs", "μs", "micro", "micros", "microsecond", "microseconds"], 1_000),
    (&["ns", "nano", "nanos", "nanosecond", "nanoseconds"], 1),
];

/// Names in lower case, and bytes. As in Streamlit, `KB` is 1024 bytes too.
const SIZE_UNITS: &[(&[&str], u64)] = &[
    (&["b", "byte", "bytes"], 1),
    (&["kb", "kib"], 1 << 10),
    (&["mb", "mib"], 1 << 20),
    (&["gb", "gib"], 1 << 30),
    (&["tb", "tib"], 1 << 40),
    (&["pb", "pib"], 1 << 50),
];

/// Reads a time such as `"1h30m"`, `"1.5 days"` or `"90s"`.
///
/// Case doesn't matter, except that `M` is refused: it could mean months.
///
/// # Errors
///
/// What isn't a sum of numbers with units, or is not more than zero.
///
/// ```
/// use cachelit_spec::units::parse_ttl;
/// use std::time::Duration;
/// assert_eq!(parse_ttl("1h30m"), Ok(Duration::from_secs(5400)));
/// assert_eq!(parse_ttl("10").unwrap_err().to_string(), "unit missing after `10`");
/// ```
pub fn parse_ttl(text: &str) -> Result<Duration, UnitError> {
    let mut rest = text.trim();
    let mut nanos = 0u128;
    loop {
        let (amount, after) = amount(rest, Quantity::Time)?;
        nanos = nanos.checked_add(amount).ok_or(UnitError::TooLarge)?;
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
    }
    if nanos == 0 {
        return Err(UnitError::Zero);
    }
    let seconds = u64::try_from(nanos / 1_000_000_000).map_err(|_| UnitError::TooLarge)?;
    let subsecond = u32::try_from(nanos % 1_000_000_000).expect("a remainder below 10^9");
    Ok(Duration::new(seconds, subsecond))
}

/// Reads a size such as `"500MB"` or `"1.5 GiB"`: bytes, fractions cut.
///
/// # Errors
///
/// What isn't one number with a unit, or is not at least one byte.
///
/// ```
/// use cachelit_spec::units::parse_size;
/// assert_eq!(parse_size("1.1KB").unwrap().get(), 1126);
/// assert!(parse_size("10").is_err());
/// ```
pub fn parse_size(text: &str) -> Result<NonZeroU64, UnitError> {
    let (bytes, rest) = amount(text.trim(), Quantity::Size)?;
    if !rest.trim().is_empty() {
        return Err(UnitError::UnknownUnit { unit: rest.trim().to_owned(), of: Quantity::Size });
    }
    let bytes = u64::try_from(bytes).map_err(|_| UnitError::TooLarge)?;
    NonZeroU64::new(bytes).ok_or(UnitError::Zero)
}

/// Reads a number and a unit; returns the amount in the smallest unit, and what follows.
fn amount(text: &str, of: Quantity) -> Result<(u128, &str), UnitError> {
    if text.starts_with('-') {
        return Err(UnitError::Negative);
    }
    let is_number = |ch: char| ch.is_ascii_digit() || ch == '.';
    let (number, rest) = text.split_at(text.find(|ch| !is_number(ch)).unwrap_or(text.len()));
    let rest = rest.trim_start();
    let (unit, rest) =
        rest.split_at(rest.find(|ch: char| !ch.is_alphabetic()).unwrap_or(rest.len()));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        let found = if number.is_empty() { text } else { number };
        return Err(UnitError::NoNumber { found: found.to_owned() });
    }
    if unit.is_empty() && rest.is_empty() {
        return Err(UnitError::NoUnit { number: number.to_owned(), of });
    }
    if unit == "M" && of == Quantity::Time {
        return Err(UnitError::AmbiguousUnit);
    }
    let lower = unit.to_lowercase();
    let Some((_, size)) = of.units().iter().find(|(names, _)| names.contains(&&*lower)) else {
        let unit = if unit.is_empty() { rest } else { unit };
        return Err(UnitError::UnknownUnit { unit: unit.to_owned(), of });
    };
    Ok((scaled(whole, fraction, u128::from(*size))?, rest))
}

/// `whole.fraction * size`, exact, cut to an integer.
fn scaled(whole: &str, fraction: &str, size: u128) -> Result<u128, UnitError> {
    let parse = |digits: &str| match digits {
        "" => Ok(0),
        digits => digits.parse::<u128>().map_err(|_| UnitError::TooLarge),
    };
    let whole = parse(whole)?.checked_mul(size).ok_or(UnitError::TooLarge)?;
    // More digits than this are less than a nanosecond of a week.
    let fraction = &fraction[..fraction.len().min(18)];
    let parts = parse(fraction)? * size / 10u128.pow(u32::try_from(fraction.len()).unwrap_or(0));
    whole.checked_add(parts).ok_or(UnitError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_sums_of_numbers_with_units() {
        let cases = [
            ("1h30m", 5_400_000_000_000),
            (" 1 h 30 min ", 5_400_000_000_000),
            ("1.5 days", 129_600_000_000_000),
            ("1h1h", 7_200_000_000_000),
            ("1H", 3_600_000_000_000),
            ("2 Weeks", 1_209_600_000_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("250ms", 250_000_000),
            ("3µs", 3_000),
            ("1.9ns", 1),
            ("0.000000001s", 1),
            ("0h5s", 5_000_000_000),
            ("1000000d", 86_400_000_000_000_000_000),
        ];
        for (text, nanos) in cases {
            assert_eq!(parse_ttl(text).map(|time| time.as_nanos()), Ok(nanos), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        let huge = "9".repeat(40);
        let cases = [
            ("", "number missing"),
            ("h", "expected a number, found `h`"),
            (".h", "expected a number, found `.`"),
            ("1.2.3h", "expected a number, found `1.2.3`"),
            ("10", "unit missing after `10`"),
            ("1h30", "unit missing after `30`"),
            ("1:30", "unknown unit `:30`"),
            ("1M", "unit `M` could mean months or minutes"),
            ("1y", "unknown unit `y`"),
            ("-1h", "less than zero"),
            ("1h -1h", "less than zero"),
            ("0s", "zero"),
            ("0.1ns", "zero"),
            (&*format!("{huge}s"), "too large"),
            ("99999999999999999999999999s", "too large"),
        ];
        for (text, error) in cases {
            assert_eq!(
                parse_ttl(text).map_err(|error| error.to_string()),
                Err(error.to_owned()),
                "{text}"
            );
        }
    }
}
