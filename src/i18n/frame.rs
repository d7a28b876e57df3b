//! Words of the frame around every page, of sign-in, and of forms in general.

use super::Text;
use crate::error::Notice;

messages! {
    product = "闭环", "Bihuan";
    product_long = "行动计划监测与闭环反馈", "Action plan monitoring with closed-loop feedback";
    skip_to_content = "跳到正文", "Skip to content";
    demo_banner = "演示数据：单位与进展均为虚构", "Demonstration data: organisations and progress are made up";
    demo_label = "演示", "Demonstration";
    main_navigation = "主导航", "Main navigation";
    nav_cockpit = "总览", "Overview";
    nav_indicators = "指标", "Indicators";
    nav_tasks = "任务", "Tasks";
    nav_roster = "名录", "Roster";
    nav_reports = "填报", "Reports";
    nav_reviews = "审核", "Reviews";
    nav_periods = "填报期", "Periods";
    nav_manage = "管理", "Manage";
    nav_organisations = "单位", "Organisations";
    nav_accounts = "账号", "Accounts";
    switch_plan = "切换行动计划", "Switch plan";
    other_language = "English", "中文";
    other_language_label = "Switch to English", "切换到中文";
    signed_in_as(name: &str) = "已登录：{name}", "Signed in: {name}";
    sign_in = "登录", "Sign in";
    sign_out = "退出", "Sign out";
    change_password = "修改密码", "Change password";
    username = "用户名", "User name";
    password = "密码", "Password";
    old_password = "原密码", "Present password";
    new_password = "新密码", "New password";
    new_password_hint = "10 到 128 个字符，不能与用户名相同，也不能只是同一个字符。", "10 to 128 characters, not the user name, not one character repeated.";
    set_password_title = "设置密码", "Set a password";
    set_password_lead = "这是一次性链接。设置密码后，请用它登录。", "This link works once. Set a password, then sign in with it.";
    sign_in_lead = "使用单位分配的账号登录。没有账号或忘记密码，请联系管理员。", "Use the account your organisation was given. Without one, or if you forgot the password, ask an administrator.";
    demo_accounts = "演示账号", "Demonstration accounts";
    demo_password_note(password: &str) = "所有演示账号的密码都是 {password}。", "The password of all of them is {password}.";
    signed_out_notice = "您已退出。", "You are signed out.";
    session_ended_notice = "登录已过期，请重新登录。您填写的内容已保存，登录后会恢复。", "Your session has ended; sign in again. What you typed is kept and comes back after that.";
    please_sign_in = "请先登录。", "Please sign in first.";
    not_found_title = "没有这个页面", "No such page";
    not_found_lead = "地址可能有误，或者您的账号无权查看。", "The address may be wrong, or your account may not see it.";
    internal_title = "系统出错了", "Something failed on our side";
    internal_lead = "您提交的内容如已显示成功，则已保存；请稍后再试。若仍出错，请把下面的请求编号告诉管理员。", "Whatever was confirmed is saved. Try again in a while; if it fails again, give the request number below to an administrator.";
    request_number(id: &str) = "请求编号：{id}", "Request number: {id}";
    back_home = "回到首页", "Back to the start page";
    problem_title = "有内容需要修改", "Something needs to be corrected";
    required_mark = "必填", "required";
    optional_mark = "选填", "optional";
    save = "保存", "Save";
    cancel = "取消", "Cancel";
    apply = "应用", "Apply";
    saved_notice = "已保存。", "Saved.";
    password_changed_notice = "密码已修改，其他设备上的登录均已失效。", "The password is changed; sessions on other devices have ended.";
    password_set_notice = "密码已设置，请登录。", "The password is set. Please sign in.";
    as_of_label = "截至日期", "As of";
    as_of(date: &str) = "截至 {date}", "As of {date}";
    show_as_of = "查看", "Show";
    back_to_today = "回到今天", "Back to today";
    as_of_wrong = "日期无法识别，请按“年-月-日”填写，例如 2026-09-30。", "This date cannot be read. Write year-month-day, such as 2026-09-30.";
    data_changed = "数据已更新", "Data has changed";
    reload = "刷新", "Reload";
    none = "无", "none";
    all = "全部", "All";
    yes = "是", "Yes";
    no = "否", "No";
    choose = "请选择", "Choose";
    reason = "理由", "Reason";
    document_number = "文号", "Document number";
    date_hint = "年-月-日，例如 2026-09-02", "Year-month-day, such as 2026-09-02";
    no_plan_title = "还没有行动计划", "There is no plan yet";
    no_plan_lead = "请管理员用 bihuan import-plan 导入计划文件。", "An administrator can load a plan file with bihuan import-plan.";
    footer_note = "每个数字都能追溯到具名单元与佐证材料。", "Every number can be traced to named units and their evidence.";
    draft_saved_notice = "草稿已保存。", "The draft is saved.";
    report_submitted_notice = "已提交。审核人会看到这份填报；在审核之前可以撤回。", "Submitted. It is now before the reviewer; until a decision you can withdraw it.";
    report_withdrawn_notice = "已撤回，现在可以修改后重新提交。", "Withdrawn. It can be changed and submitted again.";
    report_accepted_notice = "已通过。", "Accepted.";
    report_returned_notice = "已退回，填报单位会看到理由。", "Returned. The organisation sees your reason.";
    period_opened_notice = "填报期已开放。", "The period is open.";
    evaluated_notice = "评估已记录。", "The evaluation is recorded.";
    feedback_given_notice = "反馈已发出。", "The feedback is given.";
    answered_notice = "回应已提交，闭环完成。", "The answer is given; the loop is closed.";
}

impl Text {
    /// What a page says after something was done.
    pub const fn notice(self, notice: Notice) -> &'static str {
        match notice {
            Notice::Saved => self.saved_notice(),
            Notice::SignedOut => self.signed_out_notice(),
            Notice::SessionEnded => self.session_ended_notice(),
            Notice::PasswordChanged => self.password_changed_notice(),
            Notice::PasswordSet => self.password_set_notice(),
            Notice::DraftSaved => self.draft_saved_notice(),
            Notice::ReportSubmitted => self.report_submitted_notice(),
            Notice::ReportWithdrawn => self.report_withdrawn_notice(),
            Notice::ReportAccepted => self.report_accepted_notice(),
            Notice::ReportReturned => self.report_returned_notice(),
            Notice::CorrectionBegun => self.correction_begun_notice(),
            Notice::CorrectionGivenUp => self.correction_given_up_notice(),
            Notice::PeriodOpened => self.period_opened_notice(),
            Notice::Evaluated => self.evaluated_notice(),
            Notice::FeedbackGiven => self.feedback_given_notice(),
            Notice::Answered => self.answered_notice(),
            Notice::TokenRevoked => self.token_revoked_notice(),
        }
    }
}
