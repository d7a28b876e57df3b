//! Words of the timetable: projects, milestones, dates, the drawing and its export.

use super::Text;
use crate::domain::timetable::ItemKind;

messages! {
    item_project = "项目", "Project";
    item_milestone = "里程碑", "Milestone";
    item_code = "项目编号", "Project code";
    item_code_hint = "在本任务内不重复，例如 P1。", "Unique within the task, such as P1.";
    item_name = "名称", "Name in Chinese";
    item_name_en = "英文名称", "Name in English";
    item_deliverable = "成果", "Deliverable, in Chinese";
    item_deliverable_en = "成果（英文）", "Deliverable, in English";
    item_organisation = "责任单位", "Responsible organisation";
    item_organisation_hint = "由它在填报中报告完成；不选则任一责任单位都可以报告。", "It states the completion in its report; without one any responsible organisation may.";
    item_organisation_any = "任一责任单位", "any responsible organisation";
    item_starts = "开始日期", "Starts on";
    item_due = "完成期限", "Due on";
    item_planned = "计划日期", "Planned for";
    item_reached = "达到日期", "Reached on";
    item_not_reached = "尚未达到", "not yet";

    projects_title = "项目、里程碑与时限", "Projects, milestones and time limits";
    projects_lead = "定项目、定时限、定成效。日期只能调整，不能改写：原定与调整后的日期都保留，两者都用来判断是否按期。", "Fixed projects, time limits and effects. Dates are revised, never overwritten: what was set first and what holds now are kept, and both are judged.";
    projects_see_task = "查看任务", "See the task";
    projects_task_dates = "任务时限", "Time limit of the task";
    projects_dates_now = "现行时限", "In force";
    projects_revise_of(name: &str) = "调整日期：{name}", "Revise the dates: {name}";
    projects_effective_on = "生效日期", "Effective from";
    projects_effective_hint = "从这一天起按新日期判断；不早于原定时限的生效日期。", "From this day on the new dates hold; not before those set first did.";
    projects_revise_document_hint = "批准调整的文件文号。", "Number of the document that approves it.";
    projects_revise_save = "记录调整", "Record the revision";
    projects_revise_note = "原定日期保留。已错过的期限不会因调整而消失：逾期完成始终标为黄色。", "What was set first is kept. A missed date does not disappear: done late stays yellow for good.";
    projects_changes_of(name: &str) = "修改记录：{name}", "Changes so far: {name}";
    projects_history_of(name: &str) = "日期记录：{name}", "Dates so far: {name}";
    projects_history_first = "原定", "First set";
    projects_history_effective(day: &str) = "{day} 起生效", "effective from {day}";
    projects_history_plan_file = "随计划导入", "came with the plan";
    projects_history_by(name: &str) = "经办人 {name}", "Officer: {name}";
    projects_list = "项目", "Projects";
    projects_none = "还没有项目。用下面的表单建立第一个。", "No projects yet. Set up the first one with the form below.";
    projects_new = "新建项目", "Set up a project";
    projects_create = "建立项目", "Set up the project";
    projects_change(name: &str) = "修改：{name}", "Change: {name}";
    projects_change_save = "保存修改", "Save the changes";
    projects_retire(name: &str) = "停用：{name}", "Retire: {name}";
    projects_retire_hint = "停用后不再出现在进度表和填报中，记录保留。项目停用时，它的里程碑一并停用。", "It leaves the timetable and the report forms; its history stays. The milestones of a project go with it.";
    projects_retire_save = "停用", "Retire";
    projects_revive(name: &str) = "恢复使用：{name}", "Use again: {name}";
    projects_revive_hint = "恢复后回到进度表和填报中。项目恢复时，与它一起停用的里程碑一并恢复。", "It comes back to the timetable and the report forms; the milestones that were retired with a project come with it.";
    projects_revive_save = "恢复使用", "Use again";
    projects_retired_list = "已停用", "Retired";
    projects_milestones = "里程碑", "Milestones";
    projects_milestones_of_task = "任务的里程碑", "Milestones of the task";
    projects_milestones_none = "还没有里程碑。", "No milestones yet.";
    projects_milestone_new(name: &str) = "新建里程碑：{name}", "Set up a milestone: {name}";
    projects_milestone_create = "建立里程碑", "Set up the milestone";
    projects_manage_link = "管理项目与时限", "Manage projects and time limits";

    items_panel = "项目与里程碑", "Projects and milestones";
    items_none = "本任务还没有项目和里程碑。", "This task has no projects or milestones yet.";
    items_projects_caption = "本任务的项目", "Projects of this task";
    items_milestones_caption = "本任务的里程碑", "Milestones of this task";
    items_column_planned = "计划", "Planned";
    items_column_actual = "实际", "Actual";
    items_column_proof = "佐证", "Proof";
    items_of_project(code: &str) = "项目 {code}", "project {code}";
    items_original(day: &str) = "原定 {day}", "first set: {day}";

    milestones_legend = "本期达到的里程碑和完成的项目", "Milestones reached and projects completed";
    milestones_hint = "达到的填写日期，并填写文号或上传佐证；没有达到的留空。审核通过后生效。", "Give the day for those that were reached, with a document number or a file; leave the others empty. They take effect on acceptance.";
    milestones_planned(day: &str) = "计划 {day}", "planned for {day}";
    milestones_reached_on(name: &str) = "“{name}”达到日期", "{name}: reached on";
    milestones_document(name: &str) = "“{name}”文号", "{name}: document number";
    milestones_files(name: &str) = "“{name}”佐证材料", "{name}: proof";
    milestones_unknown = "已删除的里程碑", "a milestone that is gone";

    timetable_title = "任务进度表", "Timetable of tasks";
    timetable_view_label = "显示方式", "View";
    timetable_view_both = "图和表", "Chart and table";
    timetable_view_gantt = "甘特图", "Gantt chart";
    timetable_view_table = "表格", "Table";
    timetable_filter_lead = "牵头单位", "Lead";
    timetable_filter_quarter = "季度", "Quarter";
    timetable_more_filters = "按牵头单位和季度筛选", "Filter by lead and quarter";
    timetable_active_filters = "当前筛选", "Filters set";
    timetable_remove_filter(label: &str) = "取消筛选：{label}", "Remove the filter {label}";
    timetable_clear_filters = "清除全部筛选", "Remove all filters";
    timetable_shown(shown: usize, all: usize) = "显示 {shown} 项，共 {all} 项", "{shown} of {all} tasks shown";
    timetable_in_quarter(quarter: &str) = "{quarter}进行中或到期", "under way or due in {quarter}";
    timetable_export = "导出 Excel", "Export to Excel";
    timetable_expand_all = "展开全部项目", "Show all projects";
    timetable_collapse_all = "收起全部项目", "Hide all projects";
    timetable_expand_of(count: usize, code: &str) = "展开任务 {code} 的 {count} 个项目", "Show the {count} project of task {code}", "Show the {count} projects of task {code}";
    timetable_collapse_of(code: &str) = "收起任务 {code} 的项目", "Hide the projects of task {code}";
    timetable_expand_short(count: usize) = "项目 {count} ＋", "{count} project +", "{count} projects +";
    timetable_collapse_short = "项目 －", "projects −";
    gantt_title = "任务进度图", "Gantt chart";
    gantt_scroll = "任务进度图，可左右滚动", "Gantt chart, scrolls sideways";
    gantt_description(tasks: usize, from: &str, to: &str, day: &str) = "{tasks} 项任务从 {from} 到 {to} 的时限，按主要任务分组；竖线是 {day}。各项任务的日期和状态见旁边的列表和下面的表格。", "Time limits of {tasks} tasks from {from} to {to}, by area; the line is {day}. Dates and states stand in the list beside it and in the table below.";
    gantt_today = "今天", "Today";
    gantt_legend = "图例", "Legend";
    gantt_key_original = "原定期限", "due date first set";
    gantt_key_late = "超期部分", "time overdue";
    gantt_key_milestone = "里程碑（计划）", "milestone, planned";
    gantt_key_reached = "里程碑（达到）", "milestone, reached";
    gantt_key_missed = "里程碑（逾期）", "milestone, missed";
    gantt_key_reached_late = "里程碑（逾期达到）", "milestone, reached late";
    gantt_key_project = "项目", "project";
    gantt_due(day: &str) = "{day} 到期", "due {day}";
    gantt_completed(day: &str) = "{day} 完成", "done {day}";
    gantt_data = "数据表", "The data as a table";

    export_sheet_tasks = "任务进度表", "Timetable";
    export_sheet_months = "进度图", "Gantt";
    export_as_of(day: &str) = "截至 {day}", "As of {day}";
    export_known_at(day: &str) = "按 {day} 已知情况", "as known on {day}";
    export_filters(filters: &str) = "筛选：{filters}", "Filters: {filters}";
    export_count(count: usize) = "共 {count} 项任务", "{count} task", "{count} tasks";
    export_demonstration = "演示数据：单位和进展均为虚构，不是实际情况。", "Demonstration data: organisations and progress are made up.";
    export_head(sequence: i64, hash: &str) = "审计链头：第 {sequence} 条 {hash}", "Head of the audit chain: row {sequence} {hash}";
    export_head_empty = "审计链头：尚无记录", "Head of the audit chain: no rows yet";
    export_page = "第 &P 页，共 &N 页", "Page &P of &N";
    export_column_area = "主要任务", "Area";
    export_column_code = "编号", "Code";
    export_column_task = "建设任务", "Task";
    export_column_deliverable = "成果", "Deliverable";
    export_column_effect = "成效", "Effect";
    export_column_lead = "牵头单位", "Lead";
    export_column_responsible = "责任单位", "Responsible";
    export_column_supporting = "支持单位", "Supporting";
    export_column_starts = "开始", "Start";
    export_column_due = "原定期限", "Due, first set";
    export_column_revised = "调整后期限", "Due, revised";
    export_column_completed = "完成日期", "Completed";
    export_column_status = "状态", "Status";
    export_column_percent = "完成比例（单位自报）", "Percent (own statements)";
    export_column_items = "项目与里程碑", "Projects and milestones";
    export_percent(name: &str, percent: i64) = "{name} {percent}%", "{name} {percent}%";
    export_item(name: &str, dates: &str, status: &str) = "{name}（{dates}，{status}）", "{name} ({dates}; {status})";
    export_item_project(name: &str) = "【项目】{name}", "[Project] {name}";
    export_item_milestone(name: &str) = "◆ {name}", "◆ {name}";
    export_dates_revised(dates: &str, first: &str) = "{dates}，原定 {first}", "{dates}, first set {first}";
    export_reached(day: &str) = "{day} 达到", "reached {day}";
    export_empty = "没有符合条件的任务", "No task matches";
    export_separator = "、", ", ";
    export_legend = "图例", "Legend";
    export_file = "任务进度表", "timetable";
}

impl Text {
    /// The word of a kind of item.
    pub const fn item_kind(self, kind: ItemKind) -> &'static str {
        match kind {
            ItemKind::Project => self.item_project(),
            ItemKind::Milestone => self.item_milestone(),
        }
    }
}
