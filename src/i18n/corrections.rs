//! Words of corrections and of the versions of a report.

use super::Text;

messages! {
    correction_original = "原填报", "Original report";
    correction_number(number: i64) = "更正 {number}", "Correction {number}";
    correction_badge = "更正", "Correction";
    correction_begin = "更正这份填报", "Correct this report";
    correction_begin_lead = "更正以现行内容为底稿，改好后走同样的审核；通过之前，现行内容继续有效。", "A correction begins with the content in force and goes through the same reviews; until it is accepted, what is in force stays so.";
    correction_reason = "更正理由", "Why it is corrected";
    correction_reason_hint = "审核人会看到，并记入审计记录。", "Reviewers see it, and it is kept in the audit trail.";
    correction_begin_button = "开始更正", "Begin the correction";
    correction_versions = "版本", "Versions";
    correction_in_force = "现行有效", "In force";
    correction_replaced = "已被更正", "Corrected since";
    correction_given_up = "已放弃", "Given up";
    correction_begun_by(name: &str, at: &str) = "{name} 于 {at} 开始更正", "Begun by {name} at {at}";
    correction_submitted_by(name: &str) = "{name} 提交", "Submitted by {name}";
    correction_accepted_at(at: &str) = "{at} 采信", "Accepted {at}";
    correction_difference_title = "更正的内容", "What is corrected";
    correction_differences(count: usize) = "与被更正的版本有 {count} 处不同", "Differs in {count} place from what it corrects", "Differs in {count} places from what it corrects";
    correction_reason_of(reason: &str) = "更正理由：{reason}", "Why it is corrected: {reason}";
    correction_no_difference = "和被更正的版本还没有不同。", "It does not differ from what it corrects yet.";
    correction_before = "原内容", "Before";
    correction_after = "更正为", "Now";
    correction_stays = "通过之前，现行版本继续有效", "Until it is accepted, the version in force stays so";
    correction_give_up = "放弃更正", "Give the correction up";
    correction_give_up_hint = "现行版本不变；这份更正留在版本记录里，不能再修改。", "The version in force stays; this correction is kept among the versions and can no longer be changed.";
    correction_replaced_notice(name: &str) = "这一版已被更正。现行有效的是：{name}", "This version has been corrected. In force is: {name}";
    correction_open_notice(name: &str) = "这份填报正在更正：{name}", "This report is being corrected: {name}";
    correction_to_do = "未完成的更正", "Corrections under way";
    correction_accept_effect = "通过后更正立即生效，被改动的旧记录同时停止生效，并保留备查。", "On acceptance the correction is in force at once; what it changes ceases to hold and is kept.";
    correction_begun_notice = "更正已开始，内容与现行版本相同。请修改后提交。", "The correction is begun with the content in force. Change it, then submit.";
    correction_given_up_notice = "已放弃这份更正，现行版本不变。", "The correction is given up; the version in force stays.";
    correction_is_open = "这份填报正在更正，不能同时再开始一份。", "This report is being corrected already; a second correction cannot be begun beside it.";
    problem_later_step(stage: &str, date: &str) = "之后已采信“{stage}”（{date}），与这里的阶段和日期接不上。", "“{stage}” of {date} was accepted since and cannot follow this stage and date.";
    problem_step_needed(name: &str, taken: &str, day: &str, later: &str, since: &str) = "“{name}”的“{taken}”（{day}）不能去掉：之后采信的“{later}”（{since}）以它为前提。", "“{taken}” of {name} ({day}) cannot be taken back: “{later}” ({since}), accepted since, builds on it.";
    problem_nothing_corrected = "和现行版本没有任何不同，请先修改。", "Nothing differs from the version in force yet.";
    step_superseded_on(at: &str) = "{at} 被更正", "corrected {at}";
}

impl Text {
    /// Name of a version of a report.
    pub fn version_name(self, correction: i64) -> String {
        if correction == 0 { self.correction_original().to_owned() } else { self.correction_number(correction) }
    }
}
