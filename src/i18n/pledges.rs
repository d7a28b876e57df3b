//! Words of pledges: who takes on what, and what stays ownerless.

use super::{Lang, Text};
use crate::domain::pledges::{Cover, CoverCount, Coverage};

messages! {
    plan_years(from: i16, to: i16) = "{from}—{to}", "{from}–{to}";
    nav_pledges = "认领", "Pledges";
    pledges_title = "认领", "Pledges";
    pledges_partly(count: usize) = "{count} 项部分认领", "{count} in part";
    pledges_nothing(count: usize) = "{count} 项无人认领", "{count} not at all";
    pledges_lead = "各单位按年度认领要达到的认定数。认领与目标之差为无人认领的部分；已交付是该单位名下已计入的单元，以认领数为限。", "Organisations take on recognitions by year. What the target asks for beyond that is ownerless; delivered are the counted units an organisation holds, as far as its pledge goes.";
    pledges_empty = "这个计划没有可认领的指标", "Nothing of this plan can be taken on";
    pledges_empty_lead = "只有按名录单位计数、目标是数量的指标可以认领。", "Only indicators that count units and ask for a number of them can.";
    pledges_sentence(needed: &str, pledged: &str, rest: &str) = "共需 {needed}：已认领 {pledged}，{rest} 无人认领", "{needed}: {pledged} pledged, {rest} ownerless";
    pledges_sentence_full(needed: &str) = "共需 {needed}，已全部认领", "{needed}: all pledged";
    pledges_sentence_over(needed: &str, pledged: &str, over: &str) = "共需 {needed}：已认领 {pledged}，超额 {over}", "{needed}: {pledged} pledged, {over} beyond what is asked";
    pledges_brief(pledged: i64, rest: i64) = "认领 {pledged}，无人认领 {rest}", "{pledged} pledged, {rest} ownerless";
    pledges_brief_full(pledged: i64) = "认领 {pledged}，已全部认领", "{pledged} pledged, none ownerless";
    pledges_brief_over(pledged: i64, over: i64) = "认领 {pledged}，超额 {over}", "{pledged} pledged, {over} beyond what is asked";
    pledges_by_whom = "指标与认领单位", "Indicator and organisations";
    pledges_needed = "目标", "Target";
    pledges_total = "已认领", "Pledged";
    pledges_coverage = "覆盖率", "Coverage";
    pledges_delivered = "已交付", "Delivered";
    pledges_ownerless = "无人认领", "Ownerless";
    pledges_over(count: i64) = "超额 {count}", "{count} over";
    pledges_holds(held: i64) = "名下已计入 {held}", "holds {held} counted";
    pledges_go_own = "填写本单位认领", "Enter your pledge";
    pledges_change_own = "修改本单位认领", "Change your pledge";
    pledges_go_manage = "登记认领", "Record a pledge";
    pledges_all = "全部认领情况", "All pledges";
    pledges_form_title(name: &str, organisation: &str) = "{organisation}认领：{name}", "{organisation} takes on: {name}";
    pledges_year(year: i64) = "{year} 年", "{year}";
    pledges_year_hint(unit: &str) = "当年认领数（{unit}），不认领可留空或填 0。", "How many in this year ({unit}); empty or 0 for none.";
    pledges_note = "说明", "Note";
    pledges_note_hint = "例如由哪些部门承担。", "Such as which departments see to it.";
    pledges_document_hint = "认领所依据的文件，没有可不填。", "The document it rests on, where there is one.";
    pledges_reason_hint = "修改已有的认领时必填；原来的认领保留在记录中。", "Needed where a pledge is changed; the former one is kept.";
    pledges_save = "保存认领", "Save the pledge";
    pledges_history = "认领记录", "Pledges so far";
    pledges_history_none = "还没有认领。", "None so far.";
    pledges_entry(year: i64, quantity: i64) = "{year} 年 {quantity}", "{year}: {quantity}";
    pledges_taken_back(year: i64) = "{year} 年撤回", "{year}: taken back";
    pledges_replaced = "已被取代", "replaced";
    pledges_manage_title = "认领管理", "Record pledges";
    pledges_manage_lead = "为任一单位登记或修改认领。先选单位和指标，再按年度填写。", "Record or change what any organisation takes on: choose it and the indicator, then fill in the years.";
    pledges_choose = "选择单位和指标", "Organisation and indicator";
    pledges_organisation = "单位", "Organisation";
    pledges_indicator = "指标", "Indicator";
    pledges_none_for_indicator = "还没有单位认领。", "Nobody has taken anything on yet.";
}

