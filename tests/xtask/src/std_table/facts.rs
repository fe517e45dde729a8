//! Measuring which conditions a type has for which trait.
//!
//! A type is asked about with arguments that implement everything, and again with one argument that
//! lacks one trait: where the answer changes, that trait is a requirement. Then the rule that was
//! found is held against a palette of ordinary types as arguments. Where it fails, the answer for
//! that argument is stated on its own if it has a name, and the rule is withdrawn if not.

use std::collections::{BTreeMap, BTreeSet};

use super::docs::last;
use super::markers::{
    ASSOCIATED, BARE, BORROWED, GOOD, IMPLIED, TRAITS, associated_without, borrowed_without,
    prelude, without,
};
use super::subjects::{Argument, Subject};
use crate::probe::Program;

/// What the table says about a type and a trait. `No` is not written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    Unknown,
    /// Conditions: the subject, as the table writes it, and a trait's word.
    If(BTreeSet<(String, &'static str)>),
}

/// The answers about a type, by a trait's word.
pub(super) type Answers = BTreeMap<&'static str, Answer>;

/// What was found out about a type.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) rule: Answers,
    /// For arguments as the table writes them.
    pub(super) special: Vec<(String, Answers)>,
}

/// Ordinary types, with the table's name for those that a special answer can be about.
const PALETTE: [(&str, Option<&str>); 34] = [
    ("bool", Some("bool")),
    ("char", Some("char")),
    ("f32", Some("f32")),
    ("f64", Some("f64")),
    ("i8", Some("i8")),
    ("i16", Some("i16")),
    ("i32", Some("i32")),
    ("i64", Some("i64")),
    ("i128", Some("i128")),
    ("isize", Some("isize")),
    ("u8", Some("u8")),
    ("u16", Some("u16")),
    ("u32", Some("u32")),
    ("u64", Some("u64")),
    ("u128", Some("u128")),
    ("usize", Some("usize")),
    ("str", Some("str")),
    ("std::string::String", Some("std::string::String")),
    ("std::path::Path", Some("std::path::Path")),
    ("std::ffi::OsStr", Some("std::ffi::OsStr")),
    ("std::ffi::CStr", Some("std::ffi::CStr")),
    ("std::time::Duration", Some("std::time::Duration")),
    ("[Good]", Some("[]")),
    ("()", None),
    ("&'static str", None),
    ("std::vec::Vec<u8>", None),
    ("std::boxed::Box<str>", None),
    ("std::option::Option<u8>", None),
    ("std::rc::Rc<u8>", None),
    ("[u8; 4]", None),
    ("fn()", None),
    ("dyn std::any::Any", None),
    ("dyn std::fmt::Debug + Send + Sync", None),
    ("dyn std::error::Error + Send", None),
];

/// Questions are collected by their text and asked in one program.
struct Asker<'a> {
    program: &'a Program,
    known: BTreeMap<String, Option<bool>>,
    open: BTreeSet<String>,
}

impl Asker<'_> {
    fn want(&mut self, word: &str, ty: &str) {
        let question = |word: &str| format!("{word}::<{ty}>::YES");
        // Whether a wrong answer is due to the trait or to the type is asked only where both occur.
        let questions = [question(word), question(if word == "deserialize" { "wf" } else { word })];
        self.open.extend(questions.into_iter().filter(|text| !self.known.contains_key(text)));
    }

    fn ask(&mut self) -> Result<(), Box<dyn std::error::Error>> {
        let questions: Vec<String> = std::mem::take(&mut self.open).into_iter().collect();
        let answers = self.program.answers(&prelude(), &questions)?;
        self.known.extend(questions.into_iter().zip(answers));
        Ok(())
    }

    /// `None` where there is no such type.
    fn get(&self, word: &str, ty: &str) -> Option<bool> {
        let known = |word: &str| self.known.get(&format!("{word}::<{ty}>::YES")).copied().flatten();
        match known(word) {
            Some(answer) => Some(answer),
            // An impl for some lifetimes only fails after it was chosen.
            None if word == "deserialize" && known("wf") == Some(true) => Some(false),
            None => None,
        }
    }
}

