//! Words for what went wrong: what happened, what was kept, what to do.

use super::Text;
use crate::{
    domain::{
        calendar::DateError,
        fields::{FieldError, FieldProblem},
        number::NumberError,
        passwords::PasswordProblem,
        roster::StepError,
    },
    error::UserError,
};

messages! {
    signed_out = "登录已过期。您填写的内容已保存，请重新登录后继续。", "Your session has ended. What you typed is kept; sign in again to go on.";
    sign_in_failed = "用户名或密码不正确。", "The user name or the password is wrong.";
    locked_for(minutes: i64) = "连续失败次数过多，账号已锁定，请 {minutes} 分钟后再试。", "Too many failures: the account is locked. Try again in {minutes} minutes.";
    not_found = "找不到这项内容，或者您无权查看。", "There is no such thing, or you may not see it.";
    invalid = "有内容需要修改。您填写的内容都已保留。", "Something needs to be corrected. Everything you typed is kept.";
    stale = "在您打开这一页之后，内容已被他人修改。您填写的没有丢失；请核对最新内容后再提交。", "Somebody changed this since you opened the page. Nothing you typed is lost; check what is there now, then submit again.";
    already_decided = "已经有人先办理了，您的提交没有生效。下面是现在的状态。", "Somebody else was first, so yours was not applied. The present state is shown below.";
    own_work = "不能审核自己填报或提交的内容，请由另一位工作人员审核。", "Nobody reviews what they entered themselves. Another officer has to decide.";
    plan_retired = "这个行动计划已停用，没有任何改动。恢复使用之后才能修改。", "This plan is retired. Nothing was changed; use it again before you change it.";
    wrong_state = "现在的状态不允许这样做，没有任何改动。", "Its present state does not allow this. Nothing was changed.";
    taken_by(name: &str, holder: &str) = "“{name}”已由 {holder} 登记，同一单元只计一次。", "“{name}” is already registered by {holder}; a thing is counted once.";
    taken_by_returned(name: &str, holder: &str) = "“{name}”保留给 {holder} 一份退回修改的填报，同一单元只计一次。", "“{name}” is kept for a report of {holder} that was returned and is being amended; a thing is counted once.";
    too_large(megabytes: u32) = "文件超过 {megabytes} MB，没有上传。其他内容已保存。", "The file is larger than {megabytes} MB and was not uploaded. Everything else is saved.";
    upload_too_large(megabytes: u32) = "一次上传的文件合计超过 {megabytes} MB，排在后面的文件没有上传，请分几次上传。其他内容都没有丢失。", "The files of one upload are larger than {megabytes} MB together, so the later ones were not uploaded. Upload them in several goes. Nothing else is lost.";
    text_too_long(megabytes: u32) = "填写的文字合计超过 {megabytes} MB，还没有保存。您填写的内容都保留在下面，请缩短后再保存；文件需要重新选择。", "The text is longer than {megabytes} MB in all, so it is not saved yet. Everything you typed is kept below: shorten it, then save; choose the files again.";
    form_too_long(megabytes: u32) = "填写的内容超过 {megabytes} MB，没有保存，也没有任何改动。用浏览器的“后退”可以回到您填写的内容，请缩短或分几次提交。", "What was typed is longer than {megabytes} MB, so it is not saved and nothing was changed. Your browser's Back button leads to what you typed: shorten it, or send it in several goes.";
    back_to_form = "重新打开这一页", "Open the page of the form again";
    upload_broken_off = "上传没有完成，文件没有保存。已收到的文字保留在下面，请核对后重新上传。", "The upload broke off and no file was kept. The text that arrived is kept below; check it, then upload again.";
    file_not_kept = "文件没有保存成功，请稍后重新上传；仍不成功请告诉管理员。其他内容已保存。", "The file could not be stored. Upload it again in a while, or tell an administrator. Everything else is saved.";
    file_type = "只接受 PDF、图片、Word、Excel、WPS 和 OFD 文件；文件内容与这些类型不符，没有上传。", "Only PDF, images, Word, Excel, WPS and OFD files are accepted. The content is none of these, so it was not uploaded.";
    own_account = "不能对自己的账号这样做。", "You cannot do this to your own account.";
    in_use(what: &str) = "还不能停用，没有任何改动。{what}请先结束分工、移交或停用账号。", "It cannot be retired yet; nothing was changed. {what} End these parts and move or disable these accounts first.";
    in_use_tasks(list: &str, count: usize) = "仍承担 {count} 项任务：{list}。", "It still has a part in {count} tasks: {list}.";
    in_use_accounts(list: &str, count: usize) = "仍有 {count} 个可登录的账号：{list}。", "{count} accounts that can sign in still belong to it: {list}.";
    in_use_more = "等", "…";
    link_expired = "链接已使用或已过期，请向管理员索取新的链接。", "This link has been used or has expired. Ask an administrator for a new one.";
    internal = "系统出错，没有任何改动。请稍后再试。", "Something failed on our side and nothing was changed. Try again in a while.";
    problem_required = "请填写。", "Fill this in.";
    problem_too_long(actual: usize, max: usize) = "最多 {max} 个字，现在是 {actual} 个。", "At most {max} characters; this has {actual}.";
    problem_choice = "请从列表中选择。", "Choose one of the list.";
    problem_name_taken = "这个名称已被使用。", "This name is taken.";
    problem_staff_elsewhere = "教委工作人员必须是教育主管部门的账号；这个账号属于其他单位。", "Staff of the commission have accounts of the commission; this account belongs to another organisation.";
    problem_not_a_head = "请粘贴完整的链首：64 位十六进制字符。", "Paste the whole head: 64 hexadecimal digits.";
    problem_user_name = "用户名为 2 到 40 个字符，只能使用英文字母、数字和 . - _。", "A user name has 2 to 40 characters: letters a to z, digits, and . - _.";
    problem_parent_below = "上级单位不能是自己或自己的下级。", "The organisation above cannot be this one or one below it.";
    problem_second_commission = "教育主管部门只能有一个，已经登记。", "There can be one commission only, and it is recorded already.";
    problem_retired = "这个单位已停用，请选择其他单位。", "This organisation is retired; choose another one.";
    problem_already_assigned(tasks: &str) = "该单位在这些任务中已有同一分工：{tasks}。", "The organisation has this part already in: {tasks}.";
    problem_nothing_ticked = "请至少勾选一项任务。", "Tick at least one task.";
    problem_date_empty = "请填写日期。", "Fill in a date.";
    problem_date_month(month: i64) = "没有 {month} 月。请按“年-月-日”填写，例如 2026-09-02。", "There is no month {month}. Write year-month-day, such as 2026-09-02.";
    problem_date_day(year: i64, month: i64, day: i64) = "{year} 年 {month} 月没有 {day} 日。", "Month {month} of {year} has no day {day}.";
    problem_date_future(today: &str) = "日期不能晚于今天（{today}）。", "The date cannot be later than today ({today}).";
    problem_date_before_plan(day: &str) = "日期不能早于计划开始日（{day}）。", "The date cannot be earlier than the plan's first day ({day}).";
    problem_date_before(day: &str) = "日期不能早于 {day}。", "The date cannot be earlier than {day}.";
    problem_number_format = "请填写数字。", "Write a number.";
    problem_number_negative = "不能是负数。", "It cannot be negative.";
    problem_number_digits(scale: u8) = "最多 {scale} 位小数。", "At most {scale} decimal places.";
    problem_number_percent = "百分比应在 0 到 100 之间。", "A percentage lies between 0 and 100.";
    problem_number_no_percent = "这里不是百分比，请去掉百分号。", "This is not a percentage; leave out the percent sign.";
    problem_number_large = "数字太大。", "The number is too large.";
    problem_not_exact = "这里需要准确的数，请去掉“余”“近”“超”。", "An exact number is wanted here, without “more than” or “nearly”.";
    problem_kind(kind: &str) = "这一认定事项属于“{kind}”，与所选的类别不符。", "This recognition is for things of the kind “{kind}”.";
    problem_no_letters = "名称里没有文字。", "The name holds no letter or character.";
    problem_step_after_end(stage: &str, date: &str) = "已于 {date} {stage}，不能再更新阶段。", "It ended ({stage}) on {date}; no further stage can follow.";
    problem_step_date_back(date: &str) = "日期不能早于上一阶段（{date}）。", "The date cannot be earlier than that of the last stage ({date}).";
    problem_step_stage_back(stage: &str) = "已经到“{stage}”阶段，不能往回填。", "It has reached “{stage}” already; stages never go back.";
    problem_step_reached(stage: &str, date: &str) = "“{stage}”已于 {date} 记录。", "“{stage}” is recorded already, on {date}.";
    problem_step_no_start = "还没有开始，不能结束。", "Nothing has begun that could end.";
    problem_step_recognised(date: &str) = "已于 {date} 认定，只能撤销或并入。", "It was recognised on {date}; it can only be revoked or merged.";
    problem_began_again(date: &str) = "同一事项已于 {date} 重新开始，撤回后会同时有两项未结束。", "The same recognition began again on {date}; taken back, two of it would be open.";
    problem_name_free = "还没有人登记这个名称，可以直接填报或登记。", "Nobody holds this name; it can be reported or recorded as it is.";
    problem_document_or_evidence = "从立项起需要文号或佐证材料。", "From “approved” on, give a document number or a file.";
    problem_evidence = "请上传佐证材料。", "Add a file that proves it.";
    problem_same_twice = "这份填报里已有同一单元。", "This report names the same unit twice.";
    problem_no_predecessor = "还没有通过审核的填报，不能选“本期无变化”。", "“No change” needs an accepted report before it.";
    problem_changes_beside = "选了“本期无变化”，就不能再填认定事项、数值或完成日期。", "“No change” cannot stand beside recognitions, values or a completion.";
    problem_effect_link = "给出等级时，请写明依据的单元、数值或佐证。", "A grade of the effect names the unit, value or evidence it is seen by.";
    problem_password_short(min: usize, actual: usize) = "至少 {min} 个字符，现在是 {actual} 个。", "At least {min} characters; this has {actual}.";
    problem_password_one = "不能只是同一个字符。", "It must not be one character over and over.";
    problem_date_format = "日期无法识别。请按“年-月-日”填写，例如 2026-09-02。", "This date cannot be read. Write year-month-day, such as 2026-09-02.";
    problem_password_same = "新密码不能与用户名相同。", "The new password must not be the user name.";
    problem_roles_together = "系统、安全、审计三种管理员角色互斥，也不能与其他角色同时授予。", "The three administrator roles exclude each other and any other role.";
    problem_wrong_password = "原密码不正确。", "This is not your present password.";
}

