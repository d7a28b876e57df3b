//! Reads the tables of a plan file key by key. Invariant: every fault is noted with its key and reading goes on, so that
//! all of them are named at once; what stands in for a faulty value never leaves a file with faults.

use std::{cell::RefCell, fmt, str::FromStr};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::{
    domain::{
        calendar::parse_date,
        definition::is_code,
        fields::clean_text,
        number::{Quantity, QuantityKind, parse_quantity},
    },
    i18n::{Lang, Text},
    services::moment::Moment,
};

/// One fault of a plan file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    /// Where: `task[12].indicators` is a key of the twelfth task.
    pub key: String,
    /// The code of the entry it belongs to; empty where it has none.
    pub code: String,
    /// What is wrong, in English.
    pub reason: String,
    /// What is wrong, in Chinese.
    pub reason_zh: String,
}

impl FileProblem {
    /// A fault, worded in both languages.
    pub(super) fn new(key: impl Into<String>, code: &str, say: impl Fn(Text) -> String) -> Self {
        let (reason, reason_zh) = (say(Text::new(Lang::En)), say(Text::new(Lang::Zh)));
        Self { key: key.into(), code: code.to_owned(), reason, reason_zh }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.key)?;
        if !self.code.is_empty() {
            write!(out, " ({})", self.code)?;
        }
        write!(out, ": {}", self.reason)
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(RefCell<Vec<FileProblem>>);

impl Problems {
    pub(super) fn note(&self, key: impl Into<String>, code: &str, say: impl Fn(Text) -> String) {
        self.0.borrow_mut().push(FileProblem::new(key, code, say));
    }

    pub(super) fn extend(&self, problems: Vec<FileProblem>) {
        self.0.borrow_mut().extend(problems);
    }

    pub(super) fn into_list(self) -> Vec<FileProblem> {
        self.0.into_inner()
    }
}

/// The day that stands in for one that could not be read.
pub(super) const NO_DATE: Date = Date::ZERO;

/// One table of the file; what is left in it at the end is unknown.
pub(super) struct Reader<'p> {
    place: String,
    code: String,
    table: Table,
    problems: &'p Problems,
}

impl<'p> Reader<'p> {
    pub(super) fn new(place: impl Into<String>, table: Table, problems: &'p Problems) -> Self {
        let code = table.get("code").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { place: place.into(), code, table, problems }
    }

    /// The name of a key, as faults name it.
    pub(super) fn key(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }

    pub(super) fn note(&self, key: &str, say: impl Fn(Text) -> String) {
        self.problems.note(self.key(key), &self.code, say);
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        let value = self.table.remove(key);
        if value.is_none() {
            self.note(key, |text| text.file_fault_missing().to_owned());
        }
        value
    }

    fn take_as<T>(&mut self, key: &str, wanted: fn(Text) -> &'static str, read: impl FnOnce(Value) -> Option<T>) -> Option<T> {
        let value = self.take(key)?;
        let found = value.type_str();
        let read = read(value);
        if read.is_none() {
            self.note(key, |text| text.file_fault_type(wanted(text), found));
        }
        read
    }

    /// A text that may be empty.
    pub(super) fn text_or_empty(&mut self, key: &str) -> String {
        let text = self.take_as(key, Text::file_fault_wanted_text, |value| match value {
            Value::String(text) => Some(clean_text(&text)),
            _ => None,
        });
        text.unwrap_or_default()
    }

    /// A text.
    pub(super) fn text(&mut self, key: &str) -> String {
        let present = self.has(key);
        let is_text = self.table.get(key).is_some_and(Value::is_str);
        let text = self.text_or_empty(key);
        if present && is_text && text.is_empty() {
            self.note(key, |text| text.file_fault_empty().to_owned());
        }
        text
    }

    /// A text that need not stand there.
    pub(super) fn optional_text(&mut self, key: &str) -> String {
        if self.has(key) { self.text_or_empty(key) } else { String::new() }
    }

    /// A code: letters, digits, points and dashes, because it stands in addresses.
    pub(super) fn code(&mut self, key: &str) -> String {
        let code = self.text(key);
        if !code.is_empty() && !is_code(&code) {
            self.note(key, |text| text.file_fault_code(&code));
        }
        code
    }

    /// A date; [`NO_DATE`] stands in for a faulty one.
    pub(super) fn date(&mut self, key: &str) -> Date {
        let present = self.table.get(key).is_some_and(Value::is_str);
        let text = self.text_or_empty(key);
        if !present {
            return NO_DATE;
        }
        parse_date(&text).unwrap_or_else(|error| {
            self.note(key, |words| words.file_fault_of_date(&text, error));
            NO_DATE
        })
    }

