//! Words of values, targets and their revisions.

use super::{Lang, Text};
use crate::domain::{
    number::{Qualifier, format_grouped},
    target::TargetKind,
    words::{Direction, Measure},
};

messages! {
    problem_wrong_unit(typed: &str, unit: &str) = "这项指标的单位是“{unit}”，不能填“{typed}”；两种单位不能混用。", "This indicator is measured in “{unit}”, not in “{typed}”; the two units are not the same.";
    problem_zero_denominator = "分母不能是 0。", "The denominator cannot be 0.";
    problem_above_denominator = "分子不能大于分母，百分比应在 0 到 100 之间。", "The numerator cannot be larger than the denominator: a percentage lies between 0 and 100.";
    problem_parts_wanted = "这项指标按分子和分母填写，例如 179/200。", "This indicator is kept as numerator and denominator, such as 179/200.";
    problem_value_stated(by: &str) = "这一期的数值已由 {by} 填报，不能重复计入。", "The value of this period is stated already by {by}; it is not counted twice.";
    problem_range = "上限不能低于下限。", "The upper end cannot lie below the lower one.";
    problem_nothing_changed = "与现在的内容相同，没有可以修订的。", "This is what holds already; there is nothing to revise.";
    problem_beyond_target(goal: &str) = "超出了目标（{goal}）。请改为目标以内的值，或勾选取消。", "This lies beyond the target ({goal}). Give a value within it, or drop the milestone.";
    problem_date_not_before(day: &str) = "日期要早于 {day}。", "The date has to come before {day}.";
    problem_same_day = "另一个年度节点也是这一天。", "Another milestone has the same day.";
    problem_number_rank = "位次从 1 开始。", "A rank begins at 1.";
    understood(value: &str) = "识别为 {value}", "understood as {value}";
    parts_of(numerator: &str, denominator: &str) = "{numerator} ÷ {denominator}", "{numerator} ÷ {denominator}";
    value_numerator = "分子", "Numerator";
    value_denominator = "分母", "Denominator";
    value_hint(unit: &str) = "单位：{unit}。可以写 1.5万、230,919 或“近 300”。", "In {unit}. Separators, as in 230,919, and words such as “nearly” in Chinese are understood.";
    value_hint_percent = "百分比，0 到 100。", "A percentage, 0 to 100.";
    value_hint_rank = "位次，从 1 开始，越小越好。", "A rank: 1 is the best.";
    value_hint_parts = "百分比由分子和分母算出；各单位的百分比不作平均。", "The percentage follows from the two; percentages of several bodies are never averaged.";
    values_heading = "数值", "Values";
    values_lead_flow = "基数之后各期采信的数值相加。", "The sum of the accepted values since the baseline.";
    values_lead_level = "以最近一期采信的数值为准。", "The latest accepted value stands.";
    values_lead_parts = "以最近一期为准；各单位的分子、分母分别相加后再算百分比。", "The latest period stands; numerators and denominators of all bodies are summed before the percentage is formed.";
    values_none = "截至这一天没有采信的数值", "No value is accepted on this day";
    values_none_lead = "填报通过审核后，数值会显示在这里。", "A value appears here once its report is accepted.";
    values_organisation = "单位", "Organisation";
    values_period = "期末", "Period end";
    values_value = "数值", "Value";
    values_document = "文号", "Document";
    values_report = "填报", "Report";
    values_imported = "导入", "imported";
    values_published = "公布", "published";
    values_counts = "计入", "counts";
    values_before_baseline = "基数之前，不计入", "before the baseline, not counted";
    values_earlier = "已有更新的一期", "a later period stands";
    values_awaiting = "待审的数值", "Values that wait for review";
    values_awaiting_lead = "不计入实际数。", "They are not part of the number.";
    values_share(value: &str, parts: &str) = "{value}（{parts}）", "{value} ({parts})";
    since_baseline_better_rank(day: &str, baseline: &str, places: &str) = "比 {day} 的 {baseline} 进步 {places} 位", "an improvement of {places} places on {baseline} ({day})";
    since_baseline_worse_rank(day: &str, baseline: &str, places: &str) = "比 {day} 的 {baseline} 退步 {places} 位", "a loss of {places} places on {baseline} ({day})";
    since_baseline_better(day: &str, baseline: &str, change: &str) = "比 {day} 的 {baseline} 改善 {change}", "better than {baseline} ({day}) by {change}";
    since_baseline_worse(day: &str, baseline: &str, change: &str) = "比 {day} 的 {baseline} 退步 {change}", "worse than {baseline} ({day}) by {change}";
    since_baseline_same(day: &str, baseline: &str) = "与 {day} 的 {baseline} 持平", "the same as {baseline} ({day})";
    go_and_set_baseline = "去填写", "Record it";
    against_label = "对照的目标", "Judged against";
    against_current = "现行目标", "Current target";
    against_original = "原定目标", "Original target";
    against_note = "现在按原定目标判断；修订后的目标见“现行目标”。", "Judged against the original targets; revised ones are under “Current target”.";
    fact_milestones = "年度节点", "Milestones";
    fact_milestone(day: &str, value: &str) = "{day}：{value}", "{day}: {value}";
    fact_original_target = "原定目标", "Original target";
    history_what = "事项", "What";
    history_target = "目标", "Target";
    history_milestone(day: &str) = "{day} 年度节点", "Milestone of {day}";
    history_baseline(day: &str) = "基数（{day}）", "Baseline ({day})";
    history_value = "内容", "Set to";
    history_dropped = "取消", "dropped";
    history_effective = "生效", "In force from";
    history_reason = "理由和文号", "Reason and document";
    history_officer = "记录", "Recorded";
    history_always = "—", "—";
    history_replaced(day: &str) = "{day} 被取代", "replaced on {day}";
    history_not_yet = "尚未生效", "not yet in force";
    history_holds = "现行", "in force";
    targets_title = "目标修订", "Revisions of targets";
    targets_lead = "修订目标、年度节点和基数。每次修订都写明理由、文号和生效日期；原来的内容保留，原定目标和现行目标都继续判断。", "Revise targets, milestones and baselines. Each revision names its reason, document and effective date; nothing is overwritten, and original and current targets are both judged.";
    targets_target = "现行目标", "Current target";
    targets_due = "期限", "Due";
    targets_milestones = "年度节点", "Milestones";
    targets_baseline = "基数", "Baseline";
    targets_revised(count: usize) = "已修订 {count} 次", "revised {count} times";
    targets_revised_once = "已修订 1 次", "revised once";
    targets_revise = "修订", "Revise";
    targets_none_milestones = "无，按直线推算", "none: a straight line";
    targets_none = "这个行动计划还没有指标。", "This plan has no indicators yet.";
    targets_see = "查看指标", "See the indicator";
    targets_target_section = "目标和年度节点", "Target and milestones";
    targets_wording_zh = "目标原文（中文）", "Wording (Chinese)";
    targets_wording_en = "目标原文（英文）", "Wording (English)";
    targets_kind = "目标形式", "Form of the target";
    targets_n = "目标值（区间填下限）", "Number (lower end of a range)";
    targets_high = "上限（只有区间填写）", "Upper end (ranges only)";
    targets_on = "完成期限", "To be reached by";
    targets_milestone_on(number: usize) = "节点 {number} 日期", "Milestone {number}: date";
    targets_milestone_value(number: usize) = "节点 {number} 应达", "Milestone {number}: value";
    targets_milestone_new = "新增节点", "New milestone";
    targets_milestone_drop(day: &str) = "取消 {day} 的节点", "Drop the milestone of {day}";
    targets_milestones_hint = "节点要早于完成期限，且在目标以内。修订目标后超出目标的节点须在同一次修订中改正或取消。", "A milestone lies before the target's date and within the target. Those beyond a revised target are changed or dropped in the same act.";
    targets_effective = "生效日期", "Effective from";
    targets_effective_hint = "从这一天起按修订后的内容判断；此前仍按原内容。", "From this day on the revision is what is judged by; before it, what held then.";
    targets_later = "之后生效的修订", "Revisions that take effect later";
    targets_later_hint(list: &str) = "已有在此之后生效的修订：{list}。请选择如何处理。", "There are revisions that take effect after it: {list}. Choose what becomes of them.";
    targets_later_keep = "保留：到时按那次修订", "Keep: they take over on their day";
    targets_later_replace = "撤销：以这次修订为准", "Withdraw: this revision stays in force";
    targets_save = "记录修订", "Record the revision";
    targets_effect = "保存后立即重新判断。原来的内容不会被覆盖，可在指标页查看全部修订。", "Judged anew at once. Nothing is overwritten: the indicator's page lists every revision.";
    targets_baseline_section = "基数", "Baseline";
    targets_baseline_stock = "这项指标按现有总数计，基数是计划开始前一日已计入的单元数，由存量盘点得出，不能填写。", "This indicator counts all that exist, so its baseline is the units counting on the eve of the plan; the stock-take gives it, and it is never typed.";
    targets_baseline_new = "这项指标只计新增，基数为 0。", "This indicator counts only what is new, so its baseline is 0.";
    targets_baseline_on = "基数日期", "Of which day";
    targets_baseline_value = "基数", "Baseline";
    targets_baseline_save = "记录基数", "Record the baseline";
    targets_conflict = "在您打开这一页之后，已有人记录了另一次修订。下面保留了您填写的内容；与现在不同的地方列在这里，请核对后再提交。", "Somebody recorded another revision after you opened this page. What you typed is kept; where it differs from what holds now is listed here. Check it, then submit again.";
    targets_conflict_field = "栏目", "Field";
    targets_conflict_yours = "您填写的", "Yours";
    targets_conflict_now = "现在的", "Now";
    target_at_least = "不少于", "At least";
    target_at_most = "不高于", "At most";
    target_about = "左右（约）", "About";
    target_range = "区间", "Range";
    target_unquantified = "不量化", "Not quantified";
    manage_targets = "目标修订", "Revisions of targets";
}

