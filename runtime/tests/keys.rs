//! What makes a key, and which values are equal in it (conformance B, C, D).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use cachelit::key::encoding;
use cachelit::{CacheKey, cache_data};

/// All values encode differently from one another.
fn differ(encodings: &[Vec<u8>]) {
    let distinct: HashSet<&Vec<u8>> = encodings.iter().collect();
    assert_eq!(distinct.len(), encodings.len(), "{encodings:?}");
}

#[test]
fn s22_s23_s38_underscored_parameters_are_never_looked_at() {
    struct Opaque;
    #[cache_data]
    fn f(_connection: &Opaque, _: &Opaque, x: u32) -> u32 {
        x
    }
    f(&Opaque, &Opaque, 1);
    f(&Opaque, &Opaque, 1);
    assert_eq!((f::stats().misses, f::stats().hits), (1, 1));
    assert_eq!((f::info().hashed, f::info().excluded), (&["x"][..], &["_connection", "_"][..]));
}

#[test]
fn s28_s47_nothing_glues_together() {
    differ(&[
        encoding(&vec![vec![1_u8, 2]]),
        encoding(&vec![vec![1_u8], vec![2]]),
        encoding(&vec![vec![2_u8, 1]]),
        encoding(&vec![Vec::<u8>::new(), vec![1, 2]]),
    ]);
    differ(&[encoding(&["ab", "c"]), encoding(&["a", "bc"]), encoding(&["abc", ""])]);
    #[cache_data]
    fn two(a: &str, b: &str) -> String {
        format!("{a}|{b}")
    }
    assert_eq!((two("ab", "c"), two("a", "bc")), ("ab|c".to_owned(), "a|bc".to_owned()));
}

#[test]
fn s27_s40_s46_nothing_is_not_something() {
    differ(&[encoding(&None::<u8>), encoding(&Some(0_u8))]);
    differ(&[
        encoding(&None::<Option<u8>>),
        encoding(&Some(None::<u8>)),
        encoding(&Some(Some(0_u8))),
    ]);
    differ(&[encoding(&Ok::<u8, u8>(1)), encoding(&Err::<u8, u8>(1))]);
}

