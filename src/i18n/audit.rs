//! Words of the audit trail. Invariant: every declared action and every kind of object has a word; a story demands it.

use super::Text;
use crate::domain::audit_chain::ChainFault;

messages! {
    nav_audit = "审计", "Audit";
    audit_title = "审计记录", "Audit trail";
    audit_lead(rows: i64) = "共 {rows} 条，每条都封存前一条的哈希值，改动任何一条都会使链断开。", "{rows} rows. Each seals the hash of the row before it, so that changing any of them breaks the chain.";
    audit_lead_one = "只有 1 条。每条都封存前一条的哈希值，改动任何一条都会使链断开。", "One row. Each seals the hash of the row before it, so that changing any of them breaks the chain.";
    audit_matching(found: i64, rows: i64) = "符合条件 {found} 条，全部 {rows} 条。", "{found} rows match, of {rows} in all.";
    audit_matching_one(rows: i64) = "符合条件 1 条，全部 {rows} 条。", "1 row matches, of {rows} in all.";
    audit_matching_more(most: i64, rows: i64) = "符合条件超过 {most} 条，全部 {rows} 条。", "More than {most} rows match, of {rows} in all.";
    audit_asked(conditions: &str) = "筛选条件：{conditions}", "Filter: {conditions}";
    audit_asked_part(label: &str, value: &str) = "{label} {value}", "{label} {value}";
    audit_empty_chain = "还没有审计记录。", "There are no rows yet.";
    audit_head = "链首", "Head of the chain";
    audit_head_lead = "打印或抄录这一页的链首，日后可据此发现整条链是否被重写。", "Print or copy this head: by it a chain that was rewritten as a whole is told later.";
    audit_head_row = "最新一条", "Newest row";
    audit_head_hash = "哈希值", "Hash";
    audit_verify = "核验", "Verify";
    audit_verify_title = "核验审计链", "Verify the chain";
    audit_verify_lead = "从第一条起逐条重算哈希值。核验期间其他人可以照常使用；结果也会记入审计记录。", "Every hash is computed again from the first row on. Others can work meanwhile; what was found becomes a row of the trail too.";
    audit_verify_printed = "以前打印的链首", "A head that was printed earlier";
    audit_verify_printed_hint = "填写后，还会核对这条链是否就是当时那一条。", "With it, it is also checked that this is still the chain of that time.";
    audit_unbroken(rows: i64) = "{rows} 条，链完整", "{rows} rows, unbroken";
    audit_unbroken_one = "1 条，链完整", "1 row, unbroken";
    audit_broken(count: usize) = "链已断开：发现 {count} 处问题", "The chain is broken: {count} faults";
    audit_broken_one = "链已断开：发现 1 处问题", "The chain is broken: 1 fault";
    audit_broken_at(sequence: i64) = "第一处在第 {sequence} 条。", "The first is at row {sequence}.";
    audit_walked(time: &str, name: &str) = "{time} 由 {name} 核验", "verified {time} by {name}";
    audit_walked_head = "当时的链首", "Head at that time";
    audit_more_faults(count: usize) = "还有 {count} 处没有列出。", "Not listed: {count} more.";
    audit_never_walked = "还没有核验过。", "It was not verified yet.";
    fault_changed(sequence: i64) = "第 {sequence} 条写入后被改动，内容与哈希值不符", "Row {sequence} was changed after it was written: its content does not give its hash";
    fault_link(sequence: i64) = "第 {sequence} 条没有接在前一条之后", "Row {sequence} does not follow the row before it";
    fault_missing(first: i64, last: i64) = "第 {first} 至 {last} 条缺失", "Rows {first} to {last} are missing";
    fault_head(says: i64, newest: i64) = "链首指向第 {says} 条，而最新一条是第 {newest} 条，或哈希值不符", "The head says row {says}, the newest row is {newest}, or its hash is another";
    fault_unknown_head(head: &str) = "填写的链首 {head} 不是任何一条的哈希值：链已被重写", "The head {head} is the hash of no row: the chain was rewritten since it was printed";
    audit_filter = "筛选", "Filter";
    audit_filter_actor = "人员", "Person";
    audit_filter_organisation = "单位", "Organisation";
    audit_filter_action = "动作", "Action";
    audit_filter_kind = "对象类别", "Kind of object";
    audit_filter_object = "对象编号", "Id of the object";
    audit_filter_from = "从", "From";
    audit_filter_until = "到", "To";
    audit_filter_words = "理由中的文字", "Text in the reason";
    audit_filter_show = "查看", "Show";
    audit_filter_clear = "清除条件", "Clear filters";
    audit_export = "导出 CSV", "Export CSV";
    audit_none = "没有符合条件的记录", "No row matches";
    audit_none_lead = "请放宽条件，或清除条件后重新查看。", "Use fewer filters, or clear them.";
    audit_column_number = "序号", "No.";
    audit_column_when = "时间", "When";
    audit_column_who = "人员", "Who";
    audit_column_what = "动作与对象", "What";
    audit_column_changes = "改动", "Changes";
    audit_column_hash = "哈希值", "Hash";
    audit_command_line = "服务器命令行", "command line of the server";
    audit_no_changes = "无", "none";
    audit_changes_count(count: usize) = "{count} 项", "{count} fields";
    audit_reason(reason: &str) = "理由：{reason}", "Reason: {reason}";
    audit_previous_hash = "前一条", "row before";
    audit_this_hash = "本条", "this row";
    audit_object_only = "只看这一对象", "this object only";
    audit_actor_only(name: &str) = "只看 {name}", "{name} only";
    audit_older = "更早的记录", "Older rows";
    audit_newest = "回到最新", "Back to the newest";
    audit_shown(first: i64, last: i64) = "第 {first} 至 {last} 条", "Rows {first} to {last}";
    audit_shown_some(count: usize, first: i64, last: i64) = "本页 {count} 条，序号在 {first} 与 {last} 之间", "{count} rows on this page, numbered from {first} to {last}";
    audit_shown_one(number: i64) = "本页 1 条，序号 {number}", "1 row on this page, number {number}";
    audit_entries_count(count: usize) = "{count} 条", "{count}";
    audit_one_unit = "一个名录单位", "one unit";
    audit_one_task = "一项任务", "one task";
    audit_one_report = "一份填报", "one report";
    audit_one_item = "一个项目或节点", "one project or milestone";
    audit_one_indicator = "一项指标", "one indicator";
    audit_one_organisation = "一个单位", "one organisation";
    audit_was = "原为", "was";
    audit_became = "改为", "became";
    audit_nothing = "（空）", "(empty)";

    action_import_plan = "导入行动计划", "imported a plan";
    action_create_administrator = "建立首个管理员", "created a first administrator";
    action_create_organisation = "新建单位", "created an organisation";
    action_change_organisation = "修改单位", "changed an organisation";
    action_retire_organisation = "停用单位", "retired an organisation";
    action_revive_organisation = "恢复单位", "took an organisation back into use";
    action_create_account = "新建账号", "created an account";
    action_change_account = "修改账号", "changed an account";
    action_disable_account = "停用账号", "disabled an account";
    action_enable_account = "恢复账号", "enabled an account";
    action_grant_roles = "授予角色", "granted roles";
    action_unlock_account = "解锁账号", "unlocked an account";
    action_issue_password_link = "签发密码链接", "issued a password link";
    action_change_password = "修改密码", "changed a password";
    action_sign_in = "登录", "signed in";
    action_sign_out = "退出", "signed out";
    action_lock_account = "账号被锁定", "account was locked";
    action_assign_organisation = "指派单位", "assigned an organisation";
    action_end_assignment = "结束分工", "ended an assignment";
    action_record_unit = "录入名录单位", "recorded a unit";
    action_take_stock = "核定存量", "took stock";
    action_record_ruling = "认定口径", "recorded a ruling";
    action_open_period = "开放填报期", "opened a period";
    action_change_period = "修改填报期", "changed a period";
    action_submit_report = "提交填报", "submitted a report";
    action_withdraw_report = "撤回填报", "withdrew a report";
    action_accept_report = "通过填报", "accepted a report";
    action_return_report = "退回填报", "returned a report";
    action_release_name = "释放名称", "released a name";
    action_evaluate_task = "评估任务", "evaluated a task";
    action_give_feedback = "发出反馈", "gave feedback";
    action_answer_feedback = "回应反馈", "answered feedback";
    action_create_token = "创建访问令牌", "created a token";
    action_revoke_token = "撤销访问令牌", "revoked a token";
    action_verify_chain = "核验审计链", "verified the chain";
    action_create_timetable_item = "新建项目或节点", "created a project or milestone";
    action_change_timetable_item = "修改项目或节点", "changed a project or milestone";
    action_retire_timetable_item = "停用项目或节点", "retired a project or milestone";
    action_revive_timetable_item = "恢复项目或节点", "took a project or milestone back into use";
    action_revise_dates = "调整任务期限", "revised the dates of a task";
    action_record_pledge = "记录认领", "recorded a pledge";
    action_begin_correction = "开始更正填报", "began a correction";
    action_give_up_correction = "放弃更正填报", "gave a correction up";
    action_create_plan = "新建行动计划", "created a plan";
    action_retire_plan = "停用行动计划", "retired a plan";
    action_revive_plan = "恢复行动计划", "took a plan back into use";
    action_change_plan = "修改行动计划", "changed a plan";
    action_create_area = "新建主要任务", "created an area";
    action_change_area = "修改主要任务", "changed an area";
    action_retire_area = "停用主要任务", "retired an area";
    action_revive_area = "恢复主要任务", "took an area back into use";
    action_create_indicator = "新建指标", "created an indicator";
    action_change_indicator = "修改指标", "changed an indicator";
    action_retire_indicator = "停用指标", "retired an indicator";
    action_revive_indicator = "恢复指标", "took an indicator back into use";
    action_create_task = "新建任务", "created a task";
    action_change_task = "修改任务", "changed a task";
    action_retire_task = "停用任务", "retired a task";
    action_revive_task = "恢复任务", "took a task back into use";
    action_import_roster = "导入名录", "imported the roster";
    action_change_unit = "修改名录单位", "changed a unit";
    action_withdraw_step = "撤回阶段", "withdrew a stage";
    action_admit_name = "准许重名", "admitted an equal name";
    action_import_values = "导入数值", "imported values";
    action_revise_target = "修订目标", "revised a target";
    action_revise_baseline = "修订基数", "revised a baseline";
    action_load_demonstration = "载入演示数据", "loaded the demonstration";

    object_account = "账号", "account";
    object_assignment = "分工", "assignment";
    object_audit = "审计链", "audit chain";
    object_evaluation = "评估", "evaluation";
    object_feedback = "反馈", "feedback";
    object_indicator = "指标", "indicator";
    object_organisation = "单位", "organisation";
    object_period = "填报期", "period";
    object_plan = "行动计划", "plan";
    object_report = "填报", "report";
    object_task = "任务", "task";
    object_token = "访问令牌", "token";
    object_unit = "名录单位", "unit";
    object_area = "主要任务", "area";
    object_name = "名称", "name";
    object_roster = "名录", "roster";
    object_timetable_item = "项目或节点", "project or milestone";
    object_values = "数值", "values";

    state_field_value = "值", "value";
    state_field_username = "用户名", "user name";
    state_field_display_name = "姓名", "name";
    state_field_organisation = "单位", "organisation";
    state_field_disabled = "停用", "disabled";
    state_field_name = "名称", "name";
    state_field_name_zh = "中文名称", "Chinese name";
    state_field_name_en = "英文名称", "English name";
    state_field_kind = "类别", "kind";
    state_field_parent = "上级单位", "organisation above";
    state_field_district = "区", "district";
    state_field_retired = "停用", "retired";
    state_field_scopes = "可以读取", "may read";
    state_field_expires_at = "有效至", "valid until";
    state_field_locked_until = "锁定至", "locked until";
    state_field_task = "任务", "task";
    state_field_part = "分工", "role";
    state_field_contact = "联系人", "contact";
    state_field_indicator = "指标", "indicator";
    state_field_document = "文号", "document";
    state_field_stage = "阶段", "stage";
    state_field_level = "级别", "level";
    state_field_recognition = "认定事项", "recognition";
    state_field_code = "编号", "code";
    state_field_state = "状态", "state";
    state_field_answer = "回应", "answer";
    state_field_text = "内容", "text";
    state_field_period = "填报期", "period";
    state_field_rows = "条数", "rows";
    state_field_head = "链首", "head";
    state_field_fault_count = "问题数", "number of faults";
    state_field_faults = "问题", "faults";
    state_field_review_level = "审核层级", "level of review";
    state_field_submission = "第几次提交", "submission no.";
    state_field_version = "版本", "version";
    state_field_roles = "角色", "roles";
    state_field_missing = "未报单位", "not reported";
    state_field_deadlines = "各级期限", "deadlines";
    state_field_reports_owed = "应报份数", "reports owed";
    state_field_unchanged = "未变条数", "unchanged";
    state_field_steps = "阶段数", "stages";
    state_field_assessments = "评估", "assessment";
    state_field_dimension = "维度", "dimension";
    state_field_grade = "等级", "grade";
    state_field_reason = "理由", "reason";
    state_field_effect_link = "效果依据", "effect shown by";
    state_field_merged_into = "并入", "merged into";
    state_field_admitted = "准许重名的理由", "why the name may stand twice";
    state_field_distinction = "区别", "distinction";
    state_field_steps_superseded = "停止生效的阶段", "stages that ceased to hold";
    state_field_steps_recorded = "新记录的阶段", "stages recorded";
    state_field_values_superseded = "停止生效的数值", "values that ceased to hold";
    state_field_values_recorded = "新记录的数值", "values recorded";
    state_field_described = "重新描述的单位", "units described anew";
    state_field_taken_on = "核定日期", "taken on";
    state_field_decided_on = "认定日期", "decided on";
    state_field_due_on = "到期日", "due";
    state_field_starts_on = "开始日", "starts";
    state_field_target = "目标", "target";
    state_field_baseline = "基数", "baseline";
    state_field_effective_on = "生效日", "in force from";
    state_field_provenance = "来源", "provenance";
    state_field_by_year = "按年认领", "taken on by year";
    state_field_units = "单元数", "units";
    state_field_note = "说明", "note";
    state_field_wording = "目标原文", "wording";
    state_field_target_on = "完成期限", "due by";
    state_field_milestones = "年度节点", "milestones";
    state_field_changed_milestones = "变动的节点", "changed milestones";
    state_field_withdrawn = "撤销的修订", "withdrawn revisions";
    state_field_qualifier = "修饰语", "qualifier";
    state_field_on = "日期", "day";
    state_field_replaced_by = "由其接任", "replaced by";
    state_field_no_longer_owed = "不再应报", "no longer owed";
}

