//! Words of editing a plan's definition, of its history, and of taking it out and in again.

use super::Text;
use crate::domain::{
    definition::{DefinitionProblem, RetireProblem},
    target::TargetKind,
    words::{Direction, Stage},
};

messages! {
    edit_title = "方案内容", "The plan's content";
    edit_lead = "修改方案的名称、主要任务、指标和任务。每次修改都要写明理由和文号，修改前后的内容都会保留。", "Change the plan's names, areas, indicators and tasks. Each change needs a reason and a document; what was before is kept.";
    edit_tabs = "方案内容", "The plan's content";
    edit_tab_plan = "方案", "Plan";
    edit_tab_areas = "主要任务", "Areas";
    edit_tab_indicators = "指标", "Indicators";
    edit_tab_tasks = "任务", "Tasks";
    edit_tab_files = "导出与导入", "Export and import";
    edit_manage_lead = "修改方案、主要任务、指标和任务，停用不再使用的，查看修改记录，导出或导入整个方案。", "Change the plan, its areas, indicators and tasks, retire what is no longer used, see what was changed, and take the whole plan out or in.";
    edit_open = "修改", "Change";
    edit_open_of(name: &str) = "修改 {name}", "Change {name}";
    edit_plans = "全部行动计划", "All plans";
    edit_new_plan = "新建行动计划", "New plan";
    edit_new_plan_lead = "新建的行动计划没有内容；建立后逐项添加主要任务、任务和指标，也可以从文件导入。", "A new plan is empty: add its areas, tasks and indicators one by one, or bring them in from a file.";
    edit_starts_on = "开始日期", "First day";
    edit_ends_on = "结束日期", "Last day";
    edit_new_area = "新增主要任务", "New area";
    edit_new_indicator = "新增指标", "New indicator";
    edit_new_task = "新增任务", "New task";
    edit_new_lead = "填写要新增的内容，写明理由和文号。建立之后可以修改，每次修改前后的内容都会保留。", "Fill in what is to be added, with a reason and a document. It can be changed later; what was before is kept.";
    edit_see_task = "查看任务页面", "View this task";
    edit_create = "新增", "Create";
    edit_change_heading = "修改内容", "Change it";
    edit_why = "依据", "Grounds";
    edit_why_hint = "写明理由。理由会写入审计记录。", "Say why. The reason is kept in the audit trail.";
    edit_document_hint = "依据的文号或文件名。", "Number or title of the document it rests on.";
    edit_code = "代码", "Code";
    edit_code_hint = "英文字母、数字、点或连字符，创建后不能修改；停用的也占用代码。", "Letters, digits, points, dashes. It never changes; retired ones keep theirs.";
    edit_name_zh = "中文名称", "Chinese name";
    edit_name_en = "英文名称", "English name";
    edit_short_zh = "中文简称", "Short Chinese name";
    edit_short_en = "英文简称", "Short English name";
    edit_issuer_zh = "发布单位", "Issuer";
    edit_issuer_en = "发布单位（英文）", "Issuer in English";
    edit_cadence = "填报频率", "Reporting cadence";
    edit_cadence_fixed = "已开放过填报期，填报频率不能再改。", "A period was opened, so the cadence stays.";
    edit_days = "起止日期", "Days";
    edit_days_value(starts: &str, ends: &str) = "{starts} 至 {ends}", "{starts} to {ends}";
    edit_time_zone = "时区", "Time zone";
    edit_days_fixed = "目标、基数和时限都以起止日期和时区为准，因此不能修改。", "Targets, baselines and time limits rest on days and time zone, so these never change.";
    edit_place = "位次", "Place";
    edit_place_value(place: i64) = "第 {place} 位", "Place {place}";
    edit_closing = "是末段（推进机制），不是主要任务", "It is the closing section";
    edit_closing_label = "末段", "Closing section";
    edit_area = "所属主要任务", "Area";
    edit_unit_zh = "计量单位", "Unit";
    edit_unit_en = "计量单位（英文复数）", "Unit in English, plural";
    edit_source = "原文出处", "Section of the text";
    edit_measure = "统计方式", "Measure";
    edit_measure_hint = "有数据之后不能再改。", "It stays once there is data.";
    edit_direction = "改善方向", "Direction";
    edit_direction_rising = "越高越好", "higher is better";
    edit_direction_falling = "越低越好", "lower is better";
    edit_scale = "小数位数", "Decimal places";
    edit_scale_hint = "有目标数、节点、基数或数据之后不能再改；名录类为 0。", "It stays once there are targets, milestones, baselines or data; 0 for a roster.";
    edit_fraction = "以分子和分母记录，各单位的数值合起来计算，不取平均", "Kept as numerator and denominator, so that values of several bodies add up and are never averaged";
    edit_fraction_label = "记录方式", "Kept as";
    edit_needs_ruling = "计入阶段须经认定，认定前灯为灰色", "Its counting stage must be ruled on; until then the light is grey";
    edit_needs_ruling_label = "计入阶段", "Counting stage";
    edit_counts = "计入的认定事项", "Recognitions it counts";
    edit_counts_hint = "仅名录类指标。改动后按新的范围重新计数，改动前的日子仍按原来的范围。", "For a roster only. A change counts the units anew; what was known before it keeps the former ones.";
    edit_counts_any(name: &str) = "{name}（不分级别）", "{name} (any level)";
    edit_counts_level(name: &str, level: &str) = "{name}（{level}）", "{name} ({level})";
    edit_tasks = "关联的任务", "Linked tasks";
    edit_tasks_hint = "每项指标至少关联一项任务；以后在任务的页面修改。", "Every indicator is linked to at least one task; later, links are changed at the task.";
    edit_linked_tasks(codes: &str) = "关联的任务：{codes}", "Linked tasks: {codes}";
    edit_target = "目标", "Target";
    edit_target_lead = "以后的修订在指标的目标页面办理，原目标保留。", "Later revisions are made at the indicator's targets; this one is kept.";
    edit_wording = "文本表述", "Wording";
    edit_wording_hint = "照文件原文，例如“20个左右”。", "As the document has it.";
    edit_wording_en = "文本表述（英文）", "Wording in English";
    edit_form = "目标类型", "Kind of target";
    edit_form_at_least = "不少于", "at least";
    edit_form_at_most = "不多于", "at most";
    edit_form_about = "左右", "about";
    edit_form_range = "区间", "range";
    edit_form_unquantified = "不设数量", "without a number";
    edit_n = "数值（区间为下限）", "Number (of a range, the lower end)";
    edit_high = "上限", "Upper end";
    edit_high_hint = "仅区间填写。", "For a range only.";
    edit_target_on = "目标日期", "Target date";
    edit_target_on_hint = "不填则为计划的最后一天（推定）。", "Left empty, the plan's last day (derived).";
    edit_title_zh = "中文标题", "Chinese title";
    edit_title_en = "英文标题", "English title";
    edit_deliverable_zh = "成果（定成效）", "Deliverable";
    edit_deliverable_en = "成果（英文）", "Deliverable in English";
    edit_effect_zh = "成效（定成效）", "Effect";
    edit_effect_en = "成效（英文）", "Effect in English";
    edit_indicators = "关联的指标", "Linked indicators";
    edit_indicators_hint = "不能让任何在用的指标失去最后一项任务。", "No indicator in use may lose its last task.";
    edit_new_task_days = "新任务的时限先取计划的起止日期（推定），随后在任务时间表里修订。", "A new task has the plan's days (derived) until its time limit is revised in the timetable.";
    edit_state = "状态", "State";
    edit_in_use = "在用", "In use";
    edit_retired = "已停用", "Retired";
    edit_retired_on(date: &str) = "{date} 停用", "retired {date}";
    edit_retire = "停用", "Retire";
    edit_retire_lead = "停用后不再出现在当前的页面和新的填报期，历史、代码和修改记录都保留，可以恢复。", "It leaves the current pages and future periods. History, code and changes stay, and it can be used again.";
    edit_retire_confirm = "确认停用", "Retire it";
    edit_revive = "恢复使用", "Use it again";
    edit_revive_lead = "恢复后重新出现在各页面；开放中的填报期会补上应填报的单位。", "It is back on all pages; open periods get its reports again.";
    edit_empty_areas = "还没有主要任务。", "There are no areas yet.";
    edit_empty_indicators = "还没有指标。", "There are no indicators yet.";
    edit_empty_tasks = "还没有任务。", "There are no tasks yet.";
    edit_count(total: usize, retired: usize) = "共 {total} 项，其中 {retired} 项已停用。", "{total}, of which {retired} are retired.";
    edit_conflict = "您打开页面之后的改动", "What was changed since you opened the page";
    edit_conflict_lead = "您填写的内容还在表单里。核对下面的改动后，可以再次提交。", "What you typed is still in the form. Look at these changes, then submit again.";
    history_title = "修改记录", "Changes";
    history_none = "还没有修改记录。", "Nothing has been changed yet.";
    history_field = "内容", "Field";
    history_areas = "主要任务数", "Areas";
    history_file_hash = "文件校验值", "File hash";
    history_before = "修改前", "Before";
    history_after = "修改后", "After";
    history_now = "现在", "Now";
    history_opened = "打开时", "When opened";
    history_nothing = "（空）", "(empty)";
    history_why(reason: &str) = "理由：{reason}", "Reason: {reason}";
    history_document(document: &str) = "文号：{document}", "Document: {document}";
    history_no_fields = "没有逐项内容。", "No fields are listed.";
    act_import_plan = "从文件导入", "Came in from a file";
    act_change = "修改", "Changed";
    act_create = "新增", "Created";
    act_retire = "停用", "Retired";
    act_revive = "恢复使用", "Used again";
    files_lead = "导出的文件包含方案的全部定义和每一次修订，以及单位、分工、认领、底数登记和文件公布的数值，可以导入另一个系统；不含名录、填报、各单位的数值、完成情况和账号。", "An export holds the whole definition with every revision, and organisations, their parts, pledges, stock-takes and published values; another system can take it in. It holds no roster, reports, values of organisations, completions or accounts.";
    files_export = "导出", "Export";
    files_toml = "下载 TOML 文件", "Download as TOML";
    files_zip = "下载 CSV 压缩包", "Download as a zip of CSV";
    files_csv_note = "表格软件会把以 = + - @ 开头的单元格当作公式；导出时前面加一个撇号，导入时去掉。", "Spreadsheets take cells that begin with = + - @ for formulas; exporting puts an apostrophe before them, importing takes it away.";
    files_head = "审计链", "Audit chain";
    files_head_value(rows: i64, head: &str) = "{rows} 条，末条校验值 {head}", "{rows} rows, head {head}";
    files_head_note = "校验值不写入文件（换一个系统就不同），请与文件一同保存；bihuan verify --head 可用它核对。", "The head is not in the file, because it differs from system to system. Keep it with the file: bihuan verify --head checks it.";
    files_import = "导入", "Import";
    files_import_lead = "新的方案会整个建立。已有的方案只改文字、只增内容：目标、时限和口径在系统里修订，文件不能删除任何内容。有一处错误就全部不导入。", "A new plan is created as a whole. Of one that is there, texts are changed and parts added: targets, time limits and rulings are revised in the product, and nothing is deleted by a file. With one fault nothing is taken in.";
    files_file = "方案文件", "Plan file";
    files_file_hint = "TOML 文件或导出的 CSV 压缩包，最大 8 MB。", "A TOML file, or an exported zip of CSV; at most 8 MB.";
    files_upload = "导入", "Import";
    files_faults(count: usize) = "文件有 {count} 处错误，没有导入任何内容。", "The file has {count} faults; nothing was taken in.";
    files_fault_place = "位置", "Where";
    files_fault_code = "代码", "Code";
    files_fault_reason = "问题", "Fault";
    files_choose_again = "改正后请重新选择文件。", "Correct it, then choose the file again.";
    files_taken_in = "导入结果", "What the import did";
    files_created(code: &str, areas: usize, indicators: usize, tasks: usize) = "已建立方案 {code}：{areas} 个主要任务、{indicators} 项指标、{tasks} 项任务。", "Plan {code} is created: {areas} areas, {indicators} indicators, {tasks} tasks.";
    files_unchanged(code: &str) = "方案 {code} 与文件一致，没有改动。", "Plan {code} is as the file says; nothing changed.";
    files_changed(code: &str, count: usize) = "方案 {code} 有 {count} 处改动，见修改记录。", "Plan {code}: {count} changes, listed in its history.";
    files_open_plan = "打开这个方案", "Open this plan";
    problem_code_form = "代码最多 40 个字符，只能用英文字母、数字、点和连字符。", "A code has at most 40 characters: letters, digits, points and dashes.";
    problem_code_taken = "这个代码已被使用（停用的也占用代码）。", "This code is taken; retired ones keep theirs.";
    problem_fixed_by_periods = "已经开放过填报期，填报频率不能再改。", "A period was opened, so the cadence cannot be changed any more.";
    problem_fixed_by_facts = "已有按现在方式记录的数据，不能再改。如果确需改变，请停用这一指标，另建一项。", "Data was recorded by the present way of measuring, so it cannot be changed. If it must, retire this indicator and create another.";
    problem_unit_fixed(unit: &str) = "已有以“{unit}”为单位记录的数据，计量单位不能再改：不同单位的数不能混在一起。如果确需改变，请停用这一指标，另建一项。", "Numbers were recorded in “{unit}”, so the unit cannot be changed: numbers of different units do not mix. If it must, retire this indicator and create another.";
    problem_whole_units = "名录类指标按整数计，小数位数为 0。", "A roster counts whole units: 0 decimal places.";
    problem_only_levels = "只有水平类指标可以用分子和分母记录。", "Only a level is kept as numerator and denominator.";
    problem_rank_falls = "排名越低越好，请选“越低越好”。", "Of a rank, lower is better; choose that.";
    problem_counts_nothing = "名录类指标至少计入一种认定事项。", "A roster indicator counts at least one recognition.";
    problem_upside_down = "上限不能低于下限。", "The upper end cannot lie below the lower one.";
    problem_left_alone(indicators: &str) = "每项指标至少关联一项任务：{indicators} 只关联了这一项。", "Every indicator is linked to at least one task: {indicators} would have none.";
    problem_area_retired = "这一主要任务已停用，请选择其他的。", "This area is retired; choose another one.";
    problem_faulty_file(faults: usize) = "文件有 {faults} 处错误，列在下面。", "The file has {faults} faults, listed below.";
    problem_costly_file = "读取这个文件所需的内存或时间超出了限度，没有任何改动。请检查文件内容后重新选择。", "Reading this file asks for more memory or time than may be spent on it; nothing was changed. Check what is in it and choose it again.";
    problem_no_plan_file = "请选择方案文件。", "Choose a plan file.";
    retire_open_loops(periods: &str) = "还不能停用，没有任何改动。这项任务在以下填报期尚未闭环：{periods}。请先完成填报、评估和反馈。", "It cannot be retired yet; nothing was changed. Its loops are still open in {periods}: finish report, evaluation and feedback first.";
    retire_only_plan = "还不能停用，没有任何改动。在用的行动计划只有这一个。", "It cannot be retired; nothing was changed. It is the only plan in use.";
    retire_open_periods(periods: &str) = "还不能停用，没有任何改动。这个计划在以下填报期尚未闭环：{periods}。请先完成填报、评估和反馈。", "It cannot be retired yet; nothing was changed. Loops of the plan are still open in {periods}: finish report, evaluation and feedback first.";
    retire_last_task(indicators: &str) = "还不能停用，没有任何改动。每项指标至少关联一项任务：{indicators} 只关联了这一项，请先关联到其他任务。", "It cannot be retired yet; nothing was changed. Every indicator is linked to at least one task: {indicators} would have none. Link them to another task first.";
    retire_holds_parts(parts: &str) = "还不能停用，没有任何改动。仍有在用的指标或任务属于它：{parts}。请先停用它们或改到其他主要任务。", "It cannot be retired yet; nothing was changed. Indicators or tasks in use belong to it: {parts}. Retire them or move them to another area first.";
    retire_area_retired(area: &str) = "还不能恢复，没有任何改动。它属于已停用的主要任务 {area}，请先恢复那一项。", "It cannot be used again yet; nothing was changed. It belongs to area {area}, which is retired: use that one again first.";
    retire_without_task = "还不能恢复，没有任何改动。每项指标至少关联一项任务，它没有关联在用的任务。", "It cannot be used again yet; nothing was changed. Every indicator is linked to at least one task, and no task in use is linked to it.";
}