#[test]
fn s39_s45_members_of_one_enum_differ_by_type() {
    #[derive(CacheKey)]
    enum Any {
        Integer(i64),
        Float(f64),
        Bool(bool),
        Text(&'static str),
        List(Vec<u8>),
        Pair(u8, u8),
    }
    differ(&[
        encoding(&Any::Integer(1)),
        encoding(&Any::Float(1.0)),
        encoding(&Any::Bool(true)),
        encoding(&Any::Text("1")),
        encoding(&Any::List(vec![1, 2])),
        encoding(&Any::List(vec![2, 1])),
        encoding(&Any::Pair(1, 2)),
    ]);
}

#[test]
fn s44_integers_count_with_all_their_bits_and_their_sign() {
    let large = 1_u128 << 120;
    assert_eq!(encoding(&large), encoding(&(large + 1 - 1)));
    differ(&[encoding(&large), encoding(&(large + 1)), encoding(&0_u128)]);
    differ(&[encoding(&-1_i16), encoding(&255_i16), encoding(&1_i16)]);
}

#[test]
fn s51_a_set_is_a_set_however_it_is_kept_and_no_list() {
    let members = [1_u8, 2, 3];
    assert_eq!(encoding(&HashSet::from(members)), encoding(&BTreeSet::from(members)));
    differ(&[encoding(&BTreeSet::from(members)), encoding(&members)]);
}

#[test]
fn s67_ranges_of_equal_bounds_are_equal() {
    assert_eq!(encoding(&(1..5)), encoding(&(1..2 + 3)));
    differ(&[encoding(&(1..5)), encoding(&(1..6)), encoding(&(2..5))]);
}

#[test]
fn s68_types_of_one_name_are_two_types() {
    mod a {
        #[derive(cachelit::CacheKey)]
        pub(crate) struct Id(pub(crate) u32);
    }
    mod b {
        #[derive(cachelit::CacheKey)]
        pub(crate) struct Id(pub(crate) u32);
    }
    #[cache_data]
    fn f(id: impl CacheKey) -> usize {
        size_of_val(&id)
    }
    f(a::Id(1));
    f(b::Id(1));
    assert_eq!(f::stats().misses, 2);
}

#[test]
fn s41_s60_borrowed_and_owned_are_equal() {
    assert_eq!(encoding("a"), encoding(&String::from("a")));
    assert_eq!(encoding("a"), encoding(&Cow::Borrowed("a")));
    assert_eq!(encoding(&[1.5, 2.5][..]), encoding(&vec![1.5, 2.5]));
    assert_eq!(encoding(&[1_u8, 2]), encoding(&VecDeque::from([1_u8, 2])));
    assert_eq!(encoding(&7), encoding(&Arc::new(Box::new(7))));
    assert_eq!(encoding(Path::new("a//b/./c")), encoding(Path::new("a/b/c")));
    differ(&[encoding(Path::new("/a")), encoding(Path::new("a")), encoding(Path::new("a/b"))]);
}

#[test]
fn s42_s43_floats_have_keys() {
    assert_eq!(encoding(&f64::NAN), encoding(&-f64::NAN));
    assert_eq!(encoding(&vec![f32::NAN]), encoding(&vec![f32::from_bits(0x7fc0_1234)]));
    differ(&[encoding(&0.0), encoding(&-0.0), encoding(&f64::INFINITY), encoding(&f64::NAN)]);
    let long: Vec<f64> = (0..1000).map(f64::from).collect();
    let mut changed = long.clone();
    changed[999] = -1.0;
    differ(&[encoding(&long), encoding(&changed)]);
}

#[test]
fn s48_s49_s69_maps_and_sets_count_by_content() {
    let pairs = [("a", 1.5), ("b", 2.5), ("c", f64::NAN)];
    let forwards: HashMap<&str, f64> = pairs.into_iter().collect();
    let backwards: HashMap<&str, f64> = pairs.into_iter().rev().collect();
    let sorted: BTreeMap<&str, f64> = pairs.into_iter().collect();
    assert_eq!(encoding(&forwards), encoding(&backwards));
    assert_eq!(encoding(&forwards), encoding(&sorted));
    let set: HashSet<u32> = (0..100).collect();
    let sorted: BTreeSet<u32> = (0..100).rev().collect();
    assert_eq!(encoding(&set), encoding(&sorted));
}

#[test]
fn s55_equal_durations_are_equal() {
    let half = Duration::from_mins(30);
    assert_eq!(encoding(&Duration::from_hours(1)), encoding(&(half + half)));
}

#[test]
fn s57_s58_s59_derived_keys_know_type_and_variant() {
    #[derive(CacheKey)]
    enum Shape {
        Dot,
        Circle(f64),
        Ellipse { width: f64, height: f64 },
    }
    #[derive(CacheKey)]
    struct Meters(f64);
    #[derive(CacheKey)]
    struct Feet(f64);
    #[derive(CacheKey)]
    struct Pair<T: ?Sized + 'static, U> {
        second: U,
        first: &'static T,
    }
    differ(&[
        encoding(&Shape::Dot),
        encoding(&Shape::Circle(1.0)),
        encoding(&Shape::Ellipse { width: 1.0, height: 2.0 }),
        encoding(&Shape::Ellipse { width: 2.0, height: 1.0 }),
    ]);
    differ(&[encoding(&Meters(1.0)), encoding(&Feet(1.0)), encoding(&1.0)]);
    let pair = |first: &'static str, second| encoding(&Pair { second, first });
    assert_eq!(pair("a", 1), pair("a", 1));
    differ(&[pair("a", 1), pair("a", 2), pair("b", 1)]);
}

#[test]
fn derived_keys_skip_fields_and_encode_them_by_functions() {
    struct Handle(u32);
    #[derive(CacheKey)]
    struct Request {
        #[cache_key(with = |handle: &Handle| handle.0)]
        handle: Handle,
        #[cache_key(skip)]
        attempts: u32,
        name: String,
    }
    let request = |handle, attempts, name: &str| {
        let request = Request { handle: Handle(handle), attempts, name: name.to_owned() };
        assert_eq!(request.attempts, attempts);
        encoding(&request)
    };
    assert_eq!(request(1, 1, "a"), request(1, 2, "a"));
    differ(&[request(1, 1, "a"), request(2, 1, "a"), request(1, 1, "b")]);
}

#[test]
fn s66_long_arguments_count_whole() {
    #[cache_data]
    fn sum(values: &[u8]) -> u64 {
        values.iter().map(|&value| u64::from(value)).sum()
    }
    let mut values = vec![1; 1_000_000];
    assert_eq!(sum(&values), 1_000_000);
    values[777_777] = 2;
    assert_eq!(sum(&values), 1_000_001);
}

