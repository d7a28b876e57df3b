//! Words of reports, reviews, evidence.

use super::Text;
use crate::domain::report::{Deciders, FallsAwayReason, ReportState, ReviewLevel};

messages! {
    flow_state_draft = "草稿", "Draft";
    flow_state_not_begun = "未填报", "Not begun";
    flow_state_submitted = "已提交", "Submitted";
    flow_state_lead_reviewed = "牵头单位已通过", "Passed by the lead";
    flow_state_accepted = "已通过", "Accepted";
    flow_state_returned = "已退回", "Returned";
    flow_level_lead = "牵头单位审核", "Review by the lead organisation";
    flow_level_commission = "教委审核", "Review by the commission";
    flow_reports_title = "我的填报", "My reports";
    flow_reports_lead(open: usize, late: usize) = "还有 {open} 项待填报，其中 {late} 项已逾期。", "{open} to report, {late} of them overdue.";
    flow_reports_done = "本期填报已全部提交。", "Everything due is submitted.";
    flow_reports_empty_title = "现在没有要填报的任务", "Nothing is owed at the moment";
    flow_reports_empty_lead = "教委开放填报期并把任务分给您的单位后，这里会列出任务和截止日期。", "Once the commission opens a period and your organisation is responsible for a task, the tasks and their due dates appear here.";
    flow_to_do = "待办", "To do";
    flow_handed_in = "已提交", "Handed in";
    flow_due(date: &str) = "截止 {date}", "Due {date}";
    flow_due_days(days: i64) = "还有 {days} 天", "{days} days left";
    flow_due_today = "今天截止", "Due today";
    flow_late_days(days: i64) = "已逾期 {days} 天", "{days} days overdue";
    flow_fill_in = "填报", "Report";
    flow_continue = "继续填报", "Go on";
    flow_correct = "修改后重新提交", "Correct and submit again";
    flow_open = "查看", "Open";
    flow_no_change_button = "本期无变化，直接提交", "No change: submit";
    flow_no_change = "本期无变化", "No change in this period";
    flow_no_change_hint = "上一期填报已通过时可以选择；提交后视为已填报。", "Possible when the last report was accepted; it counts as reported.";
    flow_period = "填报期", "Period";
    flow_task = "建设任务", "Task";
    flow_organisation = "责任单位", "Organisation";
    flow_state = "状态", "State";
    flow_since = "起始", "Since";
    flow_feedback_open = "待回应的反馈", "Feedback to answer";
    flow_report_of(task: &str, period: &str) = "{task} · {period}", "{task} · {period}";
    flow_waits_lead(name: &str) = "等待{name}审核", "Waiting for review by {name}";
    flow_own_work_waits = "您参与了填报或提交，由另一位审核人员决定。", "You entered or submitted it, so another officer decides.";
    flow_nobody_decides = "除参与填报或提交的人员外，没有其他人员可以审核，因此仍在等待。请管理员增加审核人员。", "It waits: apart from those who entered or submitted it, nobody may review it here. An administrator has to add an officer.";
    flow_waits_commission = "等待教委审核", "Waiting for review by the commission";
    flow_review_by(date: &str) = "应于 {date} 前审核", "Review due {date}";
    flow_no_lead = "本任务没有牵头单位，由教委直接审核。", "The task has no lead organisation; the commission reviews.";
    flow_lead_is_reporter = "牵头单位就是填报单位，由教委直接审核。", "The lead is the reporting organisation; the commission reviews.";
    flow_lead_is_commission = "由教委牵头，教委直接审核。", "The commission leads; it reviews once.";
    flow_returned_title = "被退回，请修改后重新提交", "Returned: correct it and submit again";
    flow_returned_by(name: &str, at: &str) = "{name} · {at}", "{name} · {at}";
    flow_narrative = "本期进展", "Progress in this period";
    flow_narrative_hint = "写明做了什么、取得什么成效。最多 4000 字。", "What was done and what came of it. At most 4,000 characters.";
    flow_percent = "完成百分比", "Percent complete";
    flow_percent_hint = "本单位对这项任务完成程度的估计，0 到 100。", "Your own statement of how far this task is done, 0 to 100.";
    flow_problems = "存在的问题", "Problems";
    flow_coordination = "需要协调的事项", "Matters that need coordination";
    flow_coordination_hint = "需要其他单位或联席会议解决的事项。", "What others, or the joint conference, would have to settle.";
    flow_completion = "完成情况", "Completion";
    flow_return_open = "退回……", "Return…";
    flow_completed_on = "完成日期", "Completion date";
    flow_completed_hint = "只有任务成果已经全部完成时才填写，并在下面附上成果的佐证材料。", "Only when the deliverable is there; add its evidence below.";
    flow_values = "指标数值", "Values of indicators";
    flow_entries = "认定事项", "Recognitions";
    flow_entries_lead = "本期新增的学校、课程、基地等，或它们达到的新阶段。每个单元只计一次，通过审核后才计入指标。", "Schools, courses, bases and so on that are new in this period or have reached a new stage. Each is counted once, and only after acceptance.";
    flow_entries_none = "本期没有新增或变化的认定事项。", "No recognition is new or has moved in this period.";
    flow_add_entry = "新增单元", "Add a new unit";
    flow_add_step = "加入", "Add";
    flow_next_unit = "已有单元的下一阶段", "Next stage of a unit you hold";
    flow_entry_new(number: usize) = "单元 {number}（新增）", "Unit {number} (new)";
    flow_entry_step(number: usize, name: &str) = "单元 {number}：{name}", "Unit {number}: {name}";
    flow_entry_history = "已有阶段", "Stages so far";
    flow_recognition = "认定事项", "Recognition";
    flow_recognition_hint = "标有“本任务”的计入本任务的指标。", "Those marked “this task” count for its indicators.";
    flow_this_task = "本任务", "this task";
    flow_name = "名称", "Name";
    flow_name_hint = "写全称。同一单元全市只登记一次。", "The full name. A thing is registered once in the city.";
    flow_code = "代码", "Code";
    flow_partners = "合作单位", "Partners";
    flow_district = "所在区", "District";
    flow_stage = "达到的阶段", "Stage reached";
    flow_stage_hint = "前面的阶段可以跳过。", "Earlier stages may be skipped.";
    flow_stage_date = "日期", "Date";
    flow_document_number = "文号", "Document number";
    flow_document_hint = "例如 京教职成〔2026〕1 号", "As on the document";
    flow_files = "佐证材料", "Evidence";
    flow_files_hint(each: u32, together: u32) = "PDF、图片、Word、Excel、WPS 或 OFD，每个不超过 {each} MB，一次上传合计不超过 {together} MB。保存或提交时上传。", "PDF, images, Word, Excel, WPS or OFD, up to {each} MB each and {together} MB in one go. Uploaded when you save or submit.";
    flow_file_too_large(each: u32) = "有文件超过 {each} MB，请换成较小的文件。", "A file is larger than {each} MB; choose a smaller one.";
    flow_upload_too_large(together: u32) = "所选文件合计超过 {together} MB，请分几次上传。", "The files are larger than {together} MB together; upload them in several goes.";
    flow_report_files = "成果的佐证材料", "Evidence of the deliverable";
    flow_add_files = "选择文件", "Choose files";
    flow_upload = "上传", "Upload";
    flow_detach = "移除", "Remove";
    flow_detach_name(name: &str) = "移除 {name}", "Remove {name}";
    flow_remove_entry = "删除这个单元", "Remove this unit";
    flow_save_draft = "保存草稿", "Save draft";
    flow_submit = "提交", "Submit";
    flow_submit_again = "重新提交", "Submit again";
    flow_saved_at(at: &str, name: &str) = "草稿已保存 · {at} · {name}", "Draft saved · {at} · {name}";
    flow_not_saved = "还没有保存", "Not saved yet";
    flow_saving = "正在保存……", "Saving…";
    flow_autosaved = "已自动保存", "Saved";
    flow_autosave_failed = "没有保存成功，请点“保存草稿”。", "Not saved. Press “Save draft”.";
    flow_left_to_do(count: usize) = "提交前还有 {count} 处要完善", "{count} things left before it can be submitted";
    flow_ready = "可以提交。", "Ready to be submitted.";
    flow_conflict_title = "有人先保存了另一个版本", "Somebody saved another version first";
    flow_conflict_lead(at: &str, name: &str) = "{name} 于 {at} 保存了另一个版本。下面保留了您填写的内容；与已保存版本不同的地方列在这里，请核对后再保存或提交。", "{name} saved another version at {at}. What you typed is kept below; where it differs from what is saved is listed here. Check it, then save or submit.";
    flow_conflict_field = "栏目", "Field";
    flow_conflict_yours = "您填写的", "Yours";
    flow_conflict_saved = "已保存的", "Saved";
    flow_restored = "已恢复您在登录过期前填写的内容（尚未保存；文件需要重新选择）。", "What you typed before your session ended is back (not saved yet; files have to be chosen again).";
    flow_view_unit = "查看已登记的单元", "See the registered unit";
    flow_content = "填报内容", "Content";
    flow_history = "过程", "History";
    flow_submitted_by(name: &str, number: i64) = "{name} 第 {number} 次提交", "Submitted by {name} (no. {number})";
    flow_accepted_by(name: &str) = "{name} 通过", "Accepted by {name}";
    flow_returned_reason(name: &str, reason: &str) = "{name} 退回：{reason}", "Returned by {name}: {reason}";
    flow_earlier_content = "当时提交的内容", "What was submitted then";
    flow_withdraw = "撤回修改", "Withdraw to change it";
    flow_withdraw_hint = "审核之前可以撤回，撤回后回到草稿。", "Until a decision it can be taken back; it becomes a draft again.";
    flow_decide = "审核决定", "Decision";
    flow_accept = "通过", "Accept";
    flow_accept_counts(count: usize) = "通过后，{count} 个认定事项计入指标。", "On acceptance {count} recognition counts.", "On acceptance {count} recognitions count.";
    flow_accept_lead = "通过后送教委审核。", "On acceptance it goes to the commission.";
    flow_return = "退回", "Return";
    flow_return_reason = "退回原因", "Reason";
    flow_return_text = "说明", "Explanation";
    flow_return_text_hint = "填报单位会看到。写清楚要改什么。", "The organisation sees it. Say what has to change.";
    flow_comment = "意见", "Comment";
    flow_reviews_title = "待我审核", "Waiting for my review";
    flow_reviews_lead(count: usize) = "共 {count} 份填报待审核，等待最久的在前。", "{count} report waits.", "{count} reports wait, the longest waiting first.";
    flow_reviews_empty_title = "没有待审核的填报", "No report waits for you";
    flow_reviews_empty_lead = "责任单位提交后会出现在这里。", "Reports appear here once organisations submit them.";
    flow_bulk_title = "无变化的填报可以一起通过", "Reports without change can be accepted together";
    flow_bulk_accept = "通过选中的", "Accept those ticked";
    flow_entries_count(count: usize) = "{count} 个认定事项", "{count} recognition", "{count} recognitions";
    flow_own_report = "这是您本人填报的，须由另一位工作人员审核。", "You entered this yourself; another officer has to review it.";
    flow_evaluations_waiting = "待评估、反馈的任务", "Tasks to evaluate or to give feedback on";
    flow_nothing_filled = "（未填）", "(empty)";
    flow_not_submitted_yet = "责任单位还没有提交。", "The organisation has not submitted it yet.";
    flow_view_as_of(date: &str) = "{date} 达到", "reached {date}";
    flow_unit = "单元", "Unit";
    flow_size_kb(kilobytes: i64) = "{kilobytes} KB", "{kilobytes} KB";
    flow_percent_value(percent: &str) = "{percent}%", "{percent}%";
    flow_field_no_change = "本期无变化", "No change";
}

