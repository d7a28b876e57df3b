//! Numbers as a reason shows them. Invariant: what is shown has as many digits as make it agree with the exact comparison behind a colour.

use serde::{Deserialize, Serialize};

use super::path::round_toward;

/// Most digits that are ever shown behind the point of a percentage, or added to an expected value.
const MOST_DIGITS: u32 = 6;

/// A number with its own decimal places, ready for `number::format_raw`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownValue {
    /// Units of 10^-scale.
    pub raw: i64,
    /// Decimal places; at least those of the indicator.
    pub scale: u8,
}

/// An expected value (numerator, denominator above 0) and its distance from the actual one, with as many places
/// beyond `scale` as keep the two in their exact order. Rounded toward the baseline.
pub(crate) fn show_expected((num, den): (i128, i128), actual: i64, baseline: i64, scale: u8) -> (ShownValue, ShownValue) {
    let actual = i128::from(actual);
    let order = (actual * den).cmp(&num);
    let mut best = None;
    for extra in 0..=MOST_DIGITS {
        let factor = 10_i128.pow(extra);
        let base = i64::try_from(factor).ok().and_then(|factor| baseline.checked_mul(factor));
        let (Some(scaled), Some(base)) = (num.checked_mul(factor), base) else {
            break;
        };
        let rounded = round_toward(scaled, den, base);
        let (Ok(raw), Ok(gap)) = (i64::try_from(rounded), i64::try_from((rounded - actual * factor).abs())) else {
            break;
        };
        // At most 9 + 6 places.
        let places = scale.saturating_add(u8::try_from(extra).unwrap_or(0));
        best = Some((ShownValue { raw, scale: places }, ShownValue { raw: gap, scale: places }));
        if (actual * factor).cmp(&rounded) == order {
            break;
        }
    }
    best.unwrap_or((ShownValue { raw: baseline, scale }, ShownValue { raw: 0, scale }))
}

/// `num / den` in percent, rounded to the fewest places (from `min_digits` on) that leave it in its band below 90, below 100, or from 100 on.
/// Where six places are not enough it is cut, which never lifts it over a bound. "—" when `den` is 0.
pub fn shown_percent(num: i128, den: i128, min_digits: u32) -> String {
    if den == 0 {
        return "—".to_owned();
    }
    let divisor = gcd(num.unsigned_abs(), den.unsigned_abs());
    let divisor = i128::try_from(divisor).unwrap_or(1).max(1) * den.signum();
    let (num, den) = (num / divisor, den / divisor);
    let band = |num: i128, den: i128| (num * 10 >= den * 9, num >= den);
    for digits in min_digits.min(MOST_DIGITS)..=MOST_DIGITS {
        let unit = 10_i128.pow(digits);
        let Some(scaled) = num.checked_mul(100 * unit) else {
            break;
        };
        let floor = scaled.div_euclid(den);
        let rounded = floor + i128::from(scaled.rem_euclid(den) * 2 >= den);
        let shown = if band(rounded, 100 * unit) == band(num, den) {
            rounded
        } else if digits == MOST_DIGITS {
            floor
        } else {
            continue;
        };
        return write_places(shown, digits);
    }
    write_places((num / den).saturating_mul(100), 0)
}

fn write_places(value: i128, digits: u32) -> String {
    let unit = 10_u128.pow(digits);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    if digits == 0 {
        return format!("{sign}{magnitude}");
    }
    format!("{sign}{}.{:0>width$}", magnitude / unit, magnitude % unit, width = digits as usize)
}

fn gcd(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_values_stay_apart_from_actual_ones() {
        for (num, den, actual, scale, expected, gap) in [
            (8_996, 100, 89, 0, (899, 1), (9, 1)),
            (8_996, 100, 90, 0, (89, 0), (1, 0)),
            (100, 1, 99, 0, (100, 0), (1, 0)),
            (100, 1, 100, 1, (100, 1), (0, 1)),
            (500_001, 1_000, 500, 1, (500_001, 4), (1, 4)),
        ] {
            let shown = show_expected((num, den), actual, 0, scale);
            let value = |(raw, scale)| ShownValue { raw, scale };
            assert_eq!(shown, (value(expected), value(gap)), "{num}/{den} and {actual}");
        }
    }

    #[test]
    fn shown_percentages_agree_with_the_colour() {
        for (num, den, digits, text) in [
            (8_996, 10_000, 0, "89.96"),
            (89_999_999, 100_000_000, 0, "89.999999"),
            (899_999_999_999, 1_000_000_000_000, 0, "89.999999"),
            (9, 10, 0, "90"),
            (995, 1_000, 0, "99.5"),
            (999, 1_000, 0, "99.9"),
            (1, 1, 0, "100"),
            (1_004, 1_000, 0, "100"),
            (1, 3, 1, "33.3"),
            (2, 3, 0, "67"),
            (-1, 3, 0, "-33"),
            (-1, 3, 1, "-33.3"),
            (1, -3, 0, "-33"),
            (0, 5, 0, "0"),
            (5, 0, 0, "—"),
        ] {
            assert_eq!(shown_percent(num, den, digits), text, "{num}/{den}");
        }
    }
}
