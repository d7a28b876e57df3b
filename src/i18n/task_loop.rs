//! Words of tasks, periods, evaluation, feedback.

use super::{Lang, Text};
use crate::domain::{
    evaluation::Dimension,
    ring::{Station, StationStatus},
    task_status::TaskStatus,
    words::Grade,
};

messages! {
    task_unassigned = "未落实责任单位", "Nobody responsible";
    task_not_started = "未开始", "Not started";
    task_on_schedule = "按期推进", "On schedule";
    task_due_soon = "临期", "Due soon";
    task_overdue = "逾期", "Overdue";
    task_done = "按期完成", "Done";
    task_done_late = "逾期完成", "Done late";
    station_report = "填报", "Report";
    station_review = "审核", "Review";
    station_evaluation = "评估", "Evaluation";
    station_feedback = "反馈", "Feedback";
    station_answer = "回应", "Answer";
    station_done = "已完成", "Done";
    station_now = "进行中", "Under way";
    station_todo = "未到", "To come";
    station_skipped = "不适用", "Not needed";
    station_late = "已逾期", "Overdue";
    dimension_progress = "进度", "Progress";
    dimension_quality = "质量", "Quality";
    dimension_effect = "效果", "Effect";
    dimension_satisfaction = "满意度", "Satisfaction";
    grade_a = "A 优秀", "A excellent";
    grade_b = "B 良好", "B good";
    grade_c = "C 合格", "C sufficient";
    grade_d = "D 不合格", "D insufficient";
    grade_none = "未评", "Not assessed";
    period_year(year: &str) = "{year} 年", "{year}";
    period_half_1(year: &str) = "{year} 年上半年", "First half of {year}";
    period_half_2(year: &str) = "{year} 年下半年", "Second half of {year}";
    period_quarter(year: &str, quarter: &str) = "{year} 年第 {quarter} 季度", "Q{quarter} {year}";
    period_month(year: &str, month: i64) = "{year} 年 {month} 月", "{year}, month {month}";

    loop_party_lead = "牵头单位", "the lead organisation";
    loop_party_lead_short = "牵头单位", "the lead";
    commission_staff = "市教委", "commission staff";
    loop_party_commission = "市教委", "the commission";
    loop_party_many(count: usize) = "{count} 家单位", "{count} organisations";
    loop_party_one = "1 家单位", "1 organisation";
    loop_names_more(names: &str, count: usize) = "{names} 等 {count} 家单位", "{names} and others ({count} organisations)";
    loop_name_separator = "、", ", ";
    loop_day(days: i64) = "第 {days} 天", "day {days}";
    loop_closed = "已闭环", "Closed";
    loop_none = "无需填报", "Nothing owed";
    loop_picture(period: &str, station: &str) = "{period}闭环：现在是“{station}”", "Loop of {period}: now at {station}";
    loop_picture_closed(period: &str) = "{period}闭环：已闭环", "Loop of {period}: closed";
    loop_sentence(period: &str, station: &str, holder: &str) = "{period}的闭环现在是“{station}”环节，由{holder}办理", "The loop of {period} is at {station}, held by {holder}";
    loop_since(since: &str) = "自 {since} 起", "since {since}";
    loop_until(due: &str) = "应于 {due} 前完成", "due by {due}";
    loop_days_left(days: i64) = "还有 {days} 天", "{days} day left", "{days} days left";
    loop_due_today = "今天到期", "due today";
    loop_days_over(days: i64) = "已逾期 {days} 天", "{days} day overdue", "{days} days overdue";
    loop_sentence_closed(period: &str, day: &str) = "{period}已于 {day} 闭环。", "The loop of {period} was closed on {day}.";
    loop_sentence_nobody(period: &str) = "{period}没有单位需要填报。", "Nobody owes a report for {period}.";
    loop_progress(done: u32, of: u32) = "{done} / {of}", "{done} of {of}";
    loop_waits_for(who: &str) = "等待：{who}", "Waiting for {who}";
    loop_done_on(day: &str) = "{day} 完成", "done {day}";
    loop_due_on(day: &str) = "{day} 截止", "due {day}";

    tasks_title = "任务", "Tasks";
    tasks_lead(count: usize) = "共 {count} 项任务", "{count} task", "{count} tasks";
    tasks_caption = "任务进度表，按主要任务分组", "Timetable of the tasks, by area";
    tasks_column_task = "任务", "Task";
    tasks_column_organisations = "牵头与责任单位", "Lead and responsible";
    tasks_column_time = "时限", "Time limit";
    tasks_column_status = "状态", "Status";
    tasks_column_indicators = "指标", "Indicators";
    tasks_column_loop(period: &str) = "{period}闭环", "Loop of {period}";
    tasks_column_loop_none = "闭环", "Loop";
    tasks_filter_area = "主要任务", "Area";
    tasks_filter_status = "状态", "Status";
    tasks_no_lead = "未定牵头单位", "no lead yet";
    tasks_responsible_count(count: usize) = "责任单位 {count} 家", "{count} responsible";
    tasks_no_responsible = "未定责任单位", "nobody responsible yet";
    tasks_time(from: &str, to: &str) = "{from} 至 {to}", "{from} to {to}";
    tasks_revised(from: &str) = "原定 {from}", "first set: {from}";
    tasks_no_indicator = "无指标", "none";
    tasks_loop_none = "未开放", "not open";
    tasks_empty_filter = "没有符合条件的任务", "No task matches";
    tasks_empty_filter_lead = "请换一个条件，或查看全部任务。", "Choose another filter, or look at all tasks.";
    tasks_show_all = "查看全部任务", "All tasks";
    tasks_empty = "这个计划还没有任务", "This plan has no tasks yet";
    tasks_empty_lead = "任务随计划文件导入。", "Tasks come in with the plan's file.";

    task_panel_loop = "闭环", "Loop";
    task_panel_content = "任务内容", "The task";
    task_panel_time = "时限", "Time limit";
    task_panel_organisations = "单位", "Organisations";
    task_panel_indicators = "关联指标", "Linked indicators";
    task_panel_reports = "责任单位填报", "Reports of the responsible organisations";
    task_panel_evaluation = "实施效果评估", "Evaluation of effect";
    task_panel_feedback = "反馈与回应", "Feedback and answers";
    task_panel_history = "历次闭环", "All loops";
    task_deliverable = "成果", "Deliverable";
    task_effect = "成效", "Effect";
    task_source = "出处", "Source";
    task_source_section(section: &str) = "方案原文 {section}", "Section {section} of the text";
    task_area = "主要任务", "Area";
    task_starts = "开始", "Starts";
    task_due_original = "原定完成", "First set";
    task_due_revised = "调整后完成", "Revised";
    task_due = "完成时限", "Due";
    task_completed = "实际完成", "Completed";
    task_contact(name: &str) = "联系人：{name}", "Contact: {name}";
    task_no_contact = "未定联系人", "no contact person yet";
    task_no_parts = "还没有分工", "Nobody is assigned yet";
    task_no_indicators = "本任务没有关联指标，以成果佐证评估效果。", "No indicator is linked; the effect is seen by evidence of the deliverable.";
    task_choose_period = "填报期", "Period";
    task_assign = "去分工", "Assign organisations";
    task_open_period = "去开放填报期", "Open a period";
    task_loop_empty = "还没有闭环", "There is no loop yet";
    task_loop_empty_period = "填报期开放后，责任单位的填报、审核、评估、反馈、回应都会在这里显示。", "Once a period is open, report, review, evaluation, feedback and answer of the responsible organisations are shown here.";
    task_loop_empty_parts = "先为本任务确定责任单位，填报期内的闭环会自动建立。", "Assign a responsible organisation first; the loops of open periods then begin by themselves.";
    task_loop_empty_this(period: &str) = "本任务在{period}没有填报。", "Nothing is owed for this task in {period}.";
    task_reports_caption(period: &str) = "{period}各责任单位的填报", "Reports of {period}";
    task_column_organisation = "责任单位", "Organisation";
    task_column_state = "状态", "State";
    task_column_since = "状态日期", "Since";
    task_column_due = "截止", "Due";
    task_column_percent = "完成比例", "Complete";
    task_column_report = "填报", "Report";
    task_percent(percent: i64) = "{percent}%", "{percent}%";
    task_read_report = "查看填报", "Read the report";
    task_write_report = "去填报", "Write the report";
    task_read_report_of(name: &str) = "查看填报：{name}", "Read the report: {name}";
    task_history_caption = "本任务各填报期的闭环", "The loops of this task, by period";
    task_column_period = "填报期", "Period";
    task_column_result = "结果", "Result";
    task_closed_on(day: &str) = "{day} 闭环", "closed {day}";
    task_open = "进行中", "open";

    evaluation_by(name: &str, day: &str) = "{name} 于 {day} 评估", "Evaluated by {name} on {day}";
    evaluation_effect_link = "效果依据", "The effect is seen by";
    evaluation_missing(names: &str) = "评估时尚未通过审核的单位：{names}", "Not accepted at the time of the evaluation: {names}";
    evaluation_hidden = "已完成评估。评估内容仅本任务的相关单位、教委和领导可见。", "The evaluation is done. It is shown to the organisations concerned, the commission and leaders.";
    evaluation_not_yet = "尚未评估。", "Not evaluated yet.";
    evaluation_wait(names: &str) = "还不能评估，尚未通过审核的单位：{names}。", "It cannot be evaluated yet. Not accepted: {names}.";
    evaluation_wait_until(day: &str) = "全部通过审核后即可评估；{day} 之后，也可以在写明缺报单位的情况下评估。", "It can be evaluated once all are accepted or, after {day}, without the missing ones, which are then named.";
    evaluation_missing_title = "缺报", "Missing";
    evaluation_missing_now(names: &str) = "审核期限已过，以下单位尚未通过审核，将写入评估：{names}。", "The deadline of review has passed. These are not accepted and will be named in the evaluation: {names}.";
    evaluation_grade = "等级", "Grade";
    evaluation_reason = "理由", "Reason";
    evaluation_reason_hint = "依据事实写明为何评定这一等级；不评也要说明原因。", "Say from the facts why; also where it is not assessed.";
    evaluation_link_hint_indicators(codes: &str) = "写明体现效果的指标、单元或数值，例如 {codes}。", "Name the indicator, unit or value, such as {codes}.";
    evaluation_link_hint_evidence = "本任务没有指标，请写明成果的佐证材料。", "This task has no indicator: name the evidence of its deliverable.";
    evaluation_submit = "提交评估", "Record the evaluation";
    evaluation_final = "评估提交后不能修改，随后向每家责任单位反馈。", "An evaluation cannot be changed afterwards. Feedback to each organisation follows.";

    feedback_after_evaluation = "评估完成后，向每家责任单位反馈。", "Feedback to each responsible organisation follows the evaluation.";
    feedback_none_yet = "尚未反馈", "No feedback yet";
    feedback_hidden = "反馈内容仅该单位、牵头单位、教委和领导可见。", "Feedback is shown to its organisation, the lead, the commission and leaders.";
    feedback_given_by(name: &str, day: &str) = "{name} 于 {day} 反馈", "{name}, {day}";
    feedback_answered_by(name: &str, day: &str) = "{name} 于 {day} 回应", "Answered by {name}, {day}";
    feedback_open(due: &str) = "待回应，{due} 截止", "Waits for an answer, due {due}";
    feedback_closed = "已闭环", "Closed";
    feedback_kind_label = "反馈方式", "Kind of feedback";
    feedback_kind_hint = "知悉：即时闭环。建议：对方回应后闭环。", "Acknowledged closes at once. Advice closes on the owner's answer.";
    feedback_kind_hint_missing = "该单位未通过审核，只能提出建议。", "Its report is not accepted, so only advice can be given.";
    feedback_text = "反馈内容", "Feedback";
    feedback_text_hint = "建议必须写明内容；知悉可以不写。", "Needed for advice; may stay empty for an acknowledgement.";
    feedback_submit(name: &str) = "向{name}反馈", "Give feedback to {name}";
    feedback_answer = "本单位的回应", "Your answer";
    feedback_answer_hint = "写明对建议的处理情况。提交后，本单位在这一填报期的闭环即完成。", "Say what was done about the advice. Your part of the loop closes with it.";
    feedback_answer_submit = "提交回应", "Answer";

    superseded_title = "没有记录", "Not recorded";
    superseded_lead = "在您填写期间，另一位同事已经提交。下面是您填写的内容，没有生效，可以复制保留。", "A colleague was first. What you typed was not recorded; it stands below, so that you can keep it.";

    periods_title = "填报期", "Periods";
    periods_lead(cadence: &str, count: usize, open: usize) = "{cadence}一期，共 {count} 期，已开放 {open} 期", "{cadence}, {count} periods, {open} opened";
    periods_caption = "本计划的全部填报期", "All periods of the plan";
    periods_column_span = "起止", "From and to";
    periods_column_report_due = "填报截止", "Reports due";
    periods_column_count = "已报 / 应报", "Reported";
    periods_column_accepted = "已通过", "Accepted";
    periods_column_state = "状态", "State";
    periods_opened = "已开放", "Open";
    periods_not_opened = "未开放", "Not open";
    periods_open_action = "开放", "Open";
    periods_open_title(period: &str) = "开放 {period}", "Open {period}";
    periods_open_lead = "开放后，每项未完成的任务为每家责任单位建立一份应报任务。以下日期按周期结束后的工作日推算，可以修改。", "Opening creates one report owed by each responsible organisation of each unfinished task. The dates are proposed in working days after the period's end; change them as needed.";
    periods_all_open = "全部填报期都已开放", "All periods are open";
    periods_all_open_lead = "需要调整截止日期，请进入相应的填报期。", "To change a deadline, go to its period.";
    periods_opened_by_other(period: &str) = "{period}已由另一位同事开放，您填写的日期没有生效。", "A colleague has opened {period} already. Your dates were not used.";
    periods_due_hint(from: &str) = "不早于 {from}，各环节日期依次不得提前。", "Not before {from}; no deadline lies before the one above it.";
    due_report = "填报截止", "Reports due";
    due_lead_review = "牵头单位审核截止", "Lead's review due";
    due_commission_review = "教委审核截止", "Commission's review due";
    due_evaluation = "评估截止", "Evaluation due";
    due_feedback = "反馈截止", "Feedback due";
    due_answer = "回应截止", "Answers due";

    period_reported(done: usize, of: usize) = "已报 {done} / 应报 {of}", "{done} of {of} reported";
    period_overdue(count: usize) = "逾期 {count}", "{count} overdue";
    period_accepted_count(count: usize) = "已通过 {count}", "{count} accepted";
    period_nothing_overdue = "没有逾期", "nothing overdue";
    period_deadlines = "各环节截止日期", "Deadlines";
    period_change_title = "调整截止日期", "Change the deadlines";
    period_change_hint = "调整后立即对所有单位生效，理由写入审计记录。", "Holds for everybody at once; the reason goes into the audit trail.";
    period_change_submit = "保存调整", "Change the deadlines";
    period_filter_state = "状态", "State";
    period_filter_organisation = "责任单位", "Organisation";
    period_filter_overdue = "逾期", "Overdue";
    period_obligations = "应报明细", "What is owed";
    period_caption = "本期应报明细，按任务分组", "What is owed in this period, by task";
    period_empty = "本期没有应报任务", "Nothing is owed in this period";
    period_empty_lead = "还没有任务确定责任单位，或者任务都已完成。分工之后会自动建立。", "No task has a responsible organisation yet, or all tasks are done. What is owed appears after assignment.";
    period_empty_filter = "没有符合条件的应报任务", "Nothing matches";
    period_show_all = "查看全部", "Show all";
}

