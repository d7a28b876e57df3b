//! Words for the faults of a plan file. Each follows the name of its key: `task[12].indicators (4.7): …`.

use super::{Lang, Text};
use crate::domain::{calendar::DateError, fields::FieldProblem, number::NumberError};

messages! {
    fault_missing = "缺少", "is missing";
    fault_type(wanted: &str, found: &str) = "应为{wanted}，现在的值类型是 {found}", "is no {wanted} but a value of type {found}";
    fault_wanted_text = "文字", "text";
    fault_wanted_flag = "true 或 false", "true or false";
    fault_wanted_whole = "整数", "whole number";
    fault_wanted_table = "表", "table";
    fault_wanted_tables = "表的列表", "list of tables";
    fault_wanted_texts = "文字的列表", "list of texts";
    fault_empty = "为空", "is empty";
    fault_code(code: &str) = "“{code}”不能作代码：最多 40 个英文字母、数字、点和连字符", "`{code}` is no code: at most 40 letters, digits, points and dashes";
    fault_date(text: &str, why: &str) = "“{text}”不是日期：{why}", "`{text}` is no date: {why}";
    fault_instant(text: &str) = "“{text}”不是时刻，例如 2026-10-12T01:00:00.000Z", "`{text}` is no instant such as 2026-10-12T01:00:00.000Z";
    fault_future(text: &str) = "{text} 晚于现在", "{text} has not come yet";
    fault_instants(earlier: &str) = "早于记录时刻 {earlier}", "lies before it was recorded, {earlier}";
    fault_none_of(text: &str, known: &str) = "“{text}”不在 {known} 之列", "`{text}` is none of {known}";
    fault_number_type(found: &str) = "应为整数或 \"99.5\" 这样的文字，现在的值类型是 {found}", "is neither a whole number nor a text such as \"99.5\" but a value of type {found}";
    fault_number(text: &str, why: &str) = "“{text}”：{why}", "`{text}`: {why}";
    fault_no_table(found: &str) = "应为表，现在的值类型是 {found}", "is no table but a value of type {found}";
    fault_unknown_key = "没有这个项目", "is an unknown key";
    fault_before_first_day(date: &str, first: &str) = "{date} 早于第一天 {first}", "{date} lies before the first day, {first}";
    fault_time_zone(zone: &str) = "没有“{zone}”这个时区", "`{zone}` is no time zone";
    fault_scale(scale: i64, max: u8) = "{scale} 位小数；只能是 0 到 {max} 位", "{scale} decimal places; 0 to {max} are possible";
    fault_whole_units = "单元按整数计：0", "units are counted whole: 0";
    fault_before_plan(date: &str, first: &str) = "{date} 早于计划的第一天 {first}", "{date} lies before the plan's first day, {first}";
    fault_range = "低于 low", "lies below `low`";
    fault_end_stage(stage: &str) = "“{stage}”是终止阶段，不能从它起计入", "`{stage}` is an end, from which nothing counts";
    fault_counts_nothing = "没有计入任何认定事项", "counts nothing";
    fault_due(due: &str, start: &str) = "{due} 早于开始日期 {start}", "{due} lies before the start, {start}";
    fault_no_area(code: &str) = "没有主要任务 {code}", "there is no area {code}";
    fault_no_indicator(code: &str) = "没有指标 {code}", "there is no indicator {code}";
    fault_no_task(code: &str) = "没有任务 {code}", "there is no task {code}";
    fault_no_recognition(code: &str) = "没有认定事项 {code}", "there is no recognition {code}";
    fault_names_twice(code: &str) = "{code} 出现两次", "names {code} twice";
    fault_twice = "代码重复", "stands twice";
    fault_no_task_linked = "没有任务与它关联；每项指标至少关联一项任务", "no task is linked to it";
    fault_ruling(value: &str, kind: &str) = "“{value}”不能作为 {kind} 的认定", "`{value}` is no ruling of the kind {kind}";
    fault_unit_kind(here: &str, stored: &str) = "这里是 {here}，系统里是 {stored}；认定事项属于哪类单元不能改变", "is {here} here and {stored} in the database; what a recognition is for never changes";
    fault_plan_field(stored: &str) = "系统里是 {stored}，不能用文件修改", "is {stored} in the database and cannot be changed by file";
    fault_not_in_file = "文件里没有；文件不能删除内容", "is missing in the file; nothing is deleted by file";
    fault_indicator_area = "系统里是另一项；指标不随文件改换主要任务", "is another one in the database; an indicator keeps its area";
    fault_task_area = "系统里是另一项；任务不随文件改换主要任务", "is another one in the database; a task keeps its area";
    fault_measuring = "与系统里不同；指标的统计方式不能用文件修改", "is another one in the database; how an indicator is measured never changes";
    fault_target = "与系统里不同：目标在系统里修订，不能用文件修改", "differs from the database: a target is revised in the product, not by file";
    fault_milestone = "与系统里不同：节点在系统里修订，不能用文件修改", "differs from the database: a milestone is revised in the product, not by file";
    fault_baseline = "与系统里不同：基数在系统里修订，不能用文件修改", "differs from the database: a baseline is revised in the product, not by file";
    fault_stage = "与系统里不同：计入阶段在系统里修订，不能用文件修改", "differs from the database: the counting stage is revised in the product, not by file";
    fault_basis = "与系统里不同：统计口径在系统里修订，不能用文件修改", "differs from the database: the basis is revised in the product, not by file";
    fault_rulings = "与系统里不同：口径在系统里认定，不能用文件修改", "differs from the database: a ruling is recorded in the product, not by file";
    fault_counts = "与系统里不同；指标计入什么不能用文件修改", "differs from the database; what an indicator counts cannot be changed by file";
    fault_time_limit = "与系统里不同：时限在系统里修订，不能用文件修改", "differs from the database: a time limit is revised in the product, not by file";
    fault_link(code: &str) = "文件里没有 {code}；文件不能解除关联", "{code} is missing in the file; no link is deleted by file";
    fault_retired = "与系统里不同：停用和恢复在系统里办理", "differs from the database: things are retired and used again in the product";
    fault_syntax(why: &str) = "不是 TOML：{why}", "is no TOML: {why}";
    fault_encoding = "不是 UTF-8 文字", "is no UTF-8 text";
    fault_zip(why: &str) = "压缩包无法读取：{why}", "the archive cannot be read: {why}";
    fault_too_large(megabytes: u64) = "超过 {megabytes} MB", "is larger than {megabytes} MB";
    fault_unknown_sheet = "计划的压缩包里没有这张表", "is no sheet of a plan";
    fault_csv(why: &str) = "不是 CSV：{why}", "is no CSV: {why}";
    fault_unknown_column = "这张表没有这一列", "is no column of this sheet";
    fault_cell_flag(text: &str) = "“{text}”应为 true 或 false", "`{text}` is neither true nor false";
    fault_cell_whole(text: &str) = "“{text}”应为整数", "`{text}` is no whole number";
    fault_one_plan = "应当正好有一行", "wants exactly one row";
}

impl Text {
    /// Why a text is no date: in English as on the command line, in Chinese as in a form.
    pub fn fault_of_date(self, text: &str, error: DateError) -> String {
        let why = match self.lang {
            Lang::Zh => self.field_problem(&FieldProblem::Date(error)),
            Lang::En => error.to_string(),
        };
        self.fault_date(text, &why)
    }

    /// Why a text is no number.
    pub fn fault_of_number(self, text: &str, error: NumberError) -> String {
        let why = match self.lang {
            Lang::Zh => self.field_problem(&FieldProblem::Number(error)),
            Lang::En => error.to_string(),
        };
        self.fault_number(text, &why)
    }
}
