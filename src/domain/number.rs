//! Fixed-point numbers as people type them. Invariant: a value is an integer count of 10^-scale, exact, never a float.

use serde::{Deserialize, Serialize};

use super::names::fold_width;
use super::text_enum::text_enum;

/// Highest scale that is understood.
pub const MAX_SCALE: u8 = 9;

text_enum! {
    /// A word that softens a number; it is kept and shown.
    pub enum Qualifier {
        /// 余: somewhat more than.
        SomewhatMore = "more-than",
        /// 近: nearly.
        Nearly = "nearly",
        /// 超: over.
        Over = "over",
    }
}

text_enum! {
    /// What a number may be.
    pub enum QuantityKind {
        /// Things: never negative.
        Count = "count",
        /// Any amount, also negative.
        Amount = "amount",
        /// A percentage: 0 to 100.
        Percentage = "percentage",
        /// A place in an order: 1 or more.
        Rank = "rank",
    }
}

/// A number as it was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// Units of 10^-scale.
    pub raw: i64,
    /// The softening word, if one was typed.
    pub qualifier: Option<Qualifier>,
}

/// Why a typed text is not the number that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("no number")]
    Empty,
    /// The text is no number.
    #[error("not a number")]
    Format,
    /// A count cannot be negative.
    #[error("a count cannot be negative")]
    Negative,
    /// The first place is 1.
    #[error("a rank begins at 1")]
    NoRank,
    /// More decimal places than the indicator keeps.
    #[error("more than {scale} decimal places")]
    TooManyDigits {
        /// Decimal places that are kept.
        scale: u8,
    },
    /// A percentage lies within 0 to 100.
    #[error("a percentage lies within 0 to 100")]
    PercentRange,
    /// A percent sign stands at a number that is no percentage.
    #[error("not a percentage")]
    UnexpectedPercent,
    /// The number is larger than can be kept.
    #[error("too large")]
    TooLarge,
}

/// Reads a number: digits of either width, thousands separators in groups of three, 万 and 亿, `%`, and the qualifiers 余, 近, 超.
///
/// `scale` is the number of decimal places that are kept (at most [`MAX_SCALE`]); further places must be zero.
pub fn parse_quantity(text: &str, scale: u8, kind: QuantityKind) -> Result<Quantity, NumberError> {
    let folded: String = text.chars().map(fold_width).filter(|c| !c.is_whitespace()).collect();
    if folded.is_empty() {
        return Err(NumberError::Empty);
    }
    let mut rest = folded.as_str();
    let mut qualifier = None;
    for (word, found) in [("超过", Qualifier::Over), ("超", Qualifier::Over), ("近", Qualifier::Nearly)] {
        if let Some(after) = rest.strip_prefix(word) {
            (rest, qualifier) = (after, Some(found));
            break;
        }
    }
    if let Some(before) = rest.strip_suffix('%') {
        if kind != QuantityKind::Percentage {
            return Err(NumberError::UnexpectedPercent);
        }
        rest = before;
    }
    let mut exponent = 0;
    // 余 may stand before or after the unit: 20余万, 20万余.
    rest = take_suffix_more(rest, &mut qualifier)?;
    for (word, places) in [("万亿", 12), ("亿", 8), ("万", 4)] {
        if let Some(before) = rest.strip_suffix(word) {
            if kind == QuantityKind::Percentage {
                return Err(NumberError::Format);
            }
            rest = before;
            exponent = places;
            break;
        }
    }
    rest = take_suffix_more(rest, &mut qualifier)?;
    let negative = if let Some(after) = rest.strip_prefix(['-', '−']) {
        rest = after;
        true
    } else {
        rest = rest.strip_prefix('+').unwrap_or(rest);
        false
    };
    let magnitude = read_decimal(rest, exponent, scale.min(MAX_SCALE))?;
    let raw = if negative { magnitude.checked_neg().ok_or(NumberError::TooLarge)? } else { magnitude };
    match kind {
        QuantityKind::Count if raw < 0 => Err(NumberError::Negative),
        QuantityKind::Rank if raw < 10_i64.pow(u32::from(scale.min(MAX_SCALE))) => Err(NumberError::NoRank),
        QuantityKind::Percentage if raw < 0 || raw > 100 * 10_i64.pow(u32::from(scale.min(MAX_SCALE))) => Err(NumberError::PercentRange),
        _ => Ok(Quantity { raw, qualifier }),
    }
}