impl Text {
    /// The sentence for a refusal.
    pub fn user_error(self, error: &UserError) -> String {
        match error {
            UserError::SignedOut => self.signed_out().to_owned(),
            UserError::SignInFailed => self.sign_in_failed().to_owned(),
            UserError::Locked { minutes } => self.locked_for(*minutes),
            UserError::NotFound => self.not_found().to_owned(),
            UserError::Invalid(_) => self.invalid().to_owned(),
            UserError::Stale => self.stale().to_owned(),
            UserError::AlreadyDecided => self.already_decided().to_owned(),
            UserError::OwnWork => self.own_work().to_owned(),
            UserError::WrongState => self.wrong_state().to_owned(),
            UserError::PlanRetired => self.plan_retired().to_owned(),
            UserError::CorrectionOpen => self.correction_is_open().to_owned(),
            UserError::Taken { name, holder, returned: true, .. } => self.taken_by_returned(name, holder),
            UserError::Taken { name, holder, .. } => self.taken_by(name, holder),
            UserError::TooLarge { megabytes } => self.too_large(*megabytes),
            UserError::UploadTooLarge { megabytes } => self.upload_too_large(*megabytes),
            UserError::TextTooLong { megabytes } => self.text_too_long(*megabytes),
            UserError::FormTooLong { megabytes } => self.form_too_long(*megabytes),
            UserError::UploadBrokenOff => self.upload_broken_off().to_owned(),
            UserError::FileNotKept => self.file_not_kept().to_owned(),
            UserError::FileType => self.file_type().to_owned(),
            UserError::InUse { tasks, accounts } => self.in_use_by(tasks, accounts),
            UserError::NotRetirable(problem) => self.retire_problem(problem),
            UserError::OwnAccount => self.own_account().to_owned(),
            UserError::LinkExpired => self.link_expired().to_owned(),
            UserError::Internal => self.internal().to_owned(),
        }
    }