impl Text {
    /// What somebody did, by the word of the declared action; the word itself where it is none of them.
    pub fn audit_action(self, action: &str) -> &str {
        match action {
            "import-plan" => self.action_import_plan(),
            "create-administrator" => self.action_create_administrator(),
            "create-organisation" => self.action_create_organisation(),
            "change-organisation" => self.action_change_organisation(),
            "retire-organisation" => self.action_retire_organisation(),
            "revive-organisation" => self.action_revive_organisation(),
            "create-account" => self.action_create_account(),
            "change-account" => self.action_change_account(),
            "disable-account" => self.action_disable_account(),
            "enable-account" => self.action_enable_account(),
            "grant-roles" => self.action_grant_roles(),
            "unlock-account" => self.action_unlock_account(),
            "issue-password-link" => self.action_issue_password_link(),
            "change-password" => self.action_change_password(),
            "sign-in" => self.action_sign_in(),
            "sign-out" => self.action_sign_out(),
            "lock-account" => self.action_lock_account(),
            "assign-organisation" => self.action_assign_organisation(),
            "end-assignment" => self.action_end_assignment(),
            "record-unit" => self.action_record_unit(),
            "take-stock" => self.action_take_stock(),
            "record-ruling" => self.action_record_ruling(),
            "open-period" => self.action_open_period(),
            "change-period" => self.action_change_period(),
            "submit-report" => self.action_submit_report(),
            "withdraw-report" => self.action_withdraw_report(),
            "accept-report" => self.action_accept_report(),
            "return-report" => self.action_return_report(),
            "release-name" => self.action_release_name(),
            "evaluate-task" => self.action_evaluate_task(),
            "give-feedback" => self.action_give_feedback(),
            "answer-feedback" => self.action_answer_feedback(),
            "create-token" => self.action_create_token(),
            "revoke-token" => self.action_revoke_token(),
            "verify-chain" => self.action_verify_chain(),
            "create-timetable-item" => self.action_create_timetable_item(),
            "change-timetable-item" => self.action_change_timetable_item(),
            "retire-timetable-item" => self.action_retire_timetable_item(),
            "revive-timetable-item" => self.action_revive_timetable_item(),
            "revise-dates" => self.action_revise_dates(),
            "record-pledge" => self.action_record_pledge(),
            "begin-correction" => self.action_begin_correction(),
            "give-up-correction" => self.action_give_up_correction(),
            "create-plan" => self.action_create_plan(),
            "retire-plan" => self.action_retire_plan(),
            "revive-plan" => self.action_revive_plan(),
            "change-plan" => self.action_change_plan(),
            "create-area" => self.action_create_area(),
            "change-area" => self.action_change_area(),
            "retire-area" => self.action_retire_area(),
            "revive-area" => self.action_revive_area(),
            "create-indicator" => self.action_create_indicator(),
            "change-indicator" => self.action_change_indicator(),
            "retire-indicator" => self.action_retire_indicator(),
            "revive-indicator" => self.action_revive_indicator(),
            "create-task" => self.action_create_task(),
            "change-task" => self.action_change_task(),
            "retire-task" => self.action_retire_task(),
            "revive-task" => self.action_revive_task(),
            "import-roster" => self.action_import_roster(),
            "change-unit" => self.action_change_unit(),
            "withdraw-step" => self.action_withdraw_step(),
            "admit-name" => self.action_admit_name(),
            "import-values" => self.action_import_values(),
            "revise-target" => self.action_revise_target(),
            "revise-baseline" => self.action_revise_baseline(),
            "load-demonstration" => self.action_load_demonstration(),
            other => other,
        }
    }