impl Text {
    /// The sentence for what is wrong with a definition.
    pub fn definition_problem(self, problem: &DefinitionProblem) -> String {
        match problem {
            DefinitionProblem::CodeForm => self.problem_code_form().to_owned(),
            DefinitionProblem::CodeTaken => self.problem_code_taken().to_owned(),
            DefinitionProblem::FixedByPeriods => self.problem_fixed_by_periods().to_owned(),
            DefinitionProblem::FixedByFacts => self.problem_fixed_by_facts().to_owned(),
            DefinitionProblem::UnitFixed { unit } => self.problem_unit_fixed(unit),
            DefinitionProblem::WholeUnits => self.problem_whole_units().to_owned(),
            DefinitionProblem::OnlyLevels => self.problem_only_levels().to_owned(),
            DefinitionProblem::RankFalls => self.problem_rank_falls().to_owned(),
            DefinitionProblem::CountsNothing => self.problem_counts_nothing().to_owned(),
            DefinitionProblem::RangeUpsideDown => self.problem_upside_down().to_owned(),
            DefinitionProblem::LeftAlone { indicators } => self.problem_left_alone(&self.list_of(indicators)),
            DefinitionProblem::AreaRetired => self.problem_area_retired().to_owned(),
            DefinitionProblem::FaultyFile { faults } => self.problem_faulty_file(*faults),
            DefinitionProblem::CostlyFile => self.problem_costly_file().to_owned(),
            DefinitionProblem::NoPlanFile => self.problem_no_plan_file().to_owned(),
        }
    }