    /// The sentence for a field.
    pub fn field_problem(self, problem: &FieldProblem) -> String {
        match problem {
            FieldProblem::Required => self.problem_required().to_owned(),
            FieldProblem::Date(problem) => self.date_error(problem),
            FieldProblem::DateInFuture { today } => self.problem_date_future(&today.to_string()),
            FieldProblem::DateBeforePlan { starts_on } => self.problem_date_before_plan(&starts_on.to_string()),
            FieldProblem::DateBefore { earliest } => self.problem_date_before(&earliest.to_string()),
            FieldProblem::Number(problem) => self.number_error(*problem),
            FieldProblem::NotExact => self.problem_not_exact().to_owned(),
            FieldProblem::WrongUnit { typed, unit_zh, unit_en } => self.problem_wrong_unit(typed, self.lang.pick(unit_zh, unit_en)),
            FieldProblem::ZeroDenominator => self.problem_zero_denominator().to_owned(),
            FieldProblem::AboveDenominator => self.problem_above_denominator().to_owned(),
            FieldProblem::PartsWanted => self.problem_parts_wanted().to_owned(),
            FieldProblem::ValueStated { by } => self.problem_value_stated(by),
            FieldProblem::RangeUpsideDown => self.problem_range().to_owned(),
            FieldProblem::NothingChanged => self.problem_nothing_changed().to_owned(),
            FieldProblem::BeyondTarget { goal } => self.problem_beyond_target(goal),
            FieldProblem::DateNotBefore { latest } => self.problem_date_not_before(&latest.to_string()),
            FieldProblem::SameDayTwice => self.problem_same_day().to_owned(),
            FieldProblem::TooLong { max, actual } => self.problem_too_long(*actual, *max),
            FieldProblem::UnknownChoice => self.problem_choice().to_owned(),
            FieldProblem::KindMismatch { expected } => self.problem_kind(self.unit_kind(*expected)),
            FieldProblem::NoLetters => self.problem_no_letters().to_owned(),
            FieldProblem::Step(problem) => self.step_error(*problem),
            FieldProblem::BeganAgain { on } => self.problem_began_again(&on.to_string()),
            FieldProblem::NotUtf8 => self.problem_not_utf8().to_owned(),
            FieldProblem::NameFree => self.problem_name_free().to_owned(),
            FieldProblem::LaterStep { later } => self.problem_later_step(self.stage(later.stage), &later.on.to_string()),
            FieldProblem::StepNeeded { name, taken, later } => self.problem_step_needed(
                name,
                self.stage(taken.stage),
                &taken.on.to_string(),
                self.stage(later.stage),
                &later.on.to_string(),
            ),
            FieldProblem::NothingCorrected => self.problem_nothing_corrected().to_owned(),
            FieldProblem::DocumentOrEvidence => self.problem_document_or_evidence().to_owned(),
            FieldProblem::EvidenceRequired => self.problem_evidence().to_owned(),
            FieldProblem::SameNameTwice { .. } => self.problem_same_twice().to_owned(),
            FieldProblem::NoPredecessor => self.problem_no_predecessor().to_owned(),
            FieldProblem::ChangesBesideNoChange => self.problem_changes_beside().to_owned(),
            FieldProblem::EffectLinkRequired => self.problem_effect_link().to_owned(),
            FieldProblem::NameTaken => self.problem_name_taken().to_owned(),
            FieldProblem::UserNameForm => self.problem_user_name().to_owned(),
            FieldProblem::ParentBelow => self.problem_parent_below().to_owned(),
            FieldProblem::SecondCommission => self.problem_second_commission().to_owned(),
            FieldProblem::Retired => self.problem_retired().to_owned(),
            FieldProblem::AlreadyAssigned { tasks } => self.problem_already_assigned(&self.list_of(tasks)),
            FieldProblem::NothingTicked => self.problem_nothing_ticked().to_owned(),
            FieldProblem::WrongPassword => self.problem_wrong_password().to_owned(),
            FieldProblem::Password(problem) => self.password_problem(*problem),
            FieldProblem::StaffElsewhere => self.problem_staff_elsewhere().to_owned(),
            FieldProblem::NotAHead => self.problem_not_a_head().to_owned(),
            FieldProblem::RolesTogether => self.problem_roles_together().to_owned(),
            FieldProblem::Definition(problem) => self.definition_problem(problem),
        }
    }