impl Text {
    /// "300 courses: 240 pledged, 60 ownerless". `needed` is the number with its unit word.
    pub fn coverage_sentence(self, coverage: Coverage, needed: &str) -> String {
        let (pledged, rest, over) = (coverage.pledged.to_string(), coverage.ownerless().to_string(), coverage.over().to_string());
        match coverage.cover() {
            Cover::None | Cover::Partly => self.pledges_sentence(needed, &pledged, &rest),
            Cover::Full => self.pledges_sentence_full(needed),
            Cover::Over => self.pledges_sentence_over(needed, &pledged, &over),
        }
    }

    /// The same without what is needed, for a row that shows the target already.
    pub fn coverage_brief(self, coverage: Coverage) -> String {
        match coverage.cover() {
            Cover::None | Cover::Partly => self.pledges_brief(coverage.pledged, coverage.ownerless()),
            Cover::Full => self.pledges_brief_full(coverage.pledged),
            Cover::Over => self.pledges_brief_over(coverage.pledged, coverage.over()),
        }
    }

    /// How many are taken on in full; those beyond what is asked are among them.
    fn covered(self, count: CoverCount) -> String {
        let CoverCount { asked, covered, over, .. } = count;
        let head = match (self.lang, asked, covered) {
            (Lang::Zh, ..) => format!("{asked} 项有数量要求的指标中，{covered} 项已全部认领"),
            (Lang::En, 1, _) => format!("Of {asked} indicator that asks for a number, {covered} is taken on in full"),
            (Lang::En, _, 1) => format!("Of {asked} indicators that ask for a number, {covered} is taken on in full"),
            (Lang::En, ..) => format!("Of {asked} indicators that ask for a number, {covered} are taken on in full"),
        };
        let beyond = match (self.lang, covered) {
            _ if over == 0 => return head,
            (Lang::Zh, _) => format!("含 {over} 项超额"),
            (Lang::En, 1) => "beyond what is asked".to_owned(),
            (Lang::En, _) => format!("{over} of them beyond what is asked"),
        };
        head + &self.bracketed(&beyond)
    }

    /// How the indicators of a plan are covered.
    pub fn cover_count(self, count: CoverCount) -> String {
        let mut parts = vec![self.covered(count)];
        if count.partly > 0 {
            parts.push(self.pledges_partly(count.partly));
        }
        if count.none > 0 {
            parts.push(self.pledges_nothing(count.none));
        }
        parts.join(self.comma())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_on_beyond_is_part_of_what_is_taken_on_in_full() {
        for (count, zh, en) in [
            (
                CoverCount { asked: 16, covered: 2, partly: 5, none: 9, over: 1 },
                "16 项有数量要求的指标中，2 项已全部认领（含 1 项超额），5 项部分认领，9 项无人认领",
                "Of 16 indicators that ask for a number, 2 are taken on in full (1 of them beyond what is asked), 5 in part, 9 not at all",
            ),
            (
                CoverCount { asked: 3, covered: 1, partly: 2, none: 0, over: 0 },
                "3 项有数量要求的指标中，1 项已全部认领，2 项部分认领",
                "Of 3 indicators that ask for a number, 1 is taken on in full, 2 in part",
            ),
        ] {
            assert_eq!(Text::new(Lang::Zh).cover_count(count), zh);
            assert_eq!(Text::new(Lang::En).cover_count(count), en);
        }
    }

    #[test]
    fn coverage_is_worded_by_where_it_stands() {
        for (needed, pledged, zh, en) in [
            (300, 240, "共需 300 门：已认领 240，60 无人认领", "300 courses: 240 pledged, 60 ownerless"),
            (300, 300, "共需 300 门，已全部认领", "300 courses: all pledged"),
            (300, 310, "共需 300 门：已认领 310，超额 10", "300 courses: 310 pledged, 10 beyond what is asked"),
            (300, 0, "共需 300 门：已认领 0，300 无人认领", "300 courses: 0 pledged, 300 ownerless"),
        ] {
            let coverage = Coverage { needed, pledged };
            assert_eq!(Text::new(Lang::Zh).coverage_sentence(coverage, "300 门"), zh);
            assert_eq!(Text::new(Lang::En).coverage_sentence(coverage, "300 courses"), en);
        }
    }
}
