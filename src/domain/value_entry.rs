//! Values of indicators as people state them. Invariant: a value is in the indicator's own unit, and a rate of several bodies is
//! put together from what was counted and out of what, never averaged.

use serde::{Deserialize, Serialize};

use super::fields::{FieldError, FieldProblem};
use super::names::fold_width;
use super::number::{NumberError, Quantity, QuantityKind, format_grouped, format_raw, parse_quantity};
use super::report_content::{ValidValue, ValueFields};
use super::words::{Direction, Measure};

/// How the values of an indicator are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueRule {
    /// Decimal places.
    pub scale: u8,
    /// What the number may be.
    pub kind: QuantityKind,
    /// Chinese unit word; may be empty.
    pub unit_zh: String,
    /// English unit word; may be empty.
    pub unit_en: String,
    /// Whether the value is kept as numerator and denominator; it then is a percentage.
    pub fraction: bool,
}

impl ValueRule {
    /// The rule of an indicator. Only levels in `%` are percentages; ranks and what is kept whole are never negative.
    pub fn new(measure: Measure, scale: i64, units: (&str, &str), fraction: bool) -> Self {
        let scale = u8::try_from(scale).unwrap_or(0);
        let is_percent = fold(units.0) == "%";
        let kind = match measure {
            Measure::Level if is_percent || fraction => QuantityKind::Percentage,
            Measure::Rank => QuantityKind::Rank,
            _ if scale == 0 => QuantityKind::Count,
            _ => QuantityKind::Amount,
        };
        Self { scale, kind, unit_zh: units.0.to_owned(), unit_en: units.1.to_owned(), fraction }
    }
}

