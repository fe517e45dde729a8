//! Types of jiff.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime};

use super::super::{CacheKey, KeyHasher};

impl CacheKey for Timestamp {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_nanosecond().encode(key);
    }
}

impl CacheKey for Date {
    fn encode(&self, key: &mut KeyHasher) {
        (self.year(), self.month(), self.day()).encode(key);
    }
}

impl CacheKey for Time {
    fn encode(&self, key: &mut KeyHasher) {
        (self.hour(), self.minute(), self.second(), self.subsec_nanosecond()).encode(key);
    }
}

impl CacheKey for DateTime {
    fn encode(&self, key: &mut KeyHasher) {
        (self.date(), self.time()).encode(key);
    }
}

impl CacheKey for ZonedDateTime {
    /// With zone and offset: bodies can see them, though `==` does not.
    fn encode(&self, key: &mut KeyHasher) {
        (self.timestamp(), self.offset(), self.time_zone()).encode(key);
    }
}

impl CacheKey for Offset {
    fn encode(&self, key: &mut KeyHasher) {
        self.seconds().encode(key);
    }
}

impl CacheKey for TimeZone {
    /// By its name, or else by its rules as jiff prints them.
    fn encode(&self, key: &mut KeyHasher) {
        let name = self.iana_name();
        name.encode(key);
        if name.is_none() {
            key.write_text(&format!("{self:?}"));
        }
    }
}

impl CacheKey for SignedDuration {
    fn encode(&self, key: &mut KeyHasher) {
        (self.as_secs(), self.subsec_nanos()).encode(key);
    }
}

impl CacheKey for Span {
    /// Unit by unit: an hour is not sixty minutes.
    fn encode(&self, key: &mut KeyHasher) {
        (self.get_years(), self.get_months(), self.get_weeks(), self.get_days()).encode(key);
        (self.get_hours(), self.get_minutes(), self.get_seconds()).encode(key);
        (self.get_milliseconds(), self.get_microseconds(), self.get_nanoseconds()).encode(key);
    }
}

impl CacheKey for Weekday {
    fn encode(&self, key: &mut KeyHasher) {
        self.to_monday_zero_offset().encode(key);
    }
}