    /// What kind of object a row is about; the word itself where it is not known.
    pub fn audit_object(self, kind: &str) -> &str {
        match kind {
            "account" => self.object_account(),
            "assignment" => self.object_assignment(),
            "audit" => self.object_audit(),
            "evaluation" => self.object_evaluation(),
            "feedback" => self.object_feedback(),
            "indicator" => self.object_indicator(),
            "organisation" => self.object_organisation(),
            "period" => self.object_period(),
            "plan" => self.object_plan(),
            "report" => self.object_report(),
            "task" => self.object_task(),
            "token" => self.object_token(),
            "unit" => self.object_unit(),
            "area" => self.object_area(),
            "name" => self.object_name(),
            "roster" => self.object_roster(),
            "timetable-item" => self.object_timetable_item(),
            "values" => self.object_values(),
            other => other,
        }
    }

    /// The name of a field of a state; the field itself where it has no word.
    pub fn audit_field(self, field: &str) -> &str {
        match field {
            "" => self.state_field_value(),
            "username" => self.state_field_username(),
            "display_name" => self.state_field_display_name(),
            "organisation" | "holder" => self.state_field_organisation(),
            "disabled" => self.state_field_disabled(),
            "name" => self.state_field_name(),
            "name_zh" => self.state_field_name_zh(),
            "name_en" => self.state_field_name_en(),
            "kind" | "item_kind" => self.state_field_kind(),
            "parent" => self.state_field_parent(),
            "district" => self.state_field_district(),
            "retired" => self.state_field_retired(),
            "scopes" => self.state_field_scopes(),
            "expires_at" => self.state_field_expires_at(),
            "locked_until" => self.state_field_locked_until(),
            "task" => self.state_field_task(),
            "part" => self.state_field_part(),
            "contact" => self.state_field_contact(),
            "indicator" => self.state_field_indicator(),
            "document" => self.state_field_document(),
            "stage" => self.state_field_stage(),
            "level" => self.state_field_level(),
            "recognition" => self.state_field_recognition(),
            "code" => self.state_field_code(),
            "state" => self.state_field_state(),
            "answer" => self.state_field_answer(),
            "text" => self.state_field_text(),
            "period" => self.state_field_period(),
            "rows" => self.state_field_rows(),
            "head" => self.state_field_head(),
            "fault_count" => self.state_field_fault_count(),
            "faults" => self.state_field_faults(),
            "taken_on" => self.state_field_taken_on(),
            "decided_on" => self.state_field_decided_on(),
            "due_on" => self.state_field_due_on(),
            "starts_on" => self.state_field_starts_on(),
            "target" | "form" => self.state_field_target(),
            "baseline" => self.state_field_baseline(),
            "effective_on" => self.state_field_effective_on(),
            "provenance" => self.state_field_provenance(),
            "by_year" => self.state_field_by_year(),
            "units" => self.state_field_units(),
            "note" => self.state_field_note(),
            "wording" => self.state_field_wording(),
            "target_on" => self.state_field_target_on(),
            "milestones" => self.state_field_milestones(),
            "changed_milestones" => self.state_field_changed_milestones(),
            "withdrawn" => self.state_field_withdrawn(),
            "qualifier" => self.state_field_qualifier(),
            "on" => self.state_field_on(),
            "replaced_by" => self.state_field_replaced_by(),
            "no_longer_owed" => self.state_field_no_longer_owed(),
            other => other,
        }
    }

