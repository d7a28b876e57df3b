//! Words of published figures: numbers with their qualifiers, how they moved, and where they stand.

use super::{Lang, Text};
use crate::domain::{
    number::{Qualifier, format_raw},
    published::{Dated, Movement, PublishedFigure},
    words::Measure,
};

messages! {
    published_heading = "文件公布的数据", "Published figures";
    published_lead = "每个数字都注明公布它的文件；原文没有写明日期的，注明“未注明日期”。", "Each figure names the document that publishes it; what the document does not date is marked so.";
    published_when = "时间", "When";
    published_value = "数值", "Figure";
    published_source = "出处", "Source";
    published_baseline = "起点", "Starting point";
    published_year(year: i16) = "{year} 年", "{year}";
    published_undated = "未注明日期", "undated";
    published_undated_by(day: &str) = "未注明日期（{day} 公布）", "undated (published {day})";
    published_parts(numerator: i64, denominator: i64) = "{numerator} / {denominator}", "{numerator} of {denominator}";
    published_better_since(since: &str, by: &str) = "比 {since}改善 {by}", "improved by {by} since {since}";
    published_worse_since(since: &str, by: &str) = "比 {since}退步 {by}", "worse by {by} since {since}";
    published_same_since(since: &str) = "与 {since}持平", "unchanged since {since}";
    published_better_undated(by: &str) = "改善 {by}（原文未注明日期）", "improved by {by} (the document gives no dates)";
    published_worse_undated(by: &str) = "退步 {by}（原文未注明日期）", "worse by {by} (the document gives no dates)";
    published_same_undated = "没有变化（原文未注明日期）", "unchanged (the document gives no dates)";
    published_from_to(from: &str, to: &str) = "从{from}到{to}", "From {from} to {to}";
    published_rank(place: &str) = "第 {place} 位", "{place}";
    published_points(count: &str) = "{count} 个百分点", "{count} percentage points";
    published_no_targets(count: usize) = "{count} 项指标，均无数量目标", "{count} indicators, none with a numeric target";
    published_no_targets_lead = "文本没有设数量目标，因此不亮灯，也不算完成率；这里列出文件公布的数据。", "The text sets no numeric target, so there are no lights and no percentages; what documents have published is listed here.";
    published_col_value = "公布的数值", "Published figure";
    published_col_moved = "变化", "Movement";
    published_none = "还没有公布的数据。", "Nothing is published yet.";
    published_indicators_lead(count: usize) = "{count} 项指标，均无数量目标。点开可看公布的数据和出处。", "{count} indicators without a numeric target. Each opens to its published figures and their sources.";
    bodies_heading = "文件列出的单位", "Bodies the document names";
}

impl Text {
    /// A number with its qualifier and its unit word: "20余个", "89%", "more than 20 provinces".
    pub fn qualified_number(self, raw: i64, scale: u8, qualifier: Option<Qualifier>, units: (&str, &str)) -> String {
        let unit = match self.lang {
            Lang::Zh => units.0,
            // English unit words are plural.
            Lang::En if format_raw(raw, scale) == "1" => "",
            Lang::En => units.1,
        };
        self.stated_value(raw, scale, qualifier, unit)
    }

    /// A value of an indicator: a rank is a position ("第 60 位", "60th"), anything else a number with its unit word.
    pub fn figure_value(self, measure: Measure, raw: i64, scale: u8, qualifier: Option<Qualifier>, units: (&str, &str)) -> String {
        if measure != Measure::Rank || scale > 0 || qualifier.is_some() {
            return self.qualified_number(raw, scale, qualifier, units);
        }
        let place = format_raw(raw, scale);
        match self.lang {
            Lang::Zh => self.published_rank(&place),
            Lang::En => self.published_rank(&format!("{place}{}", ordinal_ending(raw))),
        }
    }

    /// From which value to which; Chinese words stand close, numbers and signs apart from them.
    pub fn figure_from_to(self, from: &str, to: &str) -> String {
        if self.lang == Lang::En {
            return self.published_from_to(from, to);
        }
        let apart = |value: &str| {
            let gap = |end: Option<char>| if end.is_some_and(is_chinese) { "" } else { " " };
            format!("{}{value}{}", gap(value.chars().next()), gap(value.chars().next_back()))
        };
        self.published_from_to(&apart(from), apart(to).trim_end())
    }

    /// When a figure held, as exactly as its document says.
    pub fn figure_date(self, figure: &PublishedFigure) -> String {
        match figure.dated {
            Dated::Day => figure.on.to_string(),
            Dated::Year => self.published_year(figure.on.year()),
            Dated::Undated => self.published_undated_by(&figure.on.to_string()),
        }
    }

