//! Types of time.

use time::{
    Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset, Weekday,
};

use super::super::{CacheKey, KeyHasher};

impl CacheKey for Date {
    fn encode(&self, key: &mut KeyHasher) {
        self.to_julian_day().encode(key);
    }
}

impl CacheKey for Time {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_hms_nano().encode(key);
    }
}

impl CacheKey for PrimitiveDateTime {
    fn encode(&self, key: &mut KeyHasher) {
        (self.date(), self.time()).encode(key);
    }
}

impl CacheKey for OffsetDateTime {
    /// With the offset: bodies can see it, though `==` does not.
    fn encode(&self, key: &mut KeyHasher) {
        (self.date(), self.time(), self.offset()).encode(key);
    }
}

impl CacheKey for UtcDateTime {
    fn encode(&self, key: &mut KeyHasher) {
        (self.date(), self.time()).encode(key);
    }
}

impl CacheKey for UtcOffset {
    fn encode(&self, key: &mut KeyHasher) {
        self.whole_seconds().encode(key);
    }
}

impl CacheKey for Duration {
    fn encode(&self, key: &mut KeyHasher) {
        (self.whole_seconds(), self.subsec_nanoseconds()).encode(key);
    }
}

impl CacheKey for Month {
    fn encode(&self, key: &mut KeyHasher) {
        u8::from(*self).encode(key);
    }
}

impl CacheKey for Weekday {
    fn encode(&self, key: &mut KeyHasher) {
        self.number_days_from_monday().encode(key);
    }
}