fn take_suffix_more<'text>(text: &'text str, qualifier: &mut Option<Qualifier>) -> Result<&'text str, NumberError> {
    match text.strip_suffix('余') {
        None => Ok(text),
        Some(_) if qualifier.is_some() => Err(NumberError::Format),
        Some(before) => {
            *qualifier = Some(Qualifier::SomewhatMore);
            Ok(before)
        }
    }
}

/// Digits with separators, as units of 10^-scale after a shift by `exponent` places.
fn read_decimal(text: &str, exponent: u32, scale: u8) -> Result<i64, NumberError> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if text.ends_with('.') || !fraction.bytes().all(|b| b.is_ascii_digit()) || !is_grouped(whole) {
        return Err(NumberError::Format);
    }
    let fraction = fraction.trim_end_matches('0');
    let places = u32::try_from(fraction.len()).map_err(|_| NumberError::TooLarge)?;
    let shift = exponent + u32::from(scale);
    let Some(missing) = shift.checked_sub(places) else {
        return Err(NumberError::TooManyDigits { scale });
    };
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
        value = value * 10 + i128::from(digit - b'0');
        if value > i128::from(i64::MAX) {
            return Err(NumberError::TooLarge);
        }
    }
    let value = 10_i128.checked_pow(missing).and_then(|factor| value.checked_mul(factor)).ok_or(NumberError::TooLarge)?;
    i64::try_from(value).map_err(|_| NumberError::TooLarge)
}

/// Digits, or groups of three after a first group of one to three: `1,5` is no way to write a number here.
fn is_grouped(whole: &str) -> bool {
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    match whole.split_once(',') {
        None => digits(whole),
        Some((first, rest)) => digits(first) && first.len() <= 3 && rest.split(',').all(|group| digits(group) && group.len() == 3),
    }
}