impl Text {
    /// The word of a target's form.
    pub const fn target_kind(self, kind: TargetKind) -> &'static str {
        match kind {
            TargetKind::AtLeast => self.target_at_least(),
            TargetKind::AtMost => self.target_at_most(),
            TargetKind::About => self.target_about(),
            TargetKind::Range => self.target_range(),
            TargetKind::Unquantified => self.target_unquantified(),
        }
    }

    /// A value as it was stated: its softening word, grouped digits and unit.
    pub fn stated_value(self, raw: i64, scale: u8, qualifier: Option<Qualifier>, unit: &str) -> String {
        let number = format_grouped(raw, scale);
        let (before, after) = match (qualifier, self.lang) {
            (None, _) => ("", ""),
            (Some(Qualifier::SomewhatMore), Lang::Zh) => ("", "余"),
            (Some(Qualifier::Nearly), Lang::Zh) => ("近 ", ""),
            (Some(Qualifier::Over), Lang::Zh) => ("超 ", ""),
            (Some(Qualifier::SomewhatMore), Lang::En) => ("more than ", ""),
            (Some(Qualifier::Nearly), Lang::En) => ("nearly ", ""),
            (Some(Qualifier::Over), Lang::En) => ("over ", ""),
        };
        let unit = match unit {
            "" => String::new(),
            "%" | "％" => "%".to_owned(),
            unit if after.is_empty() => format!(" {unit}"),
            unit => unit.to_owned(),
        };
        format!("{before}{number}{after}{unit}")
    }

    /// How a value stands to the baseline; `better` is what was gained in the indicator's direction.
    pub fn since_baseline(self, measure: Measure, day: &str, baseline: &str, better: i64, scale: u8) -> String {
        let change = format_grouped(better.saturating_abs(), scale);
        match (measure, better) {
            (_, 0) => self.since_baseline_same(day, baseline),
            (Measure::Rank, 1..) => self.since_baseline_better_rank(day, baseline, &change),
            (Measure::Rank, _) => self.since_baseline_worse_rank(day, baseline, &change),
            (_, 1..) => self.since_baseline_better(day, baseline, &change),
            _ => self.since_baseline_worse(day, baseline, &change),
        }
    }

    /// From which value on a typed target is reached, for lists of targets.
    pub fn reached_line(self, direction: Direction, value: Option<String>) -> String {
        value.map_or_else(|| self.target_unquantified().to_owned(), |value| self.reached_from(direction, &value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_said_with_their_words() {
        let (zh, en) = (Text::new(Lang::Zh), Text::new(Lang::En));
        for (raw, scale, qualifier, unit, said) in [
            (230_919, 0, None, "人次", "230,919 人次"),
            (200_000, 0, Some(Qualifier::SomewhatMore), "人次", "200,000余人次"),
            (300, 0, Some(Qualifier::Nearly), "", "近 300"),
            (895, 1, None, "%", "89.5%"),
        ] {
            assert_eq!(zh.stated_value(raw, scale, qualifier, unit), said);
        }
        assert_eq!(en.understood(&en.stated_value(230_919, 0, None, "person-times")), "understood as 230,919 person-times");
        assert_eq!(en.stated_value(300, 0, Some(Qualifier::Over), "persons"), "over 300 persons");
        assert_eq!(zh.since_baseline(Measure::Rank, "2017-12-31", "107", 47, 0), "比 2017-12-31 的 107 进步 47 位");
        assert_eq!(en.since_baseline(Measure::Rank, "2017-12-31", "107", -3, 0), "a loss of 3 places on 107 (2017-12-31)");
        assert_eq!(en.since_baseline(Measure::Level, "2024-12-31", "62.0", 15, 1), "better than 62.0 (2024-12-31) by 1.5");
    }
}