impl Text {
    /// Name of a report's state; without a report it is not begun.
    pub const fn report_state(self, state: Option<ReportState>) -> &'static str {
        match state {
            None => self.flow_state_not_begun(),
            Some(ReportState::Draft) => self.flow_state_draft(),
            Some(ReportState::Submitted) => self.flow_state_submitted(),
            Some(ReportState::LeadReviewed) => self.flow_state_lead_reviewed(),
            Some(ReportState::Accepted) => self.flow_state_accepted(),
            Some(ReportState::Returned) => self.flow_state_returned(),
        }
    }

    /// Why a report that waits is not decided on; nothing where who looks decides.
    pub const fn held_up(self, deciders: Deciders) -> Option<&'static str> {
        match deciders {
            Deciders::Looker => None,
            Deciders::Others => Some(self.flow_own_work_waits()),
            Deciders::Nobody => Some(self.flow_nobody_decides()),
        }
    }

    /// Name of a level of review.
    pub const fn review_level(self, level: ReviewLevel) -> &'static str {
        match level {
            ReviewLevel::Lead => self.flow_level_lead(),
            ReviewLevel::Commission => self.flow_level_commission(),
        }
    }

    /// Why the lead does not review.
    pub const fn lead_falls_away(self, reason: FallsAwayReason) -> &'static str {
        match reason {
            FallsAwayReason::NoLead => self.flow_no_lead(),
            FallsAwayReason::LeadIsReporter => self.flow_lead_is_reporter(),
            FallsAwayReason::LeadIsCommission => self.flow_lead_is_commission(),
        }
    }
}
