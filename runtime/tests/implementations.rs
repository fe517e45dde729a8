//! What has a `CacheKey`, and what doesn't, according to the compiler. The linter is asked about the same
//! lines, by `tests/tests/implementations.rs`.

use std::marker::PhantomData;

use cachelit::CacheKey;

trait Otherwise {
    const HAS_KEY: bool = false;
}

struct Asked<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized> Otherwise for Asked<T> {}

impl<T: CacheKey + ?Sized> Asked<T> {
    const HAS_KEY: bool = true;
}

macro_rules! ask {
    ($($expected:ident $ty:ty;)*) => {$(
        let has_key = Asked::<$ty>::HAS_KEY;
        assert_eq!(has_key, stringify!($expected) == "yes", "{}", stringify!($ty));
    )*};
}

#[test]
fn of_the_standard_library() {
    ask! {
        yes ();
        yes bool;
        yes char;
        yes u8;
        yes u16;
        yes u32;
        yes u64;
        yes u128;
        yes usize;
        yes i8;
        yes i16;
        yes i32;
        yes i64;
        yes i128;
        yes isize;
        yes f32;
        yes f64;
        yes std::num::NonZero<u8>;
        yes std::num::NonZeroI64;
        yes str;
        yes String;
        yes std::ffi::CStr;
        yes std::ffi::CString;
        yes std::ffi::OsStr;
        yes std::ffi::OsString;
        yes std::path::Path;
        yes std::path::PathBuf;
        yes std::time::Duration;
        yes std::time::SystemTime;
        yes std::net::Ipv4Addr;
        yes std::net::Ipv6Addr;
        yes std::net::IpAddr;
        yes std::net::SocketAddrV4;
        yes std::net::SocketAddrV6;
        yes std::net::SocketAddr;
        yes std::marker::PhantomData<std::cell::Cell<u8>>;
        yes std::borrow::Cow<'static, str>;
        yes std::borrow::Cow<'static, [f64]>;
        yes &'static f64;
        yes &'static mut f64;
        yes Box<f64>;
        yes std::rc::Rc<[f64]>;
        yes std::sync::Arc<str>;
        yes std::num::Wrapping<u8>;
        yes std::num::Saturating<u8>;
        yes std::cmp::Reverse<f64>;
        yes std::cmp::Ordering;
        yes (f64,);
        yes (f64, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
        yes Option<f64>;
        yes Result<f64, String>;
        yes std::ops::ControlFlow<f64, u8>;
        yes std::ops::RangeFull;
        yes std::ops::Range<f64>;
        yes std::ops::RangeInclusive<f64>;
        yes std::ops::RangeFrom<f64>;
        yes std::ops::RangeTo<f64>;
        yes std::ops::RangeToInclusive<f64>;
        yes std::ops::Bound<f64>;
        yes [f64];
        yes [f64; 3];
        yes Vec<f64>;
        yes std::collections::VecDeque<f64>;
        yes std::collections::LinkedList<f64>;
        yes std::collections::BinaryHeap<u8>;
        yes std::collections::HashMap<String, f64>;
        yes std::collections::BTreeMap<String, f64>;
        yes std::collections::HashSet<String>;
        yes std::collections::BTreeSet<String>;
        yes cachelit::FileContent;
    }
}

#[test]
fn none_of_the_standard_library() {
    ask! {
        no *const u8;
        no fn();
        no std::cell::Cell<u8>;
        no std::cell::RefCell<u8>;
        no std::sync::Mutex<u8>;
        no std::sync::RwLock<u8>;
        no std::sync::atomic::AtomicU32;
        no std::sync::OnceLock<u8>;
        no std::sync::Weak<u8>;
        no std::time::Instant;
        no std::any::TypeId;
        no std::thread::ThreadId;
        no std::fs::File;
        no std::fs::Metadata;
        no std::net::TcpStream;
        no std::process::Command;
        no std::num::ParseIntError;
        no std::io::Result<u8>;
        no std::task::Poll<u8>;
        no std::mem::ManuallyDrop<u8>;
        no std::pin::Pin<Box<u8>>;
        no std::vec::IntoIter<u8>;
        no std::slice::Iter<'static, u8>;
        no std::convert::Infallible;
        no dyn std::any::Any;
        no Box<dyn Fn()>;
        no &'static std::cell::Cell<u8>;
        no Vec<std::cell::Cell<u8>>;
        no [std::cell::Cell<u8>; 2];
        no Option<std::cell::Cell<u8>>;
        no (u8, std::cell::Cell<u8>);
        no Result<u8, std::cell::Cell<u8>>;
        no std::collections::HashMap<String, std::cell::Cell<u8>>;
        no std::collections::BTreeMap<std::cell::Cell<u8>, u8>;
        no std::ops::ControlFlow<std::cell::Cell<u8>>;
        no (u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8, u8);
    }
}

#[cfg(feature = "arrow")]
#[test]
fn of_arrow() {
    ask! {
        yes arrow_array::RecordBatch;
        yes arrow_schema::Schema;
        yes arrow_schema::Field;
        yes arrow_schema::DataType;
        yes arrow_schema::SchemaRef;
        yes dyn arrow_array::Array;
        yes arrow_array::ArrayRef;
        yes arrow_array::BooleanArray;
        yes arrow_array::FixedSizeBinaryArray;
        yes arrow_array::FixedSizeListArray;
        yes arrow_array::MapArray;
        yes arrow_array::NullArray;
        yes arrow_array::StructArray;
        yes arrow_array::UnionArray;
        yes arrow_array::DictionaryArray<arrow_array::types::Int8Type>;
        yes arrow_array::GenericByteArray<arrow_array::types::Utf8Type>;
        yes arrow_array::StringArray;
        yes arrow_array::GenericByteViewArray<arrow_array::types::BinaryViewType>;
        yes arrow_array::GenericListArray<i64>;
        yes arrow_array::GenericListViewArray<i32>;
        yes arrow_array::PrimitiveArray<arrow_array::types::Int8Type>;
        yes arrow_array::Float64Array;
        yes arrow_array::RunArray<arrow_array::types::Int32Type>;
        yes half::f16;
        yes arrow_buffer::i256;
        yes arrow_buffer::IntervalDayTime;
        yes arrow_buffer::IntervalMonthDayNano;
        no arrow_schema::ArrowError;
        no half::bf16;
    }
}

#[cfg(feature = "bytes")]
#[test]
fn of_bytes() {
    ask! {
        yes bytes::Bytes;
        yes bytes::BytesMut;
    }
}

#[cfg(feature = "chrono")]
#[test]
fn of_chrono() {
    ask! {
        yes chrono::NaiveDate;
        yes chrono::NaiveTime;
        yes chrono::NaiveDateTime;
        yes chrono::DateTime<chrono::Utc>;
        yes chrono::Utc;
        yes chrono::Local;
        yes chrono::FixedOffset;
        yes chrono::TimeDelta;
        yes chrono::Weekday;
        yes chrono::Month;
        yes chrono::Months;
        no chrono::ParseError;
    }
}

#[cfg(feature = "chrono-tz")]
#[test]
fn of_chrono_tz() {
    ask! {
        yes chrono_tz::Tz;
        yes chrono::DateTime<chrono_tz::Tz>;
    }
}

#[cfg(feature = "indexmap")]
#[test]
fn of_indexmap() {
    ask! {
        yes indexmap::IndexMap<String, f64>;
        yes indexmap::IndexSet<String>;
        no indexmap::IndexMap<String, std::cell::Cell<u8>>;
    }
}

#[cfg(feature = "jiff")]
#[test]
fn of_jiff() {
    ask! {
        yes jiff::Timestamp;
        yes jiff::civil::Date;
        yes jiff::civil::Time;
        yes jiff::civil::DateTime;
        yes jiff::civil::Weekday;
        yes jiff::ZonedDateTime;
        yes jiff::tz::Offset;
        yes jiff::tz::TimeZone;
        yes jiff::SignedDuration;
        yes jiff::Span;
        no jiff::Error;
    }
}

#[cfg(feature = "ndarray")]
#[test]
fn of_ndarray() {
    ask! {
        yes ndarray::Array1<f64>;
        yes ndarray::Array2<String>;
        yes ndarray::ArrayD<u8>;
        yes ndarray::ArrayView2<'static, f64>;
        yes ndarray::ArrayBase<ndarray::OwnedRepr<f64>, ndarray::Ix1>;
        yes ndarray::ArrayRef<f64, ndarray::Ix1>;
        no ndarray::Array1<std::cell::Cell<u8>>;
    }
}

#[cfg(feature = "ordered-float")]
#[test]
fn of_ordered_float() {
    ask! {
        yes ordered_float::OrderedFloat<f64>;
        yes ordered_float::NotNan<f64>;
        no ordered_float::OrderedFloat<std::cell::Cell<f64>>;
    }
}

#[cfg(feature = "polars")]
#[test]
fn of_polars() {
    ask! {
        yes polars_core::frame::DataFrame;
        yes polars_core::prelude::Column;
        yes polars_core::series::Series;
        yes polars_core::schema::Schema;
        yes polars_core::datatypes::DataType;
        no polars_core::prelude::PolarsError;
    }
}

#[cfg(feature = "rust_decimal")]
#[test]
fn of_rust_decimal() {
    ask! {
        yes rust_decimal::Decimal;
        no rust_decimal::Error;
    }
}

#[cfg(feature = "serde_json")]
#[test]
fn of_serde_json() {
    ask! {
        yes serde_json::Value;
        yes serde_json::Number;
        yes serde_json::Map<String, serde_json::Value>;
        no serde_json::Error;
    }
}

#[cfg(feature = "smallvec")]
#[test]
fn of_smallvec() {
    ask! {
        yes smallvec::SmallVec<[f64; 2]>;
        no smallvec::SmallVec<[std::cell::Cell<u8>; 2]>;
    }
}

#[cfg(feature = "time")]
#[test]
fn of_time() {
    ask! {
        yes time::Date;
        yes time::Time;
        yes time::PrimitiveDateTime;
        yes time::OffsetDateTime;
        yes time::UtcDateTime;
        yes time::UtcOffset;
        yes time::Duration;
        yes time::Month;
        yes time::Weekday;
        no time::error::ComponentRange;
    }
}

#[cfg(feature = "url")]
#[test]
fn of_url() {
    ask! {
        yes url::Url;
        no url::ParseError;
    }
}

#[cfg(feature = "uuid")]
#[test]
fn of_uuid() {
    ask! {
        yes uuid::Uuid;
        no uuid::Error;
    }
}
