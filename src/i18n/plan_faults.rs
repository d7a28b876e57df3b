//! Words for the faults of a plan file. Each follows the name of its key: `task[12].indicators (4.7): …`.

use super::{Lang, Text};
use crate::domain::{calendar::DateError, fields::FieldProblem, number::NumberError};

messages! {
    file_fault_missing = "缺少", "is missing";
    file_fault_type(wanted: &str, found: &str) = "应为{wanted}，现在的值类型是 {found}", "is no {wanted} but a value of type {found}";
    file_fault_wanted_text = "文字", "text";
    file_fault_wanted_flag = "true 或 false", "true or false";
    file_fault_wanted_whole = "整数", "whole number";
    file_fault_wanted_table = "表", "table";
    file_fault_wanted_tables = "表的列表", "list of tables";
    file_fault_wanted_texts = "文字的列表", "list of texts";
    file_fault_empty = "为空", "is empty";
    file_fault_code(code: &str) = "“{code}”不能作代码：最多 40 个英文字母、数字、点和连字符", "`{code}` is no code: at most 40 letters, digits, points and dashes";
    file_fault_date(text: &str, why: &str) = "“{text}”不是日期：{why}", "`{text}` is no date: {why}";
    file_fault_instant(text: &str) = "“{text}”不是时刻，例如 2026-10-12T01:00:00.000Z", "`{text}` is no instant such as 2026-10-12T01:00:00.000Z";
    file_fault_future(text: &str) = "{text} 晚于现在", "{text} has not come yet";
    file_fault_instants(earlier: &str) = "早于记录时刻 {earlier}", "lies before it was recorded, {earlier}";
    file_fault_none_of(text: &str, known: &str) = "“{text}”不在 {known} 之列", "`{text}` is none of {known}";
    file_fault_number_type(found: &str) = "应为整数或 \"99.5\" 这样的文字，现在的值类型是 {found}", "is neither a whole number nor a text such as \"99.5\" but a value of type {found}";
    file_fault_number(text: &str, why: &str) = "“{text}”：{why}", "`{text}`: {why}";
    file_fault_no_table(found: &str) = "应为表，现在的值类型是 {found}", "is no table but a value of type {found}";
    file_fault_unknown_key = "没有这个项目", "is an unknown key";
    file_fault_before_first_day(date: &str, first: &str) = "{date} 早于第一天 {first}", "{date} lies before the first day, {first}";
    file_fault_time_zone(zone: &str) = "没有“{zone}”这个时区", "`{zone}` is no time zone";
    file_fault_scale(scale: i64, max: u8) = "{scale} 位小数；只能是 0 到 {max} 位", "{scale} decimal places; 0 to {max} are possible";
    file_fault_whole_units = "单元按整数计：0", "units are counted whole: 0";
    file_fault_before_plan(date: &str, first: &str) = "{date} 早于计划的第一天 {first}", "{date} lies before the plan's first day, {first}";
    file_fault_range = "低于 low", "lies below `low`";
    file_fault_end_stage(stage: &str) = "“{stage}”是终止阶段，不能从它起计入", "`{stage}` is an end, from which nothing counts";
    file_fault_counts_nothing = "没有计入任何认定事项", "counts nothing";
    file_fault_due(due: &str, start: &str) = "{due} 早于开始日期 {start}", "{due} lies before the start, {start}";
    file_fault_no_area(code: &str) = "没有主要任务 {code}", "there is no area {code}";
    file_fault_no_indicator(code: &str) = "没有指标 {code}", "there is no indicator {code}";
    file_fault_no_task(code: &str) = "没有任务 {code}", "there is no task {code}";
    file_fault_no_recognition(code: &str) = "没有认定事项 {code}", "there is no recognition {code}";
    file_fault_names_twice(code: &str) = "{code} 出现两次", "names {code} twice";
    file_fault_twice = "代码重复", "stands twice";
    file_fault_no_task_linked = "没有任务与它关联；每项指标至少关联一项任务", "no task is linked to it";
    file_fault_ruling(value: &str, kind: &str) = "“{value}”不能作为 {kind} 的认定", "`{value}` is no ruling of the kind {kind}";
    file_fault_unit_kind(here: &str, stored: &str) = "这里是 {here}，系统里是 {stored}；认定事项属于哪类单元不能改变", "is {here} here and {stored} in the database; what a recognition is for never changes";
    file_fault_plan_field(stored: &str) = "系统里是 {stored}，不能用文件修改", "is {stored} in the database and cannot be changed by file";
    file_fault_not_in_file = "文件里没有；文件不能删除内容", "is missing in the file; nothing is deleted by file";
    file_fault_indicator_area = "系统里是另一项；指标不随文件改换主要任务", "is another one in the database; an indicator keeps its area";
    file_fault_task_area = "系统里是另一项；任务不随文件改换主要任务", "is another one in the database; a task keeps its area";
    file_fault_measuring = "与系统里不同；指标的统计方式不能用文件修改", "is another one in the database; how an indicator is measured never changes";
    file_fault_unit(stored: &str) = "系统里是“{stored}”，并已有以它为单位记录的数据；计量单位不能再改", "is “{stored}” in the database, and numbers were recorded in it; the unit cannot be changed any more";
    file_fault_target = "与系统里不同：目标在系统里修订，不能用文件修改", "differs from the database: a target is revised in the product, not by file";
    file_fault_milestone = "与系统里不同：节点在系统里修订，不能用文件修改", "differs from the database: a milestone is revised in the product, not by file";
    file_fault_baseline = "与系统里不同：基数在系统里修订，不能用文件修改", "differs from the database: a baseline is revised in the product, not by file";
    file_fault_stage = "与系统里不同：计入阶段在系统里修订，不能用文件修改", "differs from the database: the counting stage is revised in the product, not by file";
    file_fault_basis = "与系统里不同：统计口径在系统里修订，不能用文件修改", "differs from the database: the basis is revised in the product, not by file";
    file_fault_rulings = "与系统里不同：口径在系统里认定，不能用文件修改", "differs from the database: a ruling is recorded in the product, not by file";
    file_fault_counts = "与系统里不同；指标计入什么不能用文件修改", "differs from the database; what an indicator counts cannot be changed by file";
    file_fault_time_limit = "与系统里不同：时限在系统里修订，不能用文件修改", "differs from the database: a time limit is revised in the product, not by file";
    file_fault_link(code: &str) = "文件里没有 {code}；文件不能解除关联", "{code} is missing in the file; no link is deleted by file";
    file_fault_retired = "与系统里不同：停用和恢复在系统里办理", "differs from the database: things are retired and used again in the product";
    file_fault_syntax(why: &str) = "不是 TOML：{why}", "is no TOML: {why}";
    file_fault_encoding = "不是 UTF-8 文字", "is no UTF-8 text";
    file_fault_zip(why: &str) = "压缩包无法读取：{why}", "the archive cannot be read: {why}";
    file_fault_too_large(megabytes: u64) = "超过 {megabytes} MB", "is larger than {megabytes} MB";
    file_fault_unknown_sheet = "计划的压缩包里没有这张表", "is no sheet of a plan";
    file_fault_csv(why: &str) = "不是 CSV：{why}", "is no CSV: {why}";
    file_fault_unknown_column = "这张表没有这一列", "is no column of this sheet";
    file_fault_cell_flag(text: &str) = "“{text}”应为 true 或 false", "`{text}` is neither true nor false";
    file_fault_cell_whole(text: &str) = "“{text}”应为整数", "`{text}` is no whole number";
    file_fault_value_missing(date: &str) = "文件里没有 {date} 的数值；文件不能删除内容", "that of {date} is missing in the file; nothing is deleted by file";
    file_fault_value_differs = "与系统里不同：数值在系统里更正，不能用文件修改", "differs from the database: a value is corrected in the product, not by file";
    file_fault_value_twice(date: &str) = "{date} 出现两次", "{date} stands twice";
    file_fault_not_above_zero = "应当大于 0", "is not above 0";
    file_fault_other_qualifier = "与 value 里的不同", "is another one than in `value`";
    file_fault_no_item(number: &str) = "这项任务没有第 {number} 个项目或里程碑", "the task has no project or milestone {number}";
    file_fault_item_number(number: i64) = "应为 {number}：按顺序编号", "is not {number}: they are numbered in their order";
    file_fault_no_project(code: &str) = "这项任务没有项目 {code}", "the task has no project {code}";
    file_fault_item = "与系统里不同：项目和里程碑在系统里修改，不能用文件修改", "differs from the database: projects and milestones are changed in the product, not by file";
    file_fault_fraction = "只有水平类指标可以分子分母记录", "only a level is kept as numerator and denominator";
    file_fault_rank = "排名越低越好：falling", "a rank is better the lower it is: falling";
    file_fault_district(name: &str) = "没有“{name}”这个区", "`{name}` is no district";
    file_fault_no_organisation(name: &str) = "文件和系统里都没有单位“{name}”", "neither the file nor the system has the organisation `{name}`";
    file_fault_parent_circle = "上级单位绕成了一圈", "organisations stand above each other in a circle";
    file_fault_second_commission = "只能有一个教育主管部门", "there is one commission already";
    file_fault_organisation_kind(stored: &str) = "系统里同名单位的类型是 {stored}，不能用文件修改", "the organisation of this name is {stored} in the database and cannot be changed by file";
    file_fault_party_twice = "出现两次", "stands twice";
    file_fault_second_lead = "这项任务已有牵头单位", "the task has a lead already";
    file_fault_no_roster = "这项指标不统计单元，没有认领和底数登记", "the indicator counts no units, so nothing is pledged for it and no stock taken";
    file_fault_pledge_year(year: i64) = "{year} 不在计划的年份之内", "{year} is no year of the plan";
    file_fault_pledge_quantity(quantity: i64, most: i64) = "{quantity} 不在 0 到 {most} 之间", "{quantity} does not lie within 0 to {most}";
    file_fault_retired_part = "这个单位已停用，不能承担新的任务", "the organisation is retired and takes no new part";
    file_fault_assignment = "与系统里不同：分工在系统里调整，不能用文件修改", "differs from the database: parts in tasks are changed in the product, not by file";
    file_fault_pledge = "与系统里不同：认领在系统里调整，不能用文件修改", "differs from the database: pledges are changed in the product, not by file";
    file_fault_stock_take = "与系统里不同：底数在系统里登记，不能用文件修改", "differs from the database: stock is taken in the product, not by file";
    file_fault_one_plan = "应当正好有一行", "wants exactly one row";
}

impl Text {
    /// Why a text is no date: in English as on the command line, in Chinese as in a form.
    pub fn file_fault_of_date(self, text: &str, error: DateError) -> String {
        let why = match self.lang {
            Lang::Zh => self.field_problem(&FieldProblem::Date(error)),
            Lang::En => error.to_string(),
        };
        self.file_fault_date(text, &why)
    }

    /// Why a text is no number.
    pub fn file_fault_of_number(self, text: &str, error: NumberError) -> String {
        let why = match self.lang {
            Lang::Zh => self.field_problem(&FieldProblem::Number(error)),
            Lang::En => error.to_string(),
        };
        self.file_fault_number(text, &why)
    }
}