    /// How a figure has moved: "improved by 47 places since 2017".
    pub fn figure_moved(self, from: &PublishedFigure, movement: Movement, scale: u8, units: (&str, &str)) -> String {
        let by = |raw| match units.0 {
            "%" => self.published_points(&format_raw(raw, scale)),
            _ => self.qualified_number(raw, scale, None, units),
        };
        let since = match from.dated {
            Dated::Day => Some(format!("{}{}", from.on, if self.lang == Lang::Zh { " " } else { "" })),
            Dated::Year => Some(self.published_year(from.on.year())),
            Dated::Undated => None,
        };
        match (movement, since) {
            (Movement::Better(gained), Some(since)) => self.published_better_since(&since, &by(gained)),
            (Movement::Worse(lost), Some(since)) => self.published_worse_since(&since, &by(lost)),
            (Movement::Same, Some(since)) => self.published_same_since(&since),
            (Movement::Better(gained), None) => self.published_better_undated(&by(gained)),
            (Movement::Worse(lost), None) => self.published_worse_undated(&by(lost)),
            (Movement::Same, None) => self.published_same_undated().to_owned(),
        }
    }
}

const fn is_chinese(character: char) -> bool {
    matches!(character, '\u{4e00}'..='\u{9fff}')
}

/// The ending of an English ordinal number.
const fn ordinal_ending(number: i64) -> &'static str {
    match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const PLACES: (&str, &str) = ("位", "places");

    #[test]
    fn numbers_keep_their_qualifiers() {
        for (raw, scale, qualifier, units, zh, en) in [
            (20, 0, Some(Qualifier::SomewhatMore), ("个", "provinces"), "20余个", "more than 20 provinces"),
            (100, 0, Some(Qualifier::Nearly), ("名", "people"), "近 100 名", "nearly 100 people"),
            (230_919, 0, None, ("人次", "person-times"), "230,919 人次", "230,919 person-times"),
            (895, 1, None, ("%", "%"), "89.5%", "89.5%"),
            (1, 0, None, PLACES, "1 位", "1"),
        ] {
            assert_eq!(Text::new(Lang::Zh).qualified_number(raw, scale, qualifier, units), zh);
            assert_eq!(Text::new(Lang::En).qualified_number(raw, scale, qualifier, units), en);
        }
    }

    #[test]
    fn a_rank_is_a_position_and_a_difference_is_not() {
        let (zh, en) = (Text::new(Lang::Zh), Text::new(Lang::En));
        for (place, in_english) in
            [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (60, "60th"), (107, "107th"), (112, "112th"), (121, "121st")]
        {
            assert_eq!(zh.figure_value(Measure::Rank, place, 0, None, PLACES), format!("第 {place} 位"));
            assert_eq!(en.figure_value(Measure::Rank, place, 0, None, PLACES), in_english);
        }
        assert_eq!(zh.figure_value(Measure::Level, 60, 0, None, PLACES), "60 位");
        assert_eq!(zh.figure_from_to("第 107 位", "第 60 位"), "从第 107 位到第 60 位");
        assert_eq!(zh.figure_from_to("62%", "89%"), "从 62% 到 89%");
        assert_eq!(en.figure_from_to("107th", "60th"), "From 107th to 60th");
    }

    #[test]
    fn movements_name_the_year_or_say_that_there_is_none() {
        let from = |dated| PublishedFigure { on: date(2017, 12, 31), dated, value: 107, qualifier: None };
        for (dated, movement, units, zh, en) in [
            (Dated::Year, Movement::Better(47), PLACES, "比 2017 年改善 47 位", "improved by 47 places since 2017"),
            (Dated::Day, Movement::Worse(2), PLACES, "比 2017-12-31 退步 2 位", "worse by 2 places since 2017-12-31"),
            (
                Dated::Undated,
                Movement::Better(27),
                ("%", "%"),
                "改善 27 个百分点（原文未注明日期）",
                "improved by 27 percentage points (the document gives no dates)",
            ),
            (Dated::Year, Movement::Same, PLACES, "与 2017 年持平", "unchanged since 2017"),
        ] {
            assert_eq!(Text::new(Lang::Zh).figure_moved(&from(dated), movement, 0, units), zh);
            assert_eq!(Text::new(Lang::En).figure_moved(&from(dated), movement, 0, units), en);
        }
        assert_eq!(Text::new(Lang::Zh).figure_date(&from(Dated::Undated)), "未注明日期（2017-12-31 公布）");
    }
}