    /// The name of a part of a state: of its lists, of a report it holds, of a definition; the part itself where it has no word.
    pub fn audit_part(self, part: &str) -> String {
        let word = match part {
            "review_level" => self.state_field_review_level(),
            "submission" => self.state_field_submission(),
            "version" => self.state_field_version(),
            "roles" => self.state_field_roles(),
            "missing" => self.state_field_missing(),
            "deadlines" => self.state_field_deadlines(),
            "reports_owed" => self.state_field_reports_owed(),
            "unchanged" => self.state_field_unchanged(),
            "steps" => self.state_field_steps(),
            "assessments" => self.state_field_assessments(),
            "dimension" => self.state_field_dimension(),
            "grade" => self.state_field_grade(),
            "reason" => self.state_field_reason(),
            "effect_link" => self.state_field_effect_link(),
            "merged_into" => self.state_field_merged_into(),
            "admitted" => self.state_field_admitted(),
            "distinction" => self.state_field_distinction(),
            "steps_superseded" => self.state_field_steps_superseded(),
            "steps_recorded" => self.state_field_steps_recorded(),
            "values_superseded" => self.state_field_values_superseded(),
            "values_recorded" => self.state_field_values_recorded(),
            "described" => self.state_field_described(),
            "narrative" => self.flow_narrative(),
            "percent_complete" => self.flow_percent(),
            "problems" => self.flow_problems(),
            "coordination" => self.flow_coordination(),
            "completed_on" => self.flow_completed_on(),
            "no_change" => self.flow_field_no_change(),
            "values" => self.flow_values(),
            "key" => self.audit_column_number(),
            "entries" => self.flow_entries(),
            "unit_id" => self.flow_unit(),
            "unit_kind" => self.state_field_kind(),
            "partners" => self.flow_partners(),
            "stage_date" => self.flow_stage_date(),
            "document_number" => self.flow_document_number(),
            "reached_on" => self.item_reached(),
            other => return self.definition_field(other),
        };
        word.to_owned()
    }

