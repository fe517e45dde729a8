//! Types of chrono.

use chrono::{
    DateTime, Datelike, FixedOffset, Local, Month, Months, NaiveDate, NaiveDateTime, NaiveTime,
    Offset, TimeDelta, TimeZone, Timelike, Utc, Weekday,
};

use super::super::{CacheKey, KeyHasher};

impl CacheKey for NaiveDate {
    fn encode(&self, key: &mut KeyHasher) {
        self.num_days_from_ce().encode(key);
    }
}

impl CacheKey for NaiveTime {
    /// In a leap second there are more than a second's nanoseconds.
    fn encode(&self, key: &mut KeyHasher) {
        (self.num_seconds_from_midnight(), self.nanosecond()).encode(key);
    }
}

impl CacheKey for NaiveDateTime {
    fn encode(&self, key: &mut KeyHasher) {
        (self.date(), self.time()).encode(key);
    }
}

impl<Tz: TimeZone + CacheKey> CacheKey for DateTime<Tz> {
    /// With zone and offset: bodies can see them, though `==` does not.
    fn encode(&self, key: &mut KeyHasher) {
        (self.naive_utc(), self.offset().fix(), self.timezone()).encode(key);
    }
}

impl CacheKey for Utc {
    fn encode(&self, _key: &mut KeyHasher) {}
}

impl CacheKey for Local {
    fn encode(&self, _key: &mut KeyHasher) {}
}

impl CacheKey for FixedOffset {
    fn encode(&self, key: &mut KeyHasher) {
        self.local_minus_utc().encode(key);
    }
}

impl CacheKey for TimeDelta {
    fn encode(&self, key: &mut KeyHasher) {
        (self.num_seconds(), self.subsec_nanos()).encode(key);
    }
}

impl CacheKey for Weekday {
    fn encode(&self, key: &mut KeyHasher) {
        self.num_days_from_monday().encode(key);
    }
}

impl CacheKey for Month {
    fn encode(&self, key: &mut KeyHasher) {
        self.number_from_month().encode(key);
    }
}

impl CacheKey for Months {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_u32().encode(key);
    }
}
