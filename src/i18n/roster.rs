//! Words of the roster in full: names that several want, corrections, rows from a table, why a unit counts.

use super::Text;
use crate::domain::{
    counting::CountReason,
    roster_rows::{Column, RowFault},
};

messages! {
    roster_filter_recognition = "认定事项", "Recognised as";
    roster_filter_holder = "所属单位", "Held by";
    roster_filter_measure = "是否计入", "Counted or not";
    roster_measure_counted = "已计入", "Counted";
    roster_measure_pipeline = "储备", "On its way";
    roster_active = "当前条件", "Filters in use";
    roster_remove = "去掉这一条件", "remove this filter";
    roster_found(count: i64) = "找到 {count} 个单元", "{count} units found";
    roster_found_more(count: i64) = "找到 {count} 多个单元", "More than {count} units found";
    roster_more(count: i64) = "这里只列出前 {count} 个。再加一个词或一个条件可缩小范围；下载的 CSV 含全部单元。", "Only the first {count} are listed here. Another word or filter narrows them; the CSV file holds them all.";
    roster_search_hint = "可输入名称的一部分、编号或拼音首字母，用空格隔开几个词。", "Part of a name, a code or pinyin initials; several words parted by spaces.";
    roster_download = "下载 CSV", "Download as CSV";
    roster_same_holder = "只看这家单位", "Only this organisation";
    roster_search_label = "查找", "Search";
    names_title = "名称", "Names";
    names_lead = "同一单元只计一次，名称先到先得。这里处理被拒的名称、认定确属不同的单元，并释放退回填报占用的名称。", "A thing is counted once, and a name goes to whoever was first. Here staff see refused names, admit that two things differ, and release names that returned reports hold.";
    names_refused = "被拒的名称", "Refused names";
    names_refused_none = "没有被拒的名称。", "No name is refused at present.";
    names_refused_note = "责任单位提交时因重名被拒。如确属不同单元，认定后请该单位重新提交。", "Refused at submit because the name is taken. If it is a different thing, admit it; the organisation then submits again.";
    names_refused_at(at: &str) = "{at} 被拒", "refused {at}";
    names_admit = "认定为不同单元", "Admit as a different thing";
    names_admit_lead = "认定后，该单位以这个名称填报或由教委登记时不再被拒，理由和文号会显示在两个单元的页面上。", "The organisation's next entry by this name goes in. Reason and document are shown on the pages of both units.";
    names_kind = "类别", "Kind";
    names_mark = "重复的是", "What is the same";
    names_mark_name = "名称", "The name";
    names_mark_code = "代码", "The code";
    names_name = "名称或代码", "Name or code";
    names_name_hint = "照填报上的写法。", "As it stands in the report.";
    names_holder = "准许使用的单位", "Who may use it too";
    names_distinction = "与同名单元的区别", "What tells the two apart";
    names_distinction_hint = "几个字即可，例如“南区”“高职”。", "A few words, such as “south campus”.";
    names_document_hint = "说明两者不同的文件。", "The document that shows that they differ.";
    names_reason_hint = "为什么是两个不同的单元。", "Why these are two different things.";
    names_admit_save = "认定", "Admit";
    names_held = "填报占用的名称", "Names held by reports";
    names_held_note = "已提交的名称在退回后仍被占用，直到撤回或由教委释放。", "A submitted name stays held when its report is returned, until it is withdrawn or staff release it.";
    names_held_none = "没有填报占用名称。", "No report holds a name.";
    names_held_since(at: &str) = "{at} 起", "since {at}";
    names_owner = "填报单位", "Reported by";
    names_state = "填报状态", "State of the report";
    names_task = "任务与填报期", "Task and period";
    names_release = "释放", "Release";
    names_release_of(name: &str) = "释放“{name}”", "Release “{name}”";
    names_release_reason = "释放的理由", "Why it is released";
    names_release_wait = "等待审核，暂不能释放", "waits for review; cannot be released";
    names_admissions = "已认定的同名单元", "Admitted namesakes";
    names_admissions_none = "还没有认定过。", "None so far.";
    names_admission_line(name: &str, distinction: &str, holder: &str) = "“{name}”（{distinction}），{holder}", "“{name}” ({distinction}), {holder}";
    names_admission_free = "尚未使用", "not used yet";
    names_releases = "已释放的名称", "Released names";
    names_by(name: &str, at: &str) = "{name}，{at}", "{name}, {at}";
    names_report = "填报", "Report";
    names_manage = "名称", "Names";
    names_manage_next = "处理名称", "See to names";
    names_manage_state(refused: usize, held: usize) = "{refused} 个名称被拒待认定，{held} 个被退回的填报占用", "{refused} refused names wait for a decision, {held} are held by returned reports";
    names_manage_none = "没有需要处理的名称", "No name wants attention";
    taken_see_waiting(code: &str) = "查看 {code} 待审核的单元", "See what waits for review in {code}";
    taken_ask = "如确属不同单元，请与教委联系：这次被拒已列入教委的“名称”页，认定后再提交即可。", "If it is a different thing, ask the commission: this refusal is on its page of names, and once it is admitted you can submit again.";
    unit_reasons = "计入哪些指标", "Which indicators count it";
    unit_reasons_none = "没有指标涉及这个单元。", "No indicator looks at this unit.";
    reason_counts(day: &str) = "{day} 起计入", "counts since {day}";
    reason_below(reached: &str, needed: &str) = "不计入：现为“{reached}”，达到“{needed}”起计入", "does not count: it stands at “{reached}” and counts from “{needed}” on";
    reason_before(day: &str, since: &str) = "不计入：{day} 已达到计入阶段，只计 {since} 起新增的", "does not count: it reached the stage on {day}, and only those since {since} count";
    reason_ended(stage: &str, day: &str) = "不计入：{day} {stage}", "does not count: {stage} on {day}";
    reason_level(held: &str, needed: &str) = "不计入：级别为“{held}”，只计“{needed}”；是否含国家级由口径认定", "does not count: its level is “{held}” and “{needed}” is counted; whether national ones are included is a ruling";
    reason_no_level = "未分级", "no level";
    unit_namesakes = "同名或同代码的单元", "Units of the same name or code";
    unit_namesake_admitted(distinction: &str) = "已认定为不同单元：{distinction}", "admitted as a different thing: {distinction}";
    unit_namesake_plain = "在不同单位各自唯一", "each is unique within its organisation";
    unit_revisions = "名称和归属的变更", "Former names and holders";
    unit_revision_until(at: &str) = "{at} 以前", "until {at}";
    unit_withdrawn(name: &str, at: &str) = "{name} {at} 撤回", "taken back by {name}, {at}";
    unit_manage = "登记或更正", "Record or correct";
    step_withdrawn = "已撤回", "taken back";
    step_imported = "由表格导入", "imported from a table";
    units_tab_bulk = "成批登记", "From a table";
    bulk_title = "成批登记", "Units from a table";
    bulk_lead = "把表格粘贴进来或上传 CSV，先检查，再一次全部登记：有一行不对，就一行也不登记。已登记过的行会跳过。", "Paste a table or upload a CSV file, check it, then record all of it: with one faulty row nothing is recorded. Rows that are on the roster already are skipped.";
    bulk_rows = "表格内容", "The table";
    bulk_rows_hint = "第一行是列名，中英文均可；一行是一个单元的一个阶段。可以直接从电子表格复制。", "The first line names the columns, in Chinese or English; each row is one stage of one unit. Copying from a spreadsheet works.";
    bulk_columns = "列", "Columns";
    bulk_column(name: &str, what: &str) = "{name}：{what}", "{name}: {what}";
    bulk_reason = "登记的理由", "Why these are recorded";
    bulk_reason_hint = "例如：计划开始前的存量盘点。", "Such as: stock-take of what existed before the plan.";
    bulk_check = "检查", "Check";
    bulk_record = "全部登记", "Record all";
    bulk_file_hint = "UTF-8 编码，最大 4 MB；更大的表由管理员用命令行导入。", "UTF-8, at most 4 MB; larger tables are imported on the server's command line.";
    bulk_file_field = "文件", "File";
    bulk_upload = "上传并检查", "Upload and check";
    bulk_result = "检查结果", "What the check found";
    bulk_result_good(units: usize, steps: usize, unchanged: usize) = "可以登记：新增 {units} 个单元、{steps} 个阶段，{unchanged} 行已登记、会跳过。", "It can be recorded: {units} new units, {steps} new stages; {unchanged} rows are on the roster already and are skipped.";
    bulk_result_nothing(unchanged: usize) = "没有新内容：{unchanged} 行都已登记。", "Nothing is new: {unchanged} rows are on the roster already.";
    bulk_result_bad(faults: usize) = "有 {faults} 处不对，没有登记任何内容。改好后再检查。", "{faults} faults; nothing is recorded. Mend them and check again.";
    bulk_line = "行", "Line";
    bulk_fault_column = "列", "Column";
    bulk_fault = "问题", "What is wrong";
    bulk_more(count: usize) = "另有 {count} 处。", "{count} more.";
    bulk_more_units(count: usize) = "另有 {count} 个单元。", "{count} more units.";
    bulk_added = "将要登记", "What would be recorded";
    bulk_new_unit = "新增", "new";
    bulk_moves_on = "已有，更新阶段", "moves on";
    bulk_kept(rows: usize) = "已读入 {rows} 行，内容保留在服务器上，可直接登记。", "{rows} rows are read and kept; they can be recorded as they are.";
    fault_no_organisation = "没有这个单位，或有多个同名单位", "no organisation has this name, or several have";
    fault_taken(holder: &str) = "名称或代码已由 {holder} 登记", "the name or code is registered by {holder}";
    fault_held = "名称或代码已有单位提交，等待审核", "the name or code is held by a submitted report";
    fault_roster_says(recorded: &str) = "名录中是“{recorded}”；表格不能修改已登记的单元", "the roster says “{recorded}”; a table changes nothing that is recorded";
    fault_line_says(line: u64, value: &str) = "第 {line} 行写的是“{value}”", "line {line} says “{value}”";
    fault_same_as(line: u64) = "与第 {line} 行重复", "the same as line {line}";
    fault_merger = "并入须在单元页面登记，并选定并入的单元", "a merger is recorded on the unit's page, where the other unit is chosen";
    fault_cells(cells: usize, columns: usize) = "这一行有 {cells} 格，列名有 {columns} 个", "has {cells} cells, and the first line names {columns} columns";
    fault_unknown_column = "不认识这一列", "is none of the columns";
    fault_column_twice = "这一列出现了两次", "stands twice";
    fault_column_missing = "缺少这一列", "this column is missing";
    fault_not_utf8 = "不是 UTF-8 编码，请另存为 CSV UTF-8", "is not UTF-8; save the file as CSV UTF-8";
    fault_unreadable = "引号没有配对，无法往下读", "the quotes do not match; the rest cannot be read";
    fault_no_rows = "列名下面没有内容", "there is no row below the head";
    column_kind = "类别，可不填", "kind of unit; may be left out";
    column_code = "代码，可不填", "code; may be left out";
    column_name = "名称，文件上的全称", "full name as in the document";
    column_holder = "所属单位的全称", "full name of the organisation that holds it";
    column_district = "所在区，可不填", "district; may be left out";
    column_recognition = "认定事项", "what it is recognised as";
    column_level = "级别，如国家级、市级", "level, such as national or municipal";
    column_stage = "阶段，如立项、认定", "stage, such as approved or recognised";
    column_date = "达到的日期", "when it was reached";
    column_document = "文号", "document";
    change_unit_title = "更正名称和归属", "Correct names and holder";
    change_unit_lead = "原来的写法会保留在单元页面上；阶段和计数不受影响。", "What it was stays on the unit's page; stages and counts are not touched.";
    change_unit_save = "保存更正", "Save the correction";
    merge_title = "并入的单元", "The unit it merges into";
    merge_lead = "先查找并入到哪个单元，再在“登记新的阶段”里登记“并入”。", "Find the unit first, then record “merged” under “Record a further stage”.";
    merge_search = "按名称、代码或拼音首字母查找", "Find by name, code or pinyin initials";
    merge_choose(name: &str) = "并入“{name}”", "merge into “{name}”";
    merge_chosen(name: &str) = "并入：{name}", "Merges into: {name}";
    merge_none = "没有同类的单元符合。", "No unit of the kind matches.";
    merge_other = "另选", "Choose another";
    withdraw_title = "撤回这一条", "Take this back";
    withdraw_lead = "只用于录入有误：记录保留并注明已撤回，计数随即更新。", "Only where it was recorded by mistake: the record stays, marked as taken back, and the counts follow.";
    withdraw_save = "撤回", "Take back";
    withdraw_by_report = "来自填报，须通过更正该填报来修改。", "From a report: it is changed by a correction of that report.";
    release_unit_title = "释放名称", "Release the name";
    release_unit_lead = "全部阶段都已撤回，名称仍被占用。释放后其他单元可以使用。", "All its stages were taken back, and its name is still held. Once released, another unit may have it.";
    release_unit_save = "释放名称", "Release the name";
    problem_not_utf8 = "文件不是 UTF-8 编码，请另存为 CSV UTF-8。", "The file is not UTF-8; save it as CSV UTF-8.";
}