#[test]
fn types_with_only_std_hash_are_keys_too() {
    #[derive(Hash, Clone, Copy)]
    struct Id(u32);
    #[cache_data]
    fn own(id: Id, ids: Vec<Id>, by_ref: &Id) -> u32 {
        id.0 + by_ref.0 + ids.iter().map(|id| id.0).sum::<u32>()
    }
    #[cache_data]
    fn generic<T: std::hash::Hash + Copy + Into<u32>>(value: T) -> u32 {
        value.into()
    }
    own(Id(1), vec![Id(2)], &Id(3));
    own(Id(1), vec![Id(2)], &Id(3));
    own(Id(1), vec![Id(3)], &Id(3));
    own(Id(1), vec![], &Id(3));
    assert_eq!((own::stats().misses, own::stats().hits), (3, 1));
    generic(1_u8);
    generic(1_u16);
    assert_eq!(generic::stats().misses, 2);
}

#[test]
fn impl_trait_parameters_never_share() {
    #[cache_data]
    fn show(value: impl CacheKey + std::fmt::Debug) -> String {
        format!("{value:?}")
    }
    assert_eq!((show(1_u32), show(1_i32), show(1.0_f32)), ("1".into(), "1".into(), "1.0".into()));
}

struct Connection {
    url: String,
    uses: AtomicU32,
}

impl Connection {
    fn new(url: &str) -> Self {
        Connection { url: url.to_owned(), uses: AtomicU32::new(0) }
    }
}

fn url(connection: &Connection) -> &str {
    &connection.url
}

#[test]
fn s70_s71_hash_functions_are_used_inside_containers_too() {
    #[cache_data(hash_funcs = { Connection: url })]
    fn plain(connection: &Connection) -> u32 {
        connection.uses.fetch_add(1, Ordering::Relaxed)
    }
    #[cache_data(hash_funcs = { Connection: |connection| connection.url.clone() })]
    fn nested(
        list: &[Connection],
        maybe: Option<&Connection>,
        pair: (u32, Arc<Connection>),
        map: &HashMap<String, Box<Connection>>,
        array: &[Vec<Connection>; 1],
    ) -> usize {
        list.len() + maybe.map_or(0, |_| 1) + pair.0 as usize + map.len() + array[0].len()
    }
    plain(&Connection::new("a"));
    plain(&Connection::new("a"));
    plain(&Connection::new("b"));
    assert_eq!((plain::stats().misses, plain::stats().hits), (2, 1));

    let call = |urls: [&str; 5]| {
        let [list, maybe, pair, map, array] = urls.map(Connection::new);
        let map = HashMap::from([("key".to_owned(), Box::new(map))]);
        nested(&[list], Some(&maybe), (1, Arc::new(pair)), &map, &[vec![array]])
    };
    call(["a", "b", "c", "d", "e"]);
    call(["a", "b", "c", "d", "e"]);
    for changed in 0..5 {
        let mut urls = ["a", "b", "c", "d", "e"];
        urls[changed] = "x";
        call(urls);
    }
    assert_eq!((nested::stats().misses, nested::stats().hits), (6, 1));
}