/// The plain decimal text of a fixed-point value, with all `scale` places and no separators.
pub fn format_raw(raw: i64, scale: u8) -> String {
    let digits = raw.unsigned_abs().to_string();
    let sign = if raw < 0 { "-" } else { "" };
    let scale = usize::from(scale);
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// As [`format_raw`], with the whole part in groups of three.
pub fn format_grouped(raw: i64, scale: u8) -> String {
    let plain = format_raw(raw, scale);
    let (sign, rest) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut grouped = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::QuantityKind::{Amount, Count, Percentage, Rank};
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for (text, scale, kind, raw, qualifier) in [
            ("0", 0, Count, 0, None),
            ("300", 0, Count, 300, None),
            ("３００", 0, Count, 300, None),
            ("230,919", 0, Count, 230_919, None),
            ("230，919", 0, Count, 230_919, None),
            ("1.5万", 0, Count, 15_000, None),
            ("23.0919万", 0, Count, 230_919, None),
            ("2亿", 0, Count, 200_000_000, None),
            ("1.2万亿", 0, Count, 1_200_000_000_000, None),
            ("20余", 0, Count, 20, Some(Qualifier::SomewhatMore)),
            ("20余万", 0, Count, 200_000, Some(Qualifier::SomewhatMore)),
            ("20万余", 0, Count, 200_000, Some(Qualifier::SomewhatMore)),
            ("近 100", 0, Count, 100, Some(Qualifier::Nearly)),
            ("超过1万", 0, Count, 10_000, Some(Qualifier::Over)),
            ("超100", 0, Count, 100, Some(Qualifier::Over)),
            ("2.0", 0, Count, 2, None),
            ("89", 1, Percentage, 890, None),
            ("89.5%", 1, Percentage, 895, None),
            ("８９．５％", 1, Percentage, 895, None),
            ("100", 2, Percentage, 10_000, None),
            ("0%", 0, Percentage, 0, None),
            ("-1.25", 2, Amount, -125, None),
            ("+3", 0, Amount, 3, None),
            ("１", 0, Rank, 1, None),
            ("60", 0, Rank, 60, None),
            ("9223372036854775807", 0, Count, i64::MAX, None),
        ] {
            assert_eq!(parse_quantity(text, scale, kind), Ok(Quantity { raw, qualifier }), "{text}");
        }
    }

    #[test]
    fn wrong_numbers_are_refused_with_the_reason() {
        for (text, scale, kind, error) in [
            ("", 0, Count, NumberError::Empty),
            ("　", 0, Count, NumberError::Empty),
            ("-1", 0, Count, NumberError::Negative),
            ("－１", 0, Count, NumberError::Negative),
            ("1.5", 0, Count, NumberError::TooManyDigits { scale: 0 }),
            ("89.55", 1, Percentage, NumberError::TooManyDigits { scale: 1 }),
            ("1.00001万", 0, Count, NumberError::TooManyDigits { scale: 0 }),
            ("101", 0, Percentage, NumberError::PercentRange),
            ("100.1", 1, Percentage, NumberError::PercentRange),
            ("-1", 0, Percentage, NumberError::PercentRange),
            ("50%", 0, Count, NumberError::UnexpectedPercent),
            ("0", 0, Rank, NumberError::NoRank),
            ("-3", 0, Rank, NumberError::NoRank),
            ("0.9", 1, Rank, NumberError::NoRank),
            ("1,5", 0, Count, NumberError::Format),
            ("1,,000", 0, Count, NumberError::Format),
            ("1234,567", 0, Count, NumberError::Format),
            ("1.", 0, Count, NumberError::Format),
            (".5", 1, Amount, NumberError::Format),
            ("1.2.3", 1, Amount, NumberError::Format),
            ("万", 0, Count, NumberError::Format),
            ("%", 0, Percentage, NumberError::Format),
            ("余", 0, Count, NumberError::Format),
            ("近20余", 0, Count, NumberError::Format),
            ("20余余", 0, Count, NumberError::Format),
            ("1e5", 0, Count, NumberError::Format),
            ("NaN", 0, Amount, NumberError::Format),
            ("٣", 0, Count, NumberError::Format),
            ("9223372036854775808", 0, Count, NumberError::TooLarge),
            ("92233720368547758.08", 3, Amount, NumberError::TooLarge),
            ("99999999999999999999999999999999999999999999", 0, Count, NumberError::TooLarge),
            ("9999999999999万亿", 9, Count, NumberError::TooLarge),
        ] {
            assert_eq!(parse_quantity(text, scale, kind), Err(error), "{text}");
        }
    }

    #[test]
    fn raw_values_are_written_with_their_places() {
        for (raw, scale, text) in [
            (0, 0, "0"),
            (300, 0, "300"),
            (895, 1, "89.5"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (-125, 2, "-1.25"),
            (10_000, 2, "100.00"),
            (i64::MIN, 0, "-9223372036854775808"),
        ] {
            assert_eq!(format_raw(raw, scale), text);
        }
    }

    #[test]
    fn long_numbers_are_grouped_by_three() {
        for (raw, scale, text) in [
            (0, 0, "0"),
            (999, 0, "999"),
            (1_000, 0, "1,000"),
            (230_919, 0, "230,919"),
            (-1_234_567, 0, "-1,234,567"),
            (123_456, 2, "1,234.56"),
            (5, 2, "0.05"),
        ] {
            assert_eq!(format_grouped(raw, scale), text);
        }
    }
}