    fn in_use_by(self, tasks: &[String], accounts: &[String]) -> String {
        let mut what: Vec<String> = Vec::new();
        if !tasks.is_empty() {
            what.push(self.in_use_tasks(&self.list_of(tasks), tasks.len()));
        }
        if !accounts.is_empty() {
            what.push(self.in_use_accounts(&self.list_of(accounts), accounts.len()));
        }
        self.in_use(&what.join(if self.lang == super::Lang::Zh { "" } else { " " }))
    }

    /// Up to eight of a list, in one line.
    pub(super) fn list_of(self, items: &[String]) -> String {
        let comma = if self.lang == super::Lang::Zh { "、" } else { "; " };
        let mut line = items.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(comma);
        if items.len() > 8 {
            line.push_str(self.in_use_more());
        }
        line
    }

    fn date_error(self, problem: &DateError) -> String {
        match problem {
            DateError::Empty => self.problem_date_empty().to_owned(),
            DateError::Format => self.problem_date_format().to_owned(),
            DateError::Month(month) => self.problem_date_month(*month),
            DateError::Day { year, month, day } => self.problem_date_day(*year, *month, *day),
        }
    }

    fn number_error(self, problem: NumberError) -> String {
        match problem {
            NumberError::Empty => self.problem_required().to_owned(),
            NumberError::Format => self.problem_number_format().to_owned(),
            NumberError::Negative => self.problem_number_negative().to_owned(),
            NumberError::NoRank => self.problem_number_rank().to_owned(),
            NumberError::TooManyDigits { scale } => self.problem_number_digits(scale),
            NumberError::PercentRange => self.problem_number_percent().to_owned(),
            NumberError::UnexpectedPercent => self.problem_number_no_percent().to_owned(),
            NumberError::TooLarge => self.problem_number_large().to_owned(),
        }
    }