impl Text {
    /// How many tasks stand so, in a sentence about all of them.
    pub fn tasks_count(self, status: TaskStatus, count: usize) -> String {
        let word = self.task_status(status);
        match (self.lang, status) {
            (Lang::Zh, _) => format!("{word} {count}"),
            (Lang::En, TaskStatus::Unassigned) => format!("{count} with {}", word.to_lowercase()),
            (Lang::En, _) => format!("{count} {}", word.to_lowercase()),
        }
    }

    /// Name of a task's status.
    pub const fn task_status(self, status: TaskStatus) -> &'static str {
        match status {
            TaskStatus::Unassigned => self.task_unassigned(),
            TaskStatus::NotStarted => self.task_not_started(),
            TaskStatus::OnSchedule => self.task_on_schedule(),
            TaskStatus::DueSoon => self.task_due_soon(),
            TaskStatus::Overdue => self.task_overdue(),
            TaskStatus::Done => self.task_done(),
            TaskStatus::DoneLate => self.task_done_late(),
        }
    }

    /// Name of a station of the loop.
    pub const fn station(self, station: Station) -> &'static str {
        match station {
            Station::Report => self.station_report(),
            Station::Review => self.station_review(),
            Station::Evaluation => self.station_evaluation(),
            Station::Feedback => self.station_feedback(),
            Station::Answer => self.station_answer(),
        }
    }

    /// How far a station is.
    pub const fn station_status(self, status: StationStatus) -> &'static str {
        match status {
            StationStatus::Done => self.station_done(),
            StationStatus::Now => self.station_now(),
            StationStatus::Todo => self.station_todo(),
            StationStatus::Skipped => self.station_skipped(),
            StationStatus::Late => self.station_late(),
        }
    }

    /// Name of a dimension of the evaluation.
    pub const fn dimension(self, dimension: Dimension) -> &'static str {
        match dimension {
            Dimension::Progress => self.dimension_progress(),
            Dimension::Quality => self.dimension_quality(),
            Dimension::Effect => self.dimension_effect(),
            Dimension::Satisfaction => self.dimension_satisfaction(),
        }
    }

    /// Name of a grade; none: not assessed.
    pub const fn grade(self, grade: Option<Grade>) -> &'static str {
        match grade {
            Some(Grade::A) => self.grade_a(),
            Some(Grade::B) => self.grade_b(),
            Some(Grade::C) => self.grade_c(),
            Some(Grade::D) => self.grade_d(),
            None => self.grade_none(),
        }
    }

    /// A period's code in words: `2026Q3` is the third quarter of 2026.
    pub fn period_name(self, code: &str) -> String {
        let Some((year, rest)) = code.split_at_checked(4) else { return code.to_owned() };
        match rest {
            "" => self.period_year(year),
            "H1" => self.period_half_1(year),
            "H2" => self.period_half_2(year),
            _ => match (rest.strip_prefix('Q'), rest.strip_prefix('-').and_then(|month| month.parse().ok())) {
                (Some(quarter), _) => self.period_quarter(year, quarter),
                (_, Some(month)) => self.period_month(year, month),
                _ => code.to_owned(),
            },
        }
    }

    /// Names in a row; beyond `most` of them only how many there are.
    pub fn name_list(self, names: &[&str], most: usize) -> String {
        let shown = names.iter().take(most).copied().collect::<Vec<_>>().join(self.loop_name_separator());
        if names.len() > most { self.loop_names_more(&shown, names.len()) } else { shown }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn a_period_is_named_in_words() {
        let (zh, en) = (Text::new(Lang::Zh), Text::new(Lang::En));
        for (code, chinese, english) in [
            ("2026Q3", "2026 年第 3 季度", "Q3 2026"),
            ("2026H2", "2026 年下半年", "Second half of 2026"),
            ("2026-07", "2026 年 7 月", "2026, month 7"),
            ("2026", "2026 年", "2026"),
            ("职教", "职教", "职教"),
        ] {
            assert_eq!((zh.period_name(code), en.period_name(code)), (chinese.to_owned(), english.to_owned()));
        }
    }

    #[test]
    fn many_names_are_counted() {
        let zh = Text::new(Lang::Zh);
        assert_eq!(zh.name_list(&["甲校", "乙校"], 2), "甲校、乙校");
        assert_eq!(zh.name_list(&["甲校", "乙校", "丙校"], 2), "甲校、乙校 等 3 家单位");
    }
}