impl Text {
    /// Why a unit counts, or why not.
    pub fn count_reason(self, reason: &CountReason) -> String {
        match reason {
            CountReason::Counts { since } => self.reason_counts(&since.to_string()),
            CountReason::Below { reached, needed } => self.reason_below(self.stage(*reached), self.stage(*needed)),
            CountReason::BeforeBasis { reached_on, since } => self.reason_before(&reached_on.to_string(), &since.to_string()),
            CountReason::Ended { stage, on } => self.reason_ended(self.stage(*stage), &on.to_string()),
            CountReason::OtherLevel { held, needed } => {
                let held = held.map_or(self.reason_no_level(), |level| self.level(level));
                self.reason_level(held, self.level(*needed))
            }
        }
    }

    /// What is wrong with a row of a table.
    pub fn row_fault(self, fault: &RowFault) -> String {
        let said = match fault {
            RowFault::Field(problem) => return self.field_problem(problem),
            RowFault::NoOrganisation => self.fault_no_organisation(),
            RowFault::TakenBy { holder } => return self.fault_taken(holder),
            RowFault::HeldByReport => self.fault_held(),
            RowFault::RosterSays { recorded } => return self.fault_roster_says(recorded),
            RowFault::LineSays { line, value } => return self.fault_line_says(*line, value),
            RowFault::SameAs { line } => return self.fault_same_as(*line),
            RowFault::MergerByHand => self.fault_merger(),
            RowFault::CellCount { cells, columns } => return self.fault_cells(*cells, *columns),
            RowFault::UnknownColumn => self.fault_unknown_column(),
            RowFault::ColumnTwice => self.fault_column_twice(),
            RowFault::ColumnMissing => self.fault_column_missing(),
            RowFault::NotUtf8 => self.fault_not_utf8(),
            RowFault::Unreadable => self.fault_unreadable(),
            RowFault::NoRows => self.fault_no_rows(),
        };
        said.to_owned()
    }

    /// What a column of the table holds.
    pub const fn row_column(self, column: Column) -> &'static str {
        match column {
            Column::Kind => self.column_kind(),
            Column::Code => self.column_code(),
            Column::Name => self.column_name(),
            Column::Holder => self.column_holder(),
            Column::District => self.column_district(),
            Column::Recognition => self.column_recognition(),
            Column::Level => self.column_level(),
            Column::Stage => self.column_stage(),
            Column::Date => self.column_date(),
            Column::Document => self.column_document(),
        }
    }
}