    fn step_error(self, problem: StepError) -> String {
        match problem {
            StepError::AfterEnd(step) => self.problem_step_after_end(self.stage(step.stage), &step.on.to_string()),
            StepError::DateBack(step) => self.problem_step_date_back(&step.on.to_string()),
            StepError::StageBack(step) => self.problem_step_stage_back(self.stage(step.stage)),
            StepError::AlreadyReached(step) => self.problem_step_reached(self.stage(step.stage), &step.on.to_string()),
            StepError::EndWithoutStart => self.problem_step_no_start().to_owned(),
            StepError::RefusedAfterRecognised(step) => self.problem_step_recognised(&step.on.to_string()),
        }
    }

    fn password_problem(self, problem: PasswordProblem) -> String {
        match problem {
            PasswordProblem::TooShort { min, actual } => self.problem_password_short(min, actual),
            PasswordProblem::TooLong { max, actual } => self.problem_too_long(actual, max),
            PasswordProblem::IsUserName => self.problem_password_same().to_owned(),
            PasswordProblem::OneCharacter => self.problem_password_one().to_owned(),
        }
    }

    /// The sentence at a field of a refused form, if it has one.
    pub fn error_at(self, error: &UserError, field: &str) -> Option<String> {
        match error {
            UserError::Invalid(errors) => {
                errors.iter().find(|FieldError { field: name, .. }| name == field).map(|error| self.field_problem(&error.problem))
            }
            UserError::Taken { field: name, .. } if name == field => Some(self.user_error(error)),
            _ => None,
        }
    }
}
