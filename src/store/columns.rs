//! Column types that both databases share. Invariant: a date is TEXT `YYYY-MM-DD`, a word is the text of its list, JSON is TEXT.

use jiff::civil::Date;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};

use super::rollups::SpanMeasure;
use crate::domain::{
    report::{Decision, ReportState, ReviewLevel},
    timetable::ItemKind,
    words::{
        Cadence, Direction, FeedbackKind, Level, Measure, OrganisationKind, Part, Provenance, ReturnReason, Role, RulingKind, Stage,
        UnitKind,
    },
};

/// A calendar date as it stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl From<Day> for Date {
    fn from(day: Day) -> Self {
        day.0
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

/// A value kept as JSON in a TEXT column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded<T>(pub T);

macro_rules! text_columns {
    ($([$($generic:tt)*] $Type:ty, $decode:expr, $encode:expr;)+) => {$(
        impl<DB: Database, $($generic)*> Type<DB> for $Type
        where
            String: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <String as Type<DB>>::compatible(info)
            }
        }

        impl<'r, DB: Database, $($generic)*> Decode<'r, DB> for $Type
        where
            String: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let text = <String as Decode<'r, DB>>::decode(value)?;
                let decode: fn(&str) -> Result<Self, BoxDynError> = $decode;
                decode(&text)
            }
        }

        impl<'q, DB: Database, $($generic)*> Encode<'q, DB> for $Type
        where
            String: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                let encode: fn(&Self) -> Result<String, BoxDynError> = $encode;
                <String as Encode<'q, DB>>::encode(encode(self)?, buffer)
            }
        }
    )+};
}

macro_rules! word_columns {
    ($($Word:ty),+ $(,)?) => {
        text_columns! {$(
            [] $Word, |text| Ok(text.parse()?), |word| Ok(word.as_str().to_owned());
        )+}
    };
}

text_columns! {
    [] Day, |text| Ok(Self(text.parse()?)), |day| Ok(day.0.to_string());
    [T: Serialize + DeserializeOwned] Encoded<T>, |text| Ok(Self(serde_json::from_str(text)?)), |value| Ok(serde_json::to_string(&value.0)?);
}

word_columns! {
    Cadence, Decision, Direction, FeedbackKind, Level, Measure, OrganisationKind, Part, Provenance, ReportState, ReturnReason, ReviewLevel, Role,
    RulingKind, SpanMeasure, Stage, UnitKind, ItemKind,
}