/// The facts about each subject and these traits, which are words of the table.
///
/// # Errors
///
/// When rustc can't be asked.
pub(super) fn measure(
    mut subjects: Vec<Subject>,
    words: &[&'static str],
    program: &Program,
) -> Result<Vec<(Subject, Facts)>, Box<dyn std::error::Error>> {
    let mut asker = Asker { program, known: BTreeMap::new(), open: BTreeSet::new() };
    for subject in &mut subjects {
        for_unknown(subject, |subject| asker.want("wf", &subject.text()));
    }
    asker.ask()?;
    for subject in &mut subjects {
        let mut fitting = Vec::new();
        for_unknown(subject, |subject| {
            if asker.get("wf", &subject.text()) == Some(true) {
                fitting.push(subject.base.clone());
            }
        });
        if let Some(base) = fitting.first() {
            subject.base.clone_from(base);
        }
        subject.fitting = fitting;
    }
    for subject in &subjects {
        let fitting = subject.fitting.iter().map(|base| subject.based_on(base).text());
        for ty in fitting.chain([subject.text()]) {
            for word in words {
                asker.want(word, &ty);
            }
        }
    }
    for ty in palette() {
        for (word, _) in TRAITS {
            asker.want(word, &ty);
            asker.want(word, &owned(&ty));
        }
    }
    asker.ask()?;
    for subject in &subjects {
        for word in words {
            ask_rule(&mut asker, subject, word);
        }
    }
    asker.ask()?;
    Ok(subjects
        .into_iter()
        .map(|subject| {
            let rule = words.iter().map(|word| (*word, rule(&asker, &subject, word))).collect();
            let mut facts = Facts { rule, special: Vec::new() };
            check(&asker, &subject, &mut facts);
            (subject, facts)
        })
        .collect())
}

/// Puts each type of the palette where no marker fits.
fn for_unknown(subject: &mut Subject, mut visit: impl FnMut(&Subject)) {
    let Some(place) =
        subject.base.iter().position(|base| matches!(base, Argument::Unknown | Argument::Fixed(_)))
    else {
        return visit(subject);
    };
    let before = subject.base[place].clone();
    for (ty, _) in PALETTE {
        subject.base[place] = Argument::Fixed(ty);
        visit(subject);
    }
    subject.base[place] = before;
}

/// The palette, and slices of what lacks a trait.
fn palette() -> Vec<String> {
    let ordinary = PALETTE.iter().map(|(ty, _)| (*ty).to_owned());
    ordinary.chain(TRAITS.iter().map(|(word, _)| slice_without(word))).collect()
}

/// What may stand in a place. A type whose last field is of no known size can be written, but is
/// of no use where the parameter does not say that it may be.
fn palette_for(subject: &Subject, place: usize) -> Vec<String> {
    let mut all = palette();
    if !subject.type_params()[place].is_unsized() {
        let unsized_names = ["str", "std::path::Path", "std::ffi::OsStr", "std::ffi::CStr"];
        all.retain(|ty| {
            let slice = ty.starts_with('[') && !ty.contains(';');
            !slice && !ty.starts_with("dyn ") && !unsized_names.contains(&ty.as_str())
        });
    }
    all
}

fn slice_without(word: &str) -> String {
    format!("[{}]", without(word))
}

fn owned(ty: &str) -> String {
    format!("<{ty} as std::borrow::ToOwned>::Owned")
}

fn ask_rule(asker: &mut Asker<'_>, subject: &Subject, word: &'static str) {
    let holds = asker.get(word, &subject.text()) == Some(true);
    for (place, base) in subject.base.iter().enumerate() {
        if holds {
            let lacking = lacking(subject, place).into_iter();
            for (_, argument, _) in lacking.filter(|(_, _, words)| words.contains(&word)) {
                asker.want(word, &subject.with(place, &argument));
            }
            if *base == Argument::Marker(GOOD) {
                asker.want(word, &subject.with(place, BARE));
            }
        }
        // What never holds for a marker may still hold for a type that an impl names.
        if is_open(subject, place) && (holds || may_name_types(subject, word)) {
            for ty in palette_for(subject, place) {
                asker.want(word, &subject.with(place, &ty));
            }
        }
    }
}

/// Whether there may be an impl for certain arguments: documentation lists the library's.
fn may_name_types(subject: &Subject, word: &str) -> bool {
    matches!(word, "serialize" | "deserialize") || is_documented(subject, word)
}

fn is_documented(subject: &Subject, word: &str) -> bool {
    let path = TRAITS.iter().find(|(known, _)| *known == word).map_or("", |(_, path)| path);
    subject.implements.iter().any(|implemented| implemented == last(path))
}

/// Whether any type, perhaps with an owned form, may stand in a place.
fn is_open(subject: &Subject, place: usize) -> bool {
    matches!(subject.base[place], Argument::Marker(_))
        && subject.type_params()[place]
            .bounds
            .iter()
            .all(|bound| bound == "?Sized" || bound == "std::borrow::ToOwned")
}

/// A requirement, an argument that does not meet it, and the traits that it may be one of.
type Lacking = (Option<(String, &'static str)>, String, Vec<&'static str>);

fn lacking(subject: &Subject, place: usize) -> Vec<Lacking> {
    let param = subject.type_params()[place];
    let name = &param.name;
    let words: Vec<&'static str> = TRAITS.iter().map(|(word, _)| *word).collect();
    let projected = |of: &str, associated: &str, word: &'static str| {
        let subject = format!("<{name} as {of}>::{associated}");
        (Some((subject, word)), associated_without(associated, word), words.clone())
    };
    let mut all: Vec<Lacking> = Vec::new();
    match &subject.base[place] {
        Argument::Marker(BORROWED) => {
            for word in words.iter().filter(|word| !matches!(**word, "clone" | "copy")) {
                all.push((Some((name.clone(), word)), borrowed_without(word), words.clone()));
            }
            let (of, associated) = ASSOCIATED[0];
            all.extend(words.iter().map(|word| projected(of, associated, word)));
        }
        Argument::Marker(_) => {
            for word in &words {
                all.push((Some((name.clone(), word)), without(word), words.clone()));
            }
            for (of, associated) in &ASSOCIATED[1..] {
                let bound = param.bounds.iter().any(|bound| bound == of);
                let unbound = *associated == "Target" && param.bounds.is_empty();
                if bound || unbound {
                    let projected = words.iter().map(|word| projected(of, associated, word));
                    // Auto traits look at an associated type only through a bound.
                    all.extend(projected.map(|(requirement, argument, mut words)| {
                        words.retain(|word| bound || !matches!(*word, "send" | "sync"));
                        (requirement, argument, words)
                    }));
                }
            }
        }
        Argument::Function { family, signature } => {
            let boxed = |autos: &str| format!("std::boxed::Box<dyn {family}{signature}{autos}>");
            let autos = vec!["send", "sync"];
            all.push((Some((name.clone(), "send")), boxed(" + Sync"), autos.clone()));
            all.push((Some((name.clone(), "sync")), boxed(" + Send"), autos));
            let both = boxed(" + Send + Sync");
            all.push((Some((name.clone(), "clone")), both.clone(), vec!["clone"]));
            all.push((Some((name.clone(), "copy")), both.clone(), vec!["copy"]));
            let rest = words
                .iter()
                .copied()
                .filter(|word| !matches!(*word, "send" | "sync" | "clone" | "copy"));
            all.push((None, both, rest.collect()));
        }
        Argument::Fixed(_) | Argument::Unknown => {}
    }
    all
}

fn rule(asker: &Asker<'_>, subject: &Subject, word: &'static str) -> Answer {
    let holds = asker.get(word, &subject.text());
    let uniform =
        subject.fitting.iter().all(|base| asker.get(word, &subject.based_on(base).text()) == holds);
    match holds.filter(|_| uniform) {
        None => return Answer::Unknown,
        // There may be an impl that the markers don't fit.
        Some(false) if !subject.base.is_empty() && is_documented(subject, word) => {
            return Answer::Unknown;
        }
        Some(false) => return Answer::No,
        Some(true) => {}
    }
    let mut requirements = BTreeSet::new();
    for (place, base) in subject.base.iter().enumerate() {
        let mut projects = false;
        for (requirement, argument, words) in lacking(subject, place) {
            let fails = asker.get(word, &subject.with(place, &argument)) == Some(false);
            if !words.contains(&word) || !fails {
                continue;
            }
            let Some(requirement) = requirement else { return Answer::Unknown };
            projects |= requirement.0.starts_with('<');
            requirements.insert(requirement);
        }
        let bare = asker.get(word, &subject.with(place, BARE));
        if *base == Argument::Marker(GOOD) && bare == Some(false) && !projects {
            return Answer::Unknown;
        }
    }
    conjunction(requirements)
}

fn conjunction(mut requirements: BTreeSet<(String, &'static str)>) -> Answer {
    for (strong, weak) in IMPLIED {
        let all = requirements.clone();
        requirements
            .retain(|(subject, word)| *word != weak || !all.contains(&(subject.clone(), strong)));
    }
    if requirements.is_empty() { Answer::Yes } else { Answer::If(requirements) }
}

/// Holds the rule against the palette, and mends it where it fails.
fn check(asker: &Asker<'_>, subject: &Subject, facts: &mut Facts) {
    let alone = subject.base.len() == 1;
    if let [Argument::Fixed(_)] = subject.base[..] {
        special_of_fitting(asker, subject, facts);
    }
    for place in 0..subject.base.len() {
        if !is_open(subject, place) {
            continue;
        }
        let mut special: BTreeMap<&str, Answers> = BTreeMap::new();
        for (word, answer) in &mut facts.rule {
            let word = *word;
            let mut withdrawn = false;
            for ty in palette_for(subject, place) {
                let measured = asker.get(word, &subject.with(place, &ty));
                let predicted = predict(asker, subject, place, answer, &ty, word);
                let (Some(measured), Some(predicted)) = (measured, predicted) else { continue };
                if measured == predicted {
                    continue;
                }
                match table_name(&ty).filter(|_| alone) {
                    Some("[]") => {
                        let answer = slice_rule(asker, subject, place, word);
                        special.entry("[]").or_default().insert(word, answer);
                    }
                    Some(name) => {
                        let answer = if measured { Answer::Yes } else { Answer::No };
                        special.entry(name).or_default().insert(word, answer);
                    }
                    None => withdrawn = true,
                }
            }
            if withdrawn {
                *answer = Answer::Unknown;
            }
        }
        facts.special.extend(special.into_iter().map(|(name, answers)| (name.to_owned(), answers)));
    }
}

/// The answers for each of the only types that fit, where they don't agree.
fn special_of_fitting(asker: &Asker<'_>, subject: &Subject, facts: &mut Facts) {
    let open: Vec<&'static str> = facts
        .rule
        .iter()
        .filter(|(_, answer)| **answer == Answer::Unknown)
        .map(|(word, _)| *word)
        .collect();
    for base in &subject.fitting {
        let ([Argument::Fixed(ty)], text) = (&base[..], subject.based_on(base).text()) else {
            continue;
        };
        let answers: Answers = open
            .iter()
            .filter_map(|word| {
                let holds = asker.get(word, &text)?;
                Some((*word, if holds { Answer::Yes } else { Answer::No }))
            })
            .collect();
        if let (Some(name), false) = (table_name(ty), answers.is_empty()) {
            facts.special.push((name.to_owned(), answers));
        }
    }
}

fn table_name(ty: &str) -> Option<&'static str> {
    if ty.starts_with("[Without_") {
        return Some("[]");
    }
    PALETTE.iter().find(|(text, _)| *text == ty).and_then(|(_, name)| *name)
}

/// What the rule says of the palette's type in a place.
fn predict(
    asker: &Asker<'_>,
    subject: &Subject,
    place: usize,
    answer: &Answer,
    ty: &str,
    word: &'static str,
) -> Option<bool> {
    let requirements = match answer {
        Answer::Yes => return Some(true),
        Answer::No => return Some(false),
        Answer::Unknown => return None,
        Answer::If(requirements) => requirements,
    };
    let name = &subject.type_params()[place].name;
    let mut holds = true;
    for (of, required) in requirements {
        if of == name {
            holds &= asker.get(required, ty)?;
        } else if *of == format!("<{name} as std::borrow::ToOwned>::Owned") {
            holds &= asker.get(required, &owned(ty))?;
        } else if of.starts_with(&format!("<{name} as ")) {
            return None;
        }
    }
    // What only all of the base arguments together decide was asked with the base.
    asker.get(word, &subject.text()).map(|base| base && holds)
}

/// The answer for a slice in a place, as conditions on its elements.
fn slice_rule(asker: &Asker<'_>, subject: &Subject, place: usize, word: &'static str) -> Answer {
    if asker.get(word, &subject.with(place, "[Good]")) != Some(true) {
        return Answer::No;
    }
    let name = &subject.type_params()[place].name;
    let lacks = |required: &str| {
        asker.get(word, &subject.with(place, &slice_without(required))) == Some(false)
    };
    let required = TRAITS.iter().filter(|(required, _)| lacks(required));
    conjunction(required.map(|(required, _)| (name.clone(), *required)).collect())
}