#[test]
fn s71_hash_functions_are_used_inside_records_too() {
    #[derive(CacheKey, Clone)]
    struct Server {
        port: u16,
        load: f64,
    }
    type Alias = Vec<Server>;
    #[derive(CacheKey, Clone)]
    struct Generic<'a, T> {
        lone: T,
        text: &'a str,
    }
    #[derive(CacheKey, Clone)]
    struct Config<'a> {
        plain: Server,
        list: Vec<Server>,
        alias: Alias,
        map: HashMap<u8, Option<Server>>,
        borrowed: &'a [Server],
        generic: Generic<'a, Server>,
        numbers: (u8, Vec<f64>),
    }
    #[cache_data(hash_funcs = { Server: |server| server.port, Vec<f64>: Vec::len, str: str::len })]
    fn f(configs: &[Config<'_>]) -> usize {
        configs.len()
    }
    #[cache_data]
    fn whole(configs: &[Config<'_>]) -> usize {
        configs.len()
    }
    let servers = [1_u16, 2, 3, 4, 5, 6].map(|port| Server { port, load: 0.5 });
    let config = |servers: &[Server; 6], numbers: [f64; 2], text: &str| {
        let [plain, list, alias, map, borrowed, lone] = servers.clone();
        let config = Config {
            plain,
            list: vec![list],
            alias: vec![alias],
            map: HashMap::from([(1, Some(map))]),
            borrowed: &[borrowed],
            generic: Generic { lone, text },
            numbers: (0, numbers.to_vec()),
        };
        f(std::slice::from_ref(&config));
        whole(std::slice::from_ref(&config));
    };
    config(&servers, [1.0, 2.0], "a");
    config(&servers, [3.0, 4.0], "a");
    for changed in 0..6 {
        let mut servers = servers.clone();
        servers[changed].load = 0.75;
        config(&servers, [1.0, 2.0], "a");
    }
    assert_eq!((f::stats().misses, f::stats().hits), (1, 7));
    for changed in 0..6 {
        let mut servers = servers.clone();
        servers[changed].port = 80;
        config(&servers, [1.0, 2.0], "a");
    }
    config(&servers, [1.0, 2.0], "b");
    assert_eq!((f::stats().misses, f::stats().hits), (8, 7));
    assert_eq!((whole::stats().misses, whole::stats().hits), (15, 0));
}

#[test]
fn hash_functions_take_types_that_borrow_and_types_of_the_call() {
    struct Row<'a> {
        text: &'a str,
    }
    struct Wrapper<T>(T);
    #[expect(elided_lifetimes_in_paths, reason = "what is tested")]
    #[cache_data(hash_funcs = { Row: |row| row.text.len(), Wrapper<T>: |wrapper| wrapper.0.clone() })]
    fn f<T: CacheKey + Clone>(row: &Row, wrapper: Wrapper<T>) -> usize {
        row.text.len()
    }
    f(&Row { text: &String::from("a") }, Wrapper(1));
    f(&Row { text: "b" }, Wrapper(1));
    f(&Row { text: "b" }, Wrapper(2));
    f(&Row { text: "b" }, Wrapper("2"));
    assert_eq!((f::stats().misses, f::stats().hits), (3, 1));
}

#[test]
fn a_hash_function_may_return_its_own_type() {
    #[derive(CacheKey, Clone)]
    struct Angle {
        degrees: f64,
    }
    #[derive(CacheKey)]
    struct Turn {
        by: Angle,
    }
    #[cache_data(hash_funcs = { Angle: |angle| Angle { degrees: angle.degrees % 360.0 } })]
    fn turn(turn: &Turn) -> f64 {
        turn.by.degrees % 360.0
    }
    for degrees in [10.0, 370.0, 20.0] {
        turn(&Turn { by: Angle { degrees } });
    }
    assert_eq!((turn::stats().misses, turn::stats().hits), (2, 1));
}

#[test]
fn s75_s78_a_hash_function_wins_over_the_type_s_own_key() {
    #[cache_data(hash_funcs = { u32: |value| *value % 10, String: |_| () })]
    fn f(x: u32, _text: u8, text: String) -> u32 {
        x + u32::try_from(text.len()).unwrap()
    }
    f(1, 0, "a".to_owned());
    f(11, 1, "bb".to_owned());
    f(2, 0, "a".to_owned());
    assert_eq!((f::stats().misses, f::stats().hits), (2, 1));
}

#[test]
fn s73_equal_hashes_of_two_types_are_two_keys() {
    trait Id {
        fn id(&self) -> u32;
    }
    struct A(u32);
    struct B(u32);
    impl Id for A {
        fn id(&self) -> u32 {
            self.0
        }
    }
    impl Id for B {
        fn id(&self) -> u32 {
            self.0
        }
    }
    impl Id for u32 {
        fn id(&self) -> u32 {
            *self
        }
    }
    #[cache_data(hash_funcs = { T: Id::id })]
    fn f<T: Id>(value: T) -> u32 {
        value.id()
    }
    assert_eq!([f(A(1)), f(B(1)), f(1), f(A(1))], [1; 4]);
    assert_eq!((f::stats().misses, f::stats().hits), (3, 1));
}

#[test]
fn s79_a_parameter_that_is_left_out_is_not_hashed_by_a_function_either() {
    #[cache_data(hash_funcs = { u32: |_| -> u32 { panic!("asked") }, u8: |value| *value })]
    fn f(_x: u32, y: u8) -> u8 {
        y
    }
    assert_eq!((f(1, 2), f(2, 2)), (2, 2));
    assert_eq!(f::stats().misses, 1);
}

#[test]
fn s76_a_panic_in_a_hash_function_reaches_the_caller() {
    #[cache_data(hash_funcs = { u32: |_| -> u32 { panic!("no hash") } })]
    fn f(x: u32) -> u32 {
        x
    }
    assert!(std::panic::catch_unwind(|| f(1)).is_err());
    assert_eq!((f::stats().misses, f::stats().entries), (0, 0));
}
