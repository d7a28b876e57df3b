//! Words of the numbers: lights and their reasons, cockpit, indicators, roster, charts.

use super::{Lang, Text};
use crate::domain::{
    light::{Light, Missing, ScheduleJudgement, ScheduleReason, ShownValue},
    number::format_raw,
    report::ReportState,
    roster::Basis,
    words::{Direction, Measure, RulingKind, Stage},
};

messages! {
    light_on_schedule = "按序时", "On schedule";
    light_reached = "已达到", "Reached";
    light_slightly_behind = "略滞后", "Slightly behind";
    light_behind = "滞后", "Behind";
    light_missed = "未达到", "Missed";
    light_cannot_judge = "暂不能判断", "Cannot be judged yet";
    light_no_data = "暂无数据", "No data";
    light_needs_ruling = "待认定口径", "Ruling needed";
    light_needs_stock_take = "待核定存量", "Stock-take needed";
    light_needs_baseline = "待确定基数", "Baseline needed";
    light_not_due = "尚未到期", "Nothing due yet";
    light_not_begun = "尚未开始", "Not begun";
    light_unquantified = "无量化目标", "Not quantified";
    light_stale = "数据较旧", "old data";
    light_stale_why = "最近一次采信的数据早于上一个填报期", "The last accepted fact is older than the previous period";
    why_unquantified = "原文没有数量要求，不亮灯", "The text sets no number, so there is no light";
    why_before_start(day: &str) = "行动计划自 {day} 起实施", "The plan begins on {day}";
    why_stage_ruling = "尚未认定从哪个阶段起计入", "It is not ruled yet from which stage a unit counts";
    why_stock_take = "计划实施前已有的单元尚未核定", "The units that existed before the plan are not recorded yet";
    why_baseline = "基数尚未确定", "There is no baseline yet";
    why_no_data = "尚无已采信的数据", "Nothing has been accepted yet";
    why_reached(actual: &str, goal: &str) = "已有 {actual}，达到目标 {goal}", "{actual}, which reaches the target of {goal}";
    why_beyond(actual: &str) = "已有 {actual}，超出目标范围上限", "{actual}, beyond the range of the target";
    why_missed(day: &str, actual: &str, short: &str) = "{day} 到期，实有 {actual}，差 {short}", "Due on {day}: {actual}, short by {short}";
    why_not_due_until(day: &str) = "按序时尚无应达数，{day} 起应有进展", "The path asks for nothing yet; first due on {day}";
    why_not_due = "按序时尚无应达数", "The path asks for nothing yet";
    why_ahead_of_nothing(ahead: &str) = "按序时尚无应达数，已领先基数 {ahead}", "Nothing is due yet, and it is {ahead} better than the baseline";
    why_behind_baseline(short: &str) = "比基数退步 {short}", "Worse than the baseline by {short}";
    why_level(expected: &str) = "应达 {expected}，与序时持平", "{expected} expected, exactly on schedule";
    why_ahead(expected: &str, ahead: &str) = "应达 {expected}，超前 {ahead}", "{expected} expected, {ahead} ahead";
    why_short(expected: &str, short: &str) = "应达 {expected}，差 {short}", "{expected} expected, short by {short}";
    why_ratio(expected: &str, percent: &str, short: &str) = "应达 {expected}，完成序时的 {percent}%，差 {short}", "{expected} expected; {percent}% of the gain due, short by {short}";
    brief_short(short: &str) = "差 {short}", "short by {short}";
    brief_ratio(percent: &str) = "完成序时的 {percent}%", "{percent}% of the gain due";
    legend_actual = "实际", "Actual";
    legend_pipeline = "储备", "Pipeline";
    legend_awaiting = "待审", "Awaiting review";
    legend_expected = "应达", "Expected";
    legend_target = "目标", "Target";
    legend_band = "目标范围", "Target range";
    legend_unjudged = "暂不能判断", "Not judged yet";
    cockpit_title = "总览", "Overview";
    cockpit_indicators(count: usize) = "{count} 项指标：", "{count} indicators: ";
    cockpit_green(count: usize) = "{count} 项按序时或已达到", "{count} on schedule or reached";
    cockpit_yellow(count: usize) = "{count} 项略滞后", "{count} slightly behind";
    cockpit_red(count: usize) = "{count} 项滞后", "{count} behind";
    cockpit_grey(count: usize) = "{count} 项暂不能判断", "{count} cannot be judged yet";
    cockpit_attention = "最需要关注：", "Needs attention first: ";
    cockpit_all_well = "各项指标均按序时推进。", "Every indicator that can be judged is on schedule.";
    cockpit_to_settle(count: usize) = "{count} 项指标要先认定口径或核定存量，才能判断", "A ruling or a stock-take comes first for {count} of the indicators";
    cockpit_to_report(count: usize) = "{count} 项指标尚无已采信的数据", "No accepted data yet for {count} of the indicators";
    cockpit_movement(day: &str, gained: i64, lost: i64) = "{day} 以来新计入 {gained} 项，退出 {lost} 项。", "Since {day}: {gained} counted anew, {lost} no longer counted.";
    cockpit_progress = "指标进展", "Progress of the indicators";
    cockpit_expected_on(day: &str) = "应达数按最近一个填报期末（{day}）计算；没有年度节点的，按基数到目标逐日推算。", "What is expected is that of the last period end ({day}); without milestones it runs straight from the baseline to the target.";
    cockpit_expected_none = "第一个填报期末之前没有应达数。", "Nothing is expected before the end of the first period.";
    cockpit_no_indicators = "这个行动计划还没有指标", "This plan has no indicators yet";
    cockpit_no_indicators_lead = "导入计划文件后，指标会显示在这里。", "They appear here once the plan's file is imported.";
    cockpit_no_match = "没有这种灯的指标", "No indicator has this light";
    col_indicator = "指标", "Indicator";
    col_actual_target = "实际 / 目标", "Actual / target";
    col_progress = "进展", "Progress";
    col_schedule = "序时", "Schedule";
    col_why = "依据", "Reason";
    col_baseline = "基数", "Baseline";
    col_actual = "实际", "Actual";
    col_expected = "应达", "Expected";
    col_target = "目标", "Target";
    col_due = "期限", "Due";
    filter_lights = "灯", "Light";
    extra_pipeline(count: &str) = "储备 {count}", "pipeline {count}";
    extra_awaiting(count: &str) = "待审 {count}", "awaiting review {count}";
    extra_movement = "本期", "this period";
    extra_kinds(list: &str) = "其中 {list}", "of which {list}";
    extra_overlap(names: &str) = "同时属于两类、只计一次：{names}", "of both kinds, counted once: {names}";
    go_and_rule = "去认定", "Rule on it";
    go_and_take_stock = "去核定", "Take stock";
    overview_title = "各期末的灯", "Lights at each period end";
    overview_description(first: &str, last: &str) = "从 {first} 到 {last}，每个填报期末各有多少项指标按序时、略滞后、滞后或不能判断。", "From {first} to {last}: how many indicators were on schedule, slightly behind, behind or not to be judged at the end of each period.";
    overview_none = "第一个填报期末之后，这里会显示各期末的灯。", "After the end of the first period the lights of each period end appear here.";
    overview_period = "填报期", "Period";
    chart_data = "图中数据", "Data of the chart";
    latest_title = "最近采信", "Accepted lately";
    latest_none = "还没有采信的认定。责任单位填报、审核通过后会显示在这里。", "Nothing has been accepted yet. What owners report appears here once it is reviewed.";
    latest_accepted(day: &str) = "{day} 采信", "Accepted {day}";
    latest_to(stage: &str, day: &str) = "{day} {stage}", "{stage} on {day}";
    see_report = "填报", "Report";
    loops_title = "任务与填报", "Tasks and reports";
    loops_tasks(count: i64) = "{count} 项任务", "{count} tasks";
    loops_period(name: &str) = "{name}填报", "Reports for {name}";
    loops_reports = "已报 / 应报", "Reported / owed";
    loops_accepted = "已通过审核", "Accepted";
    loops_closed = "已闭环 / 任务", "Loops closed / tasks";
    loops_late(count: i64) = "逾期未报 {count} 份", "Reports overdue: {count}";
    loops_none = "还没有开放填报期。", "No period is open yet.";
    loops_now = "填报与闭环为现在的情况。", "Reports and loops are as they stand now.";
    indicators_title = "指标", "Indicators";
    indicators_lead(count: usize) = "行动计划的 {count} 项数量目标。点开可看路径、口径和名单。", "The plan's {count} numeric targets. Each opens to its path, its rulings and the named units.";
    indicator_lead_reached(actual: &str) = "实际 {actual}，", "{actual} so far: ";
    indicator_facts = "口径", "How it counts";
    fact_target = "目标", "Target";
    fact_target_on = "期限", "Due";
    fact_reached_from = "达标线", "Reached from";
    fact_baseline = "基数", "Baseline";
    fact_baseline_on(day: &str) = "截至 {day}", "on {day}";
    fact_stage = "计入阶段", "Counts from";
    fact_basis = "统计口径", "Basis";
    fact_includes_national = "含国家级", "Includes national";
    fact_tolerance = "容差", "Tolerance";
    fact_counts = "计入的认定", "Counted recognitions";
    fact_measure = "计量方式", "Measure";
    fact_source = "出处", "Source";
    fact_area = "主要任务", "Area";
    fact_awaiting_ruling = "待教委认定", "waits for the commission's ruling";
    fact_missing = "尚未核定", "not recorded yet";
    fact_any_level = "各级", "any level";
    rule_dates = "默认规则：文本未写时限的，取计划的起止日期", "Default rule: where the text sets no time limit, the plan's days hold";
    rule_task_dates = "默认规则：未定时限的，取计划的起止日期", "Default rule: without a time limit of its own, the plan's days hold";
    rule_year = "默认规则：文本只写年份的，以该年最后一日为期", "Default rule: where the text names a year only, its last day";
    rule_stage = "默认规则：文本未写明时，达到认定阶段起计入", "Default rule: where the text does not say, units count once recognised";
    rule_basis = "默认规则：文本未写“新”字时，按现有总数计", "Default rule: where the text does not say “new”, all that exist count";
    fact_default_rule = "按默认规则", "by the default rule";
    fact_ruled(document: &str, day: &str) = "{document}，{day}", "{document}, {day}";
    basis_stock = "全部存量", "all that exist";
    basis_new_since(day: &str) = "{day} 起新增", "new since {day}";
    measure_roster = "名录单元数", "named units";
    measure_flow = "累计数", "running total";
    measure_level = "最新值", "latest value";
    measure_rank = "最新位次", "latest rank";
    path_title(name: &str) = "{name}：路径", "{name}: path";
    path_heading = "路径", "Path";
    path_description(sentence: &str, day: &str) = "{day}：{sentence}。", "{day}: {sentence}.";
    path_derived = "虚线为应达路径：没有年度节点，按基数到目标逐日推算。", "The dashed line is what is expected: without milestones it runs straight from the baseline to the target.";
    path_with_milestones = "虚线为应达路径，经过各年度节点。", "The dashed line is what is expected, through the milestones.";
    path_none = "基数确定之前画不出应达路径。", "Without a baseline no expected path can be drawn.";
    path_as_of(day: &str) = "截至 {day}", "As of {day}";
    path_column_date = "日期", "Date";
    path_column_milestone = "年度节点", "Milestone";
    path_light = "灯", "Light";
    listed_heading = "名单", "Named units";
    listed_counted = "已计入", "Counted";
    listed_pipeline = "储备", "Pipeline";
    listed_awaiting = "待审", "Awaiting review";
    listed_name = "名称", "Name";
    listed_holder = "单位", "Held by";
    listed_recognition = "认定事项", "Recognition";
    listed_stage = "阶段", "Stage";
    listed_date = "日期", "Date";
    listed_document = "文号", "Document";
    listed_proof = "佐证", "Proof";
    listed_none_counted = "截至这一天没有计入的单元", "No unit counts on this day";
    listed_none_counted_lead = "填报通过审核、到达计入阶段后，单元会显示在这里。", "A unit appears here once its report is accepted and it has reached the counting stage.";
    listed_none_pipeline = "截至这一天没有储备", "Nothing is on its way on this day";
    listed_none_pipeline_lead = "已采信、尚未到计入阶段的单元会显示在这里。", "Units that are accepted and below the counting stage appear here.";
    listed_none_awaiting = "没有等待审核的单元", "No unit waits for review";
    listed_none_awaiting_lead = "责任单位提交、尚未审核通过的单元会显示在这里，不计入实际数。", "Submitted units appear here until they are accepted; they are not part of the number.";
    listed_not_roster = "这项指标不按名录计数", "This indicator does not count units";
    listed_not_roster_lead = "它的数值来自各填报期采信的填报。", "Its values come from the accepted reports of each period.";
    report_state_submitted = "已提交", "Submitted";
    report_state_lead_reviewed = "牵头单位已审", "Reviewed by the lead";
    report_state_accepted = "已通过", "Accepted";
    report_state_returned = "已退回", "Returned";
    report_state_draft = "草稿", "Draft";
    linked_heading = "相关任务", "Linked tasks";
    linked_none = "没有相关任务。", "No task is linked.";
    linked_lead(name: &str) = "牵头：{name}", "Lead: {name}";
    linked_no_lead = "尚未指定牵头单位", "No lead organisation yet";
    revision_heading = "目标修订与口径认定", "Revisions and rulings";
    revision_target(wording: &str) = "目标：{wording}", "Target: {wording}";
    revision_effective(day: &str) = "{day} 起生效", "in force from {day}";
    revision_replaced = "已被后来的认定取代", "replaced by a later ruling";
    revision_original(wording: &str) = "原定目标 {wording}", "Original target {wording}";
    revision_no_document = "无文号", "no document number";
    by_officer(name: &str) = "由 {name} 记录", "recorded by {name}";
    from_plan_file = "来自行动计划文件", "from the plan's file";
    roster_title = "名录", "Roster";
    roster_lead_more(count: i64) = "{count} 多个具名单元。每个单元在一项指标中只计一次。", "More than {count} named units. In one indicator each counts once.";
    roster_lead(count: i64) = "{count} 个具名单元。每个单元在一项指标中只计一次。", "{count} named units. In one indicator each counts once.";
    roster_search = "按名称或编号查找", "Find by name or code";
    roster_find = "查找", "Find";
    roster_clear = "清除条件", "Clear filters";
    roster_filter_kind = "类别", "Kind";
    roster_filter_level = "级别", "Level";
    roster_filter_stage = "阶段", "Stage";
    roster_filter_district = "区", "District";
    roster_filter_indicator = "指标", "Indicator";
    roster_more_filters = "更多条件", "More filters";
    roster_standing = "认定与阶段", "Recognitions and stages";
    roster_kind = "类别", "Kind";
    roster_district = "区", "District";
    roster_none = "没有符合条件的单元", "No unit matches";
    roster_none_lead = "请放宽条件，或清除条件后重新查找。", "Use fewer filters, or clear them and search again.";
    roster_empty = "名录还是空的", "The roster is empty";
    roster_empty_lead = "填报通过审核后，单元会自动进入名录；已有的单元由教委工作人员录入。", "Units enter when a report is accepted; those that exist already are recorded by the commission's staff.";
    roster_record = "录入已有单元", "Record existing units";
    pager_range(from: i64, to: i64, total: i64) = "第 {from}—{to} 项，共 {total} 项", "{from} to {to} of {total}";
    pager_label = "分页", "Pages";
    pager_previous = "上一页", "Previous";
    pager_next = "下一页", "Next";
    crumbs_label = "位置", "Where you are";
    unit_recognitions = "认定与阶段历史", "Recognitions with their stages";
    unit_no_steps = "还没有采信的阶段。", "No stage has been accepted yet.";
    unit_counting = "计入与储备的起止", "Counting periods";
    unit_counting_none = "没有指标计入这个单元。", "No indicator counts this unit.";
    unit_counts_from(day: &str) = "{day} 起计入", "counts from {day}";
    unit_counts_span(from: &str, to: &str) = "{from} 起计入，{to} 起不再计入", "counts from {from}, no longer from {to}";
    unit_way_from(day: &str) = "{day} 起为储备", "on its way from {day}";
    unit_way_span(from: &str, to: &str) = "{from} 至 {to} 为储备", "on its way from {from} to {to}";
    unit_facts = "基本信息", "About it";
    unit_code = "编号", "Code";
    unit_partners = "合作单位", "Partners";
    unit_now = "现状", "Now";
    step_verified_by(name: &str) = "审核：{name}", "verified by {name}";
    step_recorded_by(name: &str) = "录入：{name}", "recorded by {name}";
    step_recorded_at(at: &str) = "{at} 采信", "accepted {at}";
    step_superseded = "已更正", "corrected";
    step_merged_into = "并入：", "merged into ";
    step_document(number: &str) = "文号：{number}", "Document: {number}";
}