    /// What a field's id stands for, where its name is not at hand; nothing for fields that hold no such id.
    pub fn audit_one(self, field: &str) -> Option<&'static str> {
        match field {
            "unit_id" | "merged_into" | "unit" => Some(self.audit_one_unit()),
            "task" => Some(self.audit_one_task()),
            "report" | "beside" => Some(self.audit_one_report()),
            "item" => Some(self.audit_one_item()),
            "indicator" => Some(self.audit_one_indicator()),
            "organisation" | "parent" | "holder" | "missing" => Some(self.audit_one_organisation()),
            _ => None,
        }
    }

    /// How much of the trail there is: all of it, or what matches a filter; beyond `most` matches are not counted.
    pub fn audit_size(self, rows: i64, matching: Option<i64>, most: i64) -> String {
        match matching {
            None if rows == 0 => self.audit_empty_chain().to_owned(),
            None if rows == 1 => self.audit_lead_one().to_owned(),
            None => self.audit_lead(rows),
            Some(1) => self.audit_matching_one(rows),
            Some(found) if found > most => self.audit_matching_more(most, rows),
            Some(found) => self.audit_matching(found, rows),
        }
    }

    /// Which rows stand on a page: a stretch without gaps, or those of a filter between two numbers.
    pub fn audit_range(self, is_filtered: bool, count: usize, first: i64, last: i64) -> String {
        match (is_filtered, count) {
            (false, _) => self.audit_shown(first, last),
            (true, 1) => self.audit_shown_one(first),
            (true, _) => self.audit_shown_some(count, first, last),
        }
    }

    /// What is wrong with the chain.
    pub fn chain_fault(self, fault: &ChainFault) -> String {
        match fault {
            ChainFault::ChangedRow { sequence } => self.fault_changed(*sequence),
            ChainFault::BrokenLink { sequence } => self.fault_link(*sequence),
            ChainFault::MissingRows { first, last } => self.fault_missing(*first, *last),
            ChainFault::WrongHead { says, newest } => self.fault_head(*says, *newest),
            ChainFault::UnknownHead { head } => self.fault_unknown_head(head),
        }
    }
}