fn fold(text: &str) -> String {
    text.chars().map(fold_width).filter(|character| !character.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Reads a number that may carry the indicator's own unit word.
///
/// # Errors
/// `WrongUnit` for the word of another unit: 人次 and 人 never mix. `Number` for anything that is no such number.
pub fn read_value(text: &str, rule: &ValueRule) -> Result<Quantity, FieldProblem> {
    let folded = fold(text);
    let parse = |number: &str| parse_quantity(number, rule.scale, rule.kind).map_err(FieldProblem::Number);
    for unit in [fold(&rule.unit_zh), fold(&rule.unit_en)] {
        let number = if unit.is_empty() || unit == "%" { None } else { folded.strip_suffix(unit.as_str()) };
        if let Some(number) = number {
            return parse(number);
        }
    }
    let number = folded.trim_end_matches(is_of_unit_word);
    let word = &folded[number.len()..];
    if !word.chars().any(char::is_alphabetic) || !number.chars().any(|character| character.is_ascii_digit()) {
        return parse(&folded);
    }
    Err(FieldProblem::WrongUnit { typed: word.to_owned(), unit_zh: rule.unit_zh.clone(), unit_en: rule.unit_en.clone() })
}

/// Letters and dashes, without those that belong to the number.
fn is_of_unit_word(character: char) -> bool {
    (character.is_alphabetic() && !matches!(character, '余' | '十' | '百' | '千' | '万' | '亿')) || matches!(character, '-' | '/')
}

/// Whether the number stands there exactly as it was understood, with or without separators, unit word and percent sign.
pub fn is_plain(text: &str, quantity: Quantity, rule: &ValueRule) -> bool {
    let mut typed = text.trim();
    for unit in ["%", rule.unit_zh.as_str(), rule.unit_en.as_str()] {
        typed = typed.strip_suffix(unit).unwrap_or(typed).trim_end();
    }
    let short = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    let mut forms = vec![format_raw(quantity.raw, rule.scale), format_grouped(quantity.raw, rule.scale)];
    if rule.scale > 0 {
        let shorter: Vec<String> = forms.iter().map(|form| short(form)).collect();
        forms.extend(shorter);
        typed = if typed.contains('.') { typed.trim_end_matches('0').trim_end_matches('.') } else { typed };
    }
    quantity.qualifier.is_none() && forms.iter().any(|form| form == typed)
}

/// `numerator ÷ denominator` in percent, in units of 10^-scale, rounded half up. None without a denominator.
pub fn share_of(numerator: i128, denominator: i128, scale: u8) -> Option<i64> {
    let whole = 100 * 10_i128.pow(u32::from(scale.min(9)));
    let share = || i64::try_from((numerator * whole * 2 + denominator).div_euclid(denominator * 2)).ok();
    (denominator > 0).then(share).flatten()
}

/// Reads what was typed for an indicator; nothing where nothing was.
///
/// # Errors
/// Every problem at `values.CODE`, `numerators.CODE` or `denominators.CODE`.
pub fn read_stated(typed: &ValueFields, rule: &ValueRule) -> Result<Option<ValidValue>, Vec<FieldError>> {
    let at = |part: &str| format!("{part}.{}", typed.indicator);
    if typed.is_empty() {
        return Ok(None);
    }
    if !rule.fraction {
        return match read_value(&typed.value, rule) {
            Ok(Quantity { raw, qualifier }) => Ok(Some(ValidValue { indicator: typed.indicator.clone(), raw, qualifier, parts: None })),
            Err(problem) => Err(vec![FieldError::new(at("values"), problem)]),
        };
    }
    let mut errors = Vec::new();
    let numerator = read_part(&at("numerators"), &typed.numerator, &mut errors);
    let denominator = read_part(&at("denominators"), &typed.denominator, &mut errors);
    let (Some(numerator), Some(denominator)) = (numerator, denominator) else { return Err(errors) };
    match read_share(numerator, denominator, rule.scale) {
        Ok(raw) => Ok(Some(ValidValue { indicator: typed.indicator.clone(), raw, qualifier: None, parts: Some((numerator, denominator)) })),
        Err((part, problem)) => Err(vec![FieldError::new(at(part), problem)]),
    }
}

fn read_part(field: &str, text: &str, errors: &mut Vec<FieldError>) -> Option<i64> {
    let problem = match parse_quantity(text, 0, QuantityKind::Count) {
        Ok(quantity) if quantity.qualifier.is_some() => FieldProblem::NotExact,
        Ok(quantity) => return Some(quantity.raw),
        Err(NumberError::Empty) => FieldProblem::Required,
        Err(error) => FieldProblem::Number(error),
    };
    errors.push(FieldError::new(field, problem));
    None
}

/// The percentage of two parts that belong together.
fn read_share(numerator: i64, denominator: i64, scale: u8) -> Result<i64, (&'static str, FieldProblem)> {
    if numerator > denominator {
        return Err(("numerators", FieldProblem::AboveDenominator));
    }
    share_of(i128::from(numerator), i128::from(denominator), scale).ok_or(("denominators", FieldProblem::ZeroDenominator))
}

/// Reads a value from one cell: a number, or `numerator/denominator` where the indicator is kept that way.
///
/// # Errors
/// As [`read_value`]; `PartsWanted` for a bare number where parts are kept.
pub fn read_cell(indicator: &str, text: &str, rule: &ValueRule) -> Result<ValidValue, FieldProblem> {
    if !rule.fraction {
        let Quantity { raw, qualifier } = read_value(text, rule)?;
        return Ok(ValidValue { indicator: indicator.to_owned(), raw, qualifier, parts: None });
    }
    let folded: String = text.chars().map(fold_width).collect();
    let (numerator, denominator) = folded.split_once('/').ok_or(FieldProblem::PartsWanted)?;
    let fields = ValueFields {
        indicator: indicator.to_owned(),
        value: String::new(),
        numerator: numerator.to_owned(),
        denominator: denominator.to_owned(),
    };
    match read_stated(&fields, rule) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => Err(FieldProblem::Required),
        Err(errors) => Err(errors.into_iter().next().map_or(FieldProblem::Required, |error| error.problem)),
    }
}

/// How much better than the baseline a value is: places won in a rank, or the gain in the indicator's direction. Below 0: worse.
pub const fn improvement(direction: Direction, baseline: i64, actual: i64) -> i64 {
    match direction {
        Direction::Rising => actual.saturating_sub(baseline),
        Direction::Falling => baseline.saturating_sub(actual),
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::Qualifier;
    use super::*;

    fn rule(measure: Measure, scale: i64, unit_zh: &str, unit_en: &str) -> ValueRule {
        ValueRule::new(measure, scale, (unit_zh, unit_en), false)
    }

    fn fields(value: &str, numerator: &str, denominator: &str) -> ValueFields {
        ValueFields { indicator: "R1".into(), value: value.into(), numerator: numerator.into(), denominator: denominator.into() }
    }

    #[test]
    fn the_kind_follows_from_measure_unit_and_scale() {
        for (measure, scale, unit, kind) in [
            (Measure::Flow, 0, "人次", QuantityKind::Count),
            (Measure::Flow, 2, "亿元", QuantityKind::Amount),
            (Measure::Level, 1, "％", QuantityKind::Percentage),
            (Measure::Level, 1, "年", QuantityKind::Amount),
            (Measure::Rank, 0, "位", QuantityKind::Rank),
        ] {
            assert_eq!(rule(measure, scale, unit, "").kind, kind, "{measure} {unit}");
        }
        assert_eq!(ValueRule::new(Measure::Level, 1, ("", ""), true).kind, QuantityKind::Percentage);
    }

    #[test]
    fn a_value_may_carry_its_own_unit_and_no_other() {
        let times = rule(Measure::Flow, 0, "人次", "person-times");
        let persons = rule(Measure::Flow, 0, "人", "persons");
        for (text, rule, raw, qualifier) in [
            ("230,919人次", &times, 230_919, None),
            ("２３０９１９ 人次", &times, 230_919, None),
            ("23.0919万人次", &times, 230_919, None),
            ("20余万人次", &times, 200_000, Some(Qualifier::SomewhatMore)),
            ("20万余人次", &times, 200_000, Some(Qualifier::SomewhatMore)),
            ("230,919 person-times", &times, 230_919, None),
            ("230,919 Person-Times", &times, 230_919, None),
            ("3.5万", &times, 35_000, None),
            ("5人", &persons, 5, None),
            ("5 persons", &persons, 5, None),
        ] {
            assert_eq!(read_value(text, rule), Ok(Quantity { raw, qualifier }), "{text}");
        }
        for (text, rule, typed) in [
            ("230,919人次", &persons, "人次"),
            ("230,919人", &times, "人"),
            ("230,919 persons", &times, "persons"),
            ("3万元", &times, "元"),
            ("5人/月", &persons, "人/月"),
        ] {
            let wrong = FieldProblem::WrongUnit { typed: typed.into(), unit_zh: rule.unit_zh.clone(), unit_en: rule.unit_en.clone() };
            assert_eq!(read_value(text, rule), Err(wrong), "{text}");
        }
        let percent = rule(Measure::Level, 1, "%", "%");
        assert_eq!(read_value("８９．５％", &percent).map(|value| value.raw), Ok(895));
        assert_eq!(read_value("101", &percent), Err(FieldProblem::Number(NumberError::PercentRange)));
        assert!(matches!(read_value("89.5个百分点", &percent), Err(FieldProblem::WrongUnit { .. })));
        for text in ["很多", "人次", "NaN", "1e5", "-", "1千", "1千人"] {
            assert_eq!(read_value(text, &persons), Err(FieldProblem::Number(NumberError::Format)), "{text}");
        }
        assert_eq!(read_value("0", &rule(Measure::Rank, 0, "位", "")), Err(FieldProblem::Number(NumberError::NoRank)));
    }

    #[test]
    fn what_was_understood_is_said_where_it_differs() {
        let times = rule(Measure::Flow, 0, "人次", "person-times");
        let percent = rule(Measure::Level, 1, "%", "%");
        for (text, rule, plain) in [
            ("230919", &times, true),
            (" 230,919 ", &times, true),
            ("230,919人次", &times, true),
            ("23.0919万", &times, false),
            ("２３０９１９", &times, false),
            ("20余万", &times, false),
            ("近300", &times, false),
            ("89.5%", &percent, true),
            ("89.50", &percent, true),
            ("89", &percent, true),
            ("100", &percent, true),
            ("８９．５％", &percent, false),
        ] {
            let quantity = read_value(text, rule).unwrap();
            assert_eq!(is_plain(text, quantity, rule), plain, "{text}");
        }
    }

    #[test]
    fn rates_are_put_together_from_their_parts() {
        for (numerator, denominator, scale, share) in [
            (179, 200, 1, Some(895)),
            (1, 3, 2, Some(3_333)),
            (2, 3, 0, Some(67)),
            (1, 200, 0, Some(1)),
            (0, 5, 1, Some(0)),
            (1, 0, 1, None),
        ] {
            assert_eq!(share_of(numerator, denominator, scale), share, "{numerator}/{denominator}");
        }
        let rate = ValueRule::new(Measure::Level, 1, ("%", "%"), true);
        let value = read_stated(&fields("", "１７９", "200"), &rate).unwrap().unwrap();
        assert_eq!((value.raw, value.parts), (895, Some((179, 200))));
        assert_eq!(read_stated(&fields("  ", "", " "), &rate), Ok(None));
        for (fields, field, problem) in [
            (fields("", "179", ""), "denominators.R1", FieldProblem::Required),
            (fields("", "", "200"), "numerators.R1", FieldProblem::Required),
            (fields("", "201", "200"), "numerators.R1", FieldProblem::AboveDenominator),
            (fields("", "0", "0"), "denominators.R1", FieldProblem::ZeroDenominator),
            (fields("", "近179", "200"), "numerators.R1", FieldProblem::NotExact),
            (fields("89.5", "", ""), "numerators.R1", FieldProblem::Required),
        ] {
            let errors = read_stated(&fields, &rate).unwrap_err();
            assert!(errors.contains(&FieldError::new(field, problem.clone())), "{fields:?}: {errors:?}");
        }
        assert_eq!(read_cell("R1", "179／200", &rate).map(|value| value.raw), Ok(895));
        assert_eq!(read_cell("R1", "89.5", &rate), Err(FieldProblem::PartsWanted));
        assert_eq!(read_cell("R1", "300/200", &rate), Err(FieldProblem::AboveDenominator));
    }

    #[test]
    fn a_better_rank_is_places_won() {
        for (direction, baseline, actual, better) in [
            (Direction::Falling, 107, 60, 47),
            (Direction::Falling, 60, 107, -47),
            (Direction::Rising, 60, 107, 47),
            (Direction::Rising, 5, 5, 0),
        ] {
            assert_eq!(improvement(direction, baseline, actual), better);
        }
    }
}