    /// An instant in milliseconds since 1970, where there is one; none lies after `now`.
    pub(super) fn instant(&mut self, key: &str, now: Moment) -> Option<i64> {
        if !self.has(key) {
            return None;
        }
        let present = self.table.get(key).is_some_and(Value::is_str);
        let text = self.text_or_empty(key);
        if !present {
            return None;
        }
        let Ok(instant) = text.parse::<Timestamp>() else {
            self.note(key, |words| words.file_fault_instant(&text));
            return None;
        };
        if instant.as_millisecond() > now.0 {
            self.note(key, |words| words.file_fault_future(&text));
        }
        Some(instant.as_millisecond())
    }

    /// A word of a closed list.
    pub(super) fn word<Word: FromStr + Copy>(&mut self, key: &str, all: &[Word], text_of: fn(Word) -> &'static str) -> Option<Word> {
        let present = self.table.get(key).is_some_and(Value::is_str);
        let text = self.text_or_empty(key);
        let word = text.parse().ok();
        if present && word.is_none() {
            let known: Vec<&str> = all.iter().map(|word| text_of(*word)).collect();
            self.note(key, |words| words.file_fault_none_of(&text, &known.join(", ")));
        }
        word
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        self.take_as(key, Text::file_fault_wanted_flag, |value| value.as_bool()).unwrap_or_default()
    }

    pub(super) fn whole(&mut self, key: &str) -> i64 {
        self.take_as(key, Text::file_fault_wanted_whole, |value| value.as_integer()).unwrap_or_default()
    }

    /// A number of a kind in units of 10^-scale, a whole one or a text such as "99.5", with the word that softens it where it is written with one, such as "20余".
    pub(super) fn quantity(&mut self, key: &str, scale: u8, kind: QuantityKind) -> Quantity {
        let none = Quantity { raw: 0, qualifier: None };
        let text = match self.take(key) {
            Some(Value::Integer(whole)) => whole.to_string(),
            Some(Value::String(text)) => text,
            Some(other) => {
                self.note(key, |text| text.file_fault_number_type(other.type_str()));
                return none;
            }
            None => return none,
        };
        parse_quantity(&text, scale, kind).unwrap_or_else(|error| {
            self.note(key, |words| words.file_fault_of_number(&text, error));
            none
        })
    }

    /// The table under a key.
    pub(super) fn inner(&mut self, key: &str) -> Option<Reader<'p>> {
        let table = self.take_as(key, Text::file_fault_wanted_table, |value| match value {
            Value::Table(table) => Some(table),
            _ => None,
        })?;
        let mut inner = Reader::new(self.key(key), table, self.problems);
        if inner.code.is_empty() {
            inner.code.clone_from(&self.code);
        }
        Some(inner)
    }

    /// The tables of a list, each with its place counted from 1; an absent list is empty unless it is `required`.
    pub(super) fn tables(&mut self, key: &str, required: bool) -> Vec<Reader<'p>> {
        if !required && !self.has(key) {
            return Vec::new();
        }
        let list = self.take_as(key, Text::file_fault_wanted_tables, |value| match value {
            Value::Array(list) => Some(list),
            _ => None,
        });
        let mut readers = Vec::new();
        for (index, value) in list.unwrap_or_default().into_iter().enumerate() {
            let place = format!("{}[{}]", self.key(key), index + 1);
            match value {
                Value::Table(table) => {
                    let mut reader = Reader::new(place, table, self.problems);
                    if reader.code.is_empty() {
                        reader.code.clone_from(&self.code);
                    }
                    readers.push(reader);
                }
                other => self.problems.note(place, &self.code, |text| text.file_fault_no_table(other.type_str())),
            }
        }
        readers
    }

    /// The texts of a list.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let list = self.take_as(key, Text::file_fault_wanted_texts, |value| match value {
            Value::Array(list) => {
                list.into_iter().map(|value| if let Value::String(text) = value { Some(text) } else { None }).collect::<Option<Vec<_>>>()
            }
            _ => None,
        });
        list.unwrap_or_default()
    }

    /// Notes what nobody asked for.
    pub(super) fn finish(self) {
        for key in self.table.keys() {
            self.note(key, |text| text.file_fault_unknown_key().to_owned());
        }
    }
}