    /// The sentence for what stands in the way of retiring something or of using it again.
    pub fn retire_problem(self, problem: &RetireProblem) -> String {
        match problem {
            RetireProblem::OpenLoops { periods } => self.retire_open_loops(&self.list_of(periods)),
            RetireProblem::OnlyPlan => self.retire_only_plan().to_owned(),
            RetireProblem::OpenPeriods { periods } => self.retire_open_periods(&self.list_of(periods)),
            RetireProblem::LastTask { indicators } => self.retire_last_task(&self.list_of(indicators)),
            RetireProblem::HoldsParts { indicators, tasks } => {
                let parts: Vec<String> = indicators.iter().chain(tasks).cloned().collect();
                self.retire_holds_parts(&self.list_of(&parts))
            }
            RetireProblem::AreaRetired { area } => self.retire_area_retired(area),
            RetireProblem::WithoutTask => self.retire_without_task().to_owned(),
        }
    }

    /// Which way an indicator improves.
    pub const fn direction(self, direction: Direction) -> &'static str {
        match direction {
            Direction::Rising => self.edit_direction_rising(),
            Direction::Falling => self.edit_direction_falling(),
        }
    }

    /// A form of target, without its number.
    pub const fn kind_of_target(self, kind: TargetKind) -> &'static str {
        match kind {
            TargetKind::AtLeast => self.edit_form_at_least(),
            TargetKind::AtMost => self.edit_form_at_most(),
            TargetKind::About => self.edit_form_about(),
            TargetKind::Range => self.edit_form_range(),
            TargetKind::Unquantified => self.edit_form_unquantified(),
        }
    }

    /// What an action of the audit trail is called in the history of its object; an unknown one keeps its word.
    pub fn history_action(self, action: &str) -> String {
        let words = match action {
            "import-plan" => self.act_import_plan(),
            "change-plan" | "change-area" | "change-indicator" | "change-task" | "change-organisation" => self.act_change(),
            "create-plan" | "create-area" | "create-indicator" | "create-task" | "create-organisation" => self.act_create(),
            "retire-plan" | "retire-area" | "retire-indicator" | "retire-task" | "retire-organisation" => self.act_retire(),
            "revive-plan" | "revive-area" | "revive-indicator" | "revive-task" | "revive-organisation" => self.act_revive(),
            // What other pages record about the object has the words of the audit trail.
            other => return capitalised(self.audit_action(other)),
        };
        words.to_owned()
    }

    /// What a field of a state is called; an unknown one keeps its name.
    pub fn definition_field(self, field: &str) -> String {
        let words = match field {
            "code" => self.edit_code(),
            "name_zh" => self.edit_name_zh(),
            "name_en" => self.edit_name_en(),
            "short_zh" => self.edit_short_zh(),
            "short_en" => self.edit_short_en(),
            "issuer_zh" => self.edit_issuer_zh(),
            "issuer_en" => self.edit_issuer_en(),
            "cadence" => self.edit_cadence(),
            "place" => self.edit_place(),
            "closing" => self.edit_closing_label(),
            "retired" => self.edit_retired(),
            "area" => self.edit_area(),
            "unit_zh" => self.edit_unit_zh(),
            "unit_en" => self.edit_unit_en(),
            "source_zh" => self.edit_source(),
            "measure" => self.edit_measure(),
            "direction" => self.edit_direction(),
            "scale" => self.edit_scale(),
            "fraction" => self.edit_fraction_label(),
            "needs_stage_ruling" => self.edit_needs_ruling_label(),
            "counts" => self.edit_counts(),
            "tasks" => self.edit_tasks(),
            "wording" => self.edit_wording(),
            "target" => self.edit_target(),
            "target_on" => self.edit_target_on(),
            "title_zh" => self.edit_title_zh(),
            "title_en" => self.edit_title_en(),
            "deliverable_zh" => self.edit_deliverable_zh(),
            "deliverable_en" => self.edit_deliverable_en(),
            "effect_zh" => self.edit_effect_zh(),
            "effect_en" => self.edit_effect_en(),
            "indicators" => self.edit_indicators(),
            "areas" => self.history_areas(),
            "sha256" => self.history_file_hash(),
            "kind" | "item_kind" => self.org_kind(),
            "parent" => self.org_parent(),
            "district" => self.org_district(),
            "added" => self.act_create(),
            other => self.audit_field(other),
        };
        words.to_owned()
    }

    /// A value of a state in words: those of closed lists are worded, the rest stays as it is.
    pub fn definition_value(self, field: &str, value: &str) -> String {
        let word = match (field, value) {
            (_, "") => return self.history_nothing().to_owned(),
            ("closing" | "retired" | "needs_stage_ruling" | "fraction", "true") => Some(self.yes()),
            ("closing" | "retired" | "needs_stage_ruling" | "fraction", "false") => Some(self.no()),
            ("cadence", word) => word.parse().ok().map(|cadence| self.cadence(cadence)),
            ("item_kind", word) => word.parse().ok().map(|kind| self.item_kind(kind)),
            ("measure", word) => word.parse().ok().map(|measure| self.measure(measure)),
            ("stage" | "value", word) if word.parse::<Stage>().is_ok() => word.parse().ok().map(|stage| self.stage(stage)),
            ("level", word) => word.parse().ok().map(|level| self.level(level)),
            ("provenance", word) => word.parse().ok().map(|provenance| self.provenance(provenance)),
            ("direction", word) => word.parse().ok().map(|direction| self.direction(direction)),
            ("kind", word) => {
                let organisation = word.parse().ok().map(|kind| self.organisation_kind(kind));
                organisation.or_else(|| word.parse().ok().map(|kind| self.ruling_kind(kind)))
            }
            _ => None,
        };
        word.unwrap_or(value).to_owned()
    }
}

/// With a capital at its beginning, for words that stand within a sentence elsewhere.
fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