/// What a reason is worded with.
#[derive(Debug, Clone, Copy)]
pub struct Worded<'a> {
    /// The unit word; empty where the language says the number alone (English units are plural words and would not fit 1).
    pub unit: &'a str,
    /// Decimal places of the indicator.
    pub scale: u8,
}

impl Worded<'_> {
    /// A value with its unit word.
    pub fn value(&self, raw: i64) -> String {
        self.shown(ShownValue { raw, scale: self.scale })
    }

    fn shown(&self, value: ShownValue) -> String {
        let number = format_raw(value.raw, value.scale);
        if self.unit.is_empty() { number } else { format!("{number} {}", self.unit) }
    }
}

impl Text {
    /// The word of an indicator's light.
    pub const fn light_word(self, judgement: &ScheduleJudgement) -> &'static str {
        match (&judgement.reason, judgement.light) {
            (ScheduleReason::Unquantified, _) => self.light_unquantified(),
            (ScheduleReason::BeforeStart { .. }, _) => self.light_not_begun(),
            (ScheduleReason::Missing(Missing::StageRuling), _) => self.light_needs_ruling(),
            (ScheduleReason::Missing(Missing::StockTake), _) => self.light_needs_stock_take(),
            (ScheduleReason::Missing(Missing::Baseline), _) => self.light_needs_baseline(),
            (ScheduleReason::NoData, _) => self.light_no_data(),
            (ScheduleReason::Reached { .. }, _) => self.light_reached(),
            (ScheduleReason::Missed { .. }, _) => self.light_missed(),
            (ScheduleReason::NothingDueYet { .. }, _) => self.light_not_due(),
            (_, Some(Light::Green)) => self.light_on_schedule(),
            (_, Some(Light::Yellow)) => self.light_slightly_behind(),
            (_, Some(Light::Red)) => self.light_behind(),
            (_, _) => self.light_cannot_judge(),
        }
    }

    /// The word of a colour, for filters and legends.
    pub const fn light_name(self, light: Light) -> &'static str {
        match light {
            Light::Green => self.light_on_schedule(),
            Light::Yellow => self.light_slightly_behind(),
            Light::Red => self.light_behind(),
            Light::Grey => self.light_cannot_judge(),
        }
    }

    /// The sentence behind a light, without its full stop.
    pub fn light_reason(self, reason: &ScheduleReason, worded: Worded<'_>) -> String {
        let value = |raw| worded.value(raw);
        match reason {
            ScheduleReason::Unquantified => self.why_unquantified().to_owned(),
            ScheduleReason::BeforeStart { starts_on } => self.why_before_start(&starts_on.to_string()),
            ScheduleReason::Missing(Missing::StageRuling) => self.why_stage_ruling().to_owned(),
            ScheduleReason::Missing(Missing::StockTake) => self.why_stock_take().to_owned(),
            ScheduleReason::Missing(Missing::Baseline) => self.why_baseline().to_owned(),
            ScheduleReason::NoData => self.why_no_data().to_owned(),
            ScheduleReason::Reached { actual, beyond_range: true, .. } => self.why_beyond(&value(*actual)),
            ScheduleReason::Reached { actual, goal, .. } => self.why_reached(&value(*actual), &value(*goal)),
            ScheduleReason::Missed { actual, goal, target_on } => {
                self.why_missed(&target_on.to_string(), &value(*actual), &value((goal - actual).abs()))
            }
            ScheduleReason::NothingDueYet { first_due: Some(day) } => self.why_not_due_until(&day.to_string()),
            ScheduleReason::NothingDueYet { first_due: None } => self.why_not_due().to_owned(),
            ScheduleReason::AheadOfNothingDue { actual, baseline } => self.why_ahead_of_nothing(&value((actual - baseline).abs())),
            ScheduleReason::BehindBaseline { actual, baseline } => self.why_behind_baseline(&value((actual - baseline).abs())),
            ScheduleReason::OnSchedule { expected, ahead, .. } if ahead.raw == 0 => self.why_level(&worded.shown(*expected)),
            ScheduleReason::OnSchedule { expected, ahead, .. } => self.why_ahead(&worded.shown(*expected), &worded.shown(*ahead)),
            ScheduleReason::ShortBy { expected, short, .. } => self.why_short(&worded.shown(*expected), &worded.shown(*short)),
            ScheduleReason::Ratio { expected, short, percent, .. } => {
                self.why_ratio(&worded.shown(*expected), percent, &worded.shown(*short))
            }
        }
    }

    /// The shortest reason, for beside a name.
    pub fn light_brief(self, reason: &ScheduleReason, worded: Worded<'_>) -> String {
        match reason {
            ScheduleReason::Ratio { percent, .. } => self.brief_ratio(percent),
            ScheduleReason::ShortBy { short, .. } => self.brief_short(&worded.shown(*short)),
            ScheduleReason::Missed { actual, goal, .. } => self.brief_short(&worded.value((goal - actual).abs())),
            other => self.light_reason(other, worded),
        }
    }

    /// A reason as it is kept, which for a default rule is its Chinese sentence; that one is said in the language of the page.
    pub fn kept_reason(self, reason: &str) -> String {
        let kept = Self::new(Lang::Zh);
        let rules = [Self::rule_dates, Self::rule_task_dates, Self::rule_year, Self::rule_stage, Self::rule_basis];
        rules.iter().find(|rule| rule(kept) == reason).map_or(reason, |rule| rule(self)).to_owned()
    }

    /// Something in brackets after a name.
    pub fn bracketed(self, inside: &str) -> String {
        match self.lang {
            Lang::Zh => format!("（{inside}）"),
            Lang::En => format!(" ({inside})"),
        }
    }

    /// How an indicator is measured.
    pub const fn measure(self, measure: Measure) -> &'static str {
        match measure {
            Measure::Roster => self.measure_roster(),
            Measure::Flow => self.measure_flow(),
            Measure::Level => self.measure_level(),
            Measure::Rank => self.measure_rank(),
        }
    }

    /// What is counted by its age.
    pub fn basis(self, basis: Basis) -> String {
        match basis {
            Basis::Stock => self.basis_stock().to_owned(),
            Basis::NewSince(day) => self.basis_new_since(&day.to_string()),
        }
    }

    /// The decision of a ruling.
    pub fn ruling_value(self, kind: RulingKind, value: &str) -> String {
        let known = match kind {
            RulingKind::CountingStage => value.parse().ok().map(|stage: Stage| self.stage(stage).to_owned()),
            RulingKind::Basis if value == "stock" => Some(self.basis_stock().to_owned()),
            RulingKind::Basis => value.strip_prefix("new-since:").map(|day| self.basis_new_since(day)),
            RulingKind::IncludesNational => Some(if value == "yes" { self.yes() } else { self.no() }.to_owned()),
            RulingKind::Tolerance => None,
        };
        known.unwrap_or_else(|| value.to_owned())
    }

    /// Where a report stands.
    pub const fn report_state_word(self, state: ReportState) -> &'static str {
        match state {
            ReportState::Draft => self.report_state_draft(),
            ReportState::Submitted => self.report_state_submitted(),
            ReportState::LeadReviewed => self.report_state_lead_reviewed(),
            ReportState::Accepted => self.report_state_accepted(),
            ReportState::Returned => self.report_state_returned(),
        }
    }

    /// From which value on a target is reached.
    pub fn reached_from(self, direction: Direction, value: &str) -> String {
        match direction {
            Direction::Rising => format!("≥ {value}"),
            Direction::Falling => format!("≤ {value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn reasons_are_sentences_of_their_numbers() {
        let worded = Worded { unit: "门", scale: 0 };
        let shown = |raw| ShownValue { raw, scale: 0 };
        let zh = Text::new(Lang::Zh);
        for (reason, sentence) in [
            (
                ScheduleReason::Ratio { actual: 164, expected: shown(174), short: shown(10), percent: "94".into() },
                "应达 174 门，完成序时的 94%，差 10 门",
            ),
            (ScheduleReason::ShortBy { actual: 2, expected: shown(3), short: shown(1) }, "应达 3 门，差 1 门"),
            (ScheduleReason::Missed { actual: 270, goal: 300, target_on: date(2027, 12, 31) }, "2027-12-31 到期，实有 270 门，差 30 门"),
            (ScheduleReason::Reached { actual: 3, goal: 1, beyond_range: true }, "已有 3 门，超出目标范围上限"),
            (ScheduleReason::OnSchedule { actual: 3, expected: shown(3), ahead: shown(0) }, "应达 3 门，与序时持平"),
            (ScheduleReason::NoData, "尚无已采信的数据"),
        ] {
            assert_eq!(zh.light_reason(&reason, worded), sentence);
        }
        let en = Text::new(Lang::En);
        let worded = Worded { unit: "", scale: 0 };
        assert_eq!(
            en.light_reason(&ScheduleReason::ShortBy { actual: 2, expected: shown(3), short: shown(1) }, worded),
            "3 expected, short by 1"
        );
        assert_eq!(zh.ruling_value(RulingKind::Basis, "new-since:2025-01-01"), "2025-01-01 起新增");
        assert_eq!(zh.ruling_value(RulingKind::CountingStage, "approved"), "立项");
    }
}
