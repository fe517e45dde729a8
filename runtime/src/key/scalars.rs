//! Numbers, text, and other values without parts.

use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZero;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::blocks::Content;
use super::{CacheKey, KeyHasher};

macro_rules! integers {
    ($($ty:ty as $wire:ty),*) => {$(
        impl CacheKey for $ty {
            #[inline]
            fn encode(&self, key: &mut KeyHasher) {
                key.write(&(*self as $wire).to_le_bytes());
            }

            fn encode_slice(slice: &[$ty], key: &mut KeyHasher) {
                if cfg!(target_endian = "little") && size_of::<$ty>() == size_of::<$wire>() {
                    key.write_block(bytemuck::cast_slice(slice));
                } else {
                    let bytes = slice.iter().flat_map(|value| (*value as $wire).to_le_bytes());
                    key.write_block(&bytes.collect::<Vec<u8>>());
                }
            }
        }

        impl CacheKey for NonZero<$ty> {
            fn encode(&self, key: &mut KeyHasher) {
                self.get().encode(key);
            }
        }
    )*};
}

integers! {
    u16 as u16, u32 as u32, u64 as u64, u128 as u128, usize as u64,
    i8 as i8, i16 as i16, i32 as i32, i64 as i64, i128 as i128, isize as i64
}

impl CacheKey for u8 {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(&[*self]);
    }

    fn encode_slice(slice: &[u8], key: &mut KeyHasher) {
        key.write_block(slice);
    }
}

impl CacheKey for NonZero<u8> {
    fn encode(&self, key: &mut KeyHasher) {
        self.get().encode(key);
    }
}

macro_rules! floats {
    ($($ty:ty as $content:ident),*) => {$(
        impl CacheKey for $ty {
            /// All `NaN`s are one.
            fn encode(&self, key: &mut KeyHasher) {
                let value = if self.is_nan() { <$ty>::NAN } else { *self };
                key.write(&value.to_bits().to_le_bytes());
            }

            fn encode_slice(slice: &[$ty], key: &mut KeyHasher) {
                // Most often these are the bytes of an earlier call, and were seen to be as they should.
                if cfg!(target_endian = "little")
                    && key.write_remembered(bytemuck::cast_slice(slice), Content::$content)
                {
                    return;
                }
                // Without a shortcut, so that it becomes vector instructions.
                let any_nan = slice.iter().fold(false, |any, value| any | value.is_nan());
                if cfg!(target_endian = "little") && !any_nan {
                    key.write_block_of(bytemuck::cast_slice(slice), Content::$content);
                } else {
                    let bytes = slice.iter().flat_map(|value| {
                        let value = if value.is_nan() { <$ty>::NAN } else { *value };
                        value.to_bits().to_le_bytes()
                    });
                    key.write_block(&bytes.collect::<Vec<u8>>());
                }
            }
        }
    )*};
}

floats!(f32 as F32, f64 as F64);

impl CacheKey for bool {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(&[u8::from(*self)]);
    }
}

impl CacheKey for char {
    fn encode(&self, key: &mut KeyHasher) {
        u32::from(*self).encode(key);
    }
}

impl CacheKey for () {
    fn encode(&self, _key: &mut KeyHasher) {}
}

impl<T: ?Sized> CacheKey for PhantomData<T> {
    fn encode(&self, _key: &mut KeyHasher) {}
}

impl CacheKey for str {
    #[inline]
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(self);
    }
}

impl CacheKey for String {
    #[inline]
    fn encode(&self, key: &mut KeyHasher) {
        key.write_text(self);
    }
}

impl CacheKey for CStr {
    fn encode(&self, key: &mut KeyHasher) {
        self.to_bytes().encode(key);
    }
}

impl CacheKey for CString {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_c_str().encode(key);
    }
}

impl CacheKey for OsStr {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_encoded_bytes().encode(key);
    }
}

impl CacheKey for OsString {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_os_str().encode(key);
    }
}

impl CacheKey for Path {
    /// By components, as `Path` compares: `a//b` is `a/b`.
    fn encode(&self, key: &mut KeyHasher) {
        let components: Vec<Component<'_>> = self.components().collect();
        key.write_sequence(components.into_iter(), |component, key| {
            let tag: u8 = match component {
                Component::Prefix(_) => 0,
                Component::RootDir => 1,
                Component::CurDir => 2,
                Component::ParentDir => 3,
                Component::Normal(_) => 4,
            };
            key.write(&[tag]);
            component.as_os_str().encode(key);
        });
    }
}

impl CacheKey for PathBuf {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_path().encode(key);
    }
}

impl<T: CacheKey + ToOwned + ?Sized> CacheKey for Cow<'_, T> {
    fn encode(&self, key: &mut KeyHasher) {
        (**self).encode(key);
    }
}

impl CacheKey for Duration {
    fn encode(&self, key: &mut KeyHasher) {
        self.as_secs().encode(key);
        self.subsec_nanos().encode(key);
    }
}

impl CacheKey for SystemTime {
    fn encode(&self, key: &mut KeyHasher) {
        match self.duration_since(UNIX_EPOCH) {
            Ok(after) => (true, after).encode(key),
            Err(before) => (false, before.duration()).encode(key),
        }
    }
}

impl CacheKey for Ipv4Addr {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(&self.octets());
    }
}

impl CacheKey for Ipv6Addr {
    fn encode(&self, key: &mut KeyHasher) {
        key.write(&self.octets());
    }
}

impl CacheKey for IpAddr {
    fn encode(&self, key: &mut KeyHasher) {
        match self {
            IpAddr::V4(address) => (4_u8, *address).encode(key),
            IpAddr::V6(address) => (6_u8, *address).encode(key),
        }
    }
}

impl CacheKey for SocketAddrV4 {
    fn encode(&self, key: &mut KeyHasher) {
        (*self.ip(), self.port()).encode(key);
    }
}

impl CacheKey for SocketAddrV6 {
    fn encode(&self, key: &mut KeyHasher) {
        (*self.ip(), self.port(), self.flowinfo(), self.scope_id()).encode(key);
    }
}

impl CacheKey for SocketAddr {
    fn encode(&self, key: &mut KeyHasher) {
        match self {
            SocketAddr::V4(address) => (4_u8, *address).encode(key),
            SocketAddr::V6(address) => (6_u8, *address).encode(key),
        }
    }
}
