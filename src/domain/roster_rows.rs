//! Rows of the roster as tables bring them: their columns, and what may be wrong with one. Invariant: a fault names its line and its
//! column, and its reason as a type, which the interface words.

use super::{fields::FieldProblem, text_enum::text_enum};

text_enum! {
    /// A column of the table.
    pub enum Column {
        /// The kind of unit; may be left out, since the recognition decides.
        Kind = "kind",
        /// The unit's code.
        Code = "code",
        /// The unit's name.
        Name = "name",
        /// Who holds it.
        Holder = "holder",
        /// Its district; empty: the holder's.
        District = "district",
        /// What it is recognised as.
        Recognition = "recognition",
        /// At which level.
        Level = "level",
        /// The stage it reached.
        Stage = "stage",
        /// When.
        Date = "date",
        /// The document that says so.
        Document = "document",
    }
}

impl Column {
    /// Whether every row needs it.
    pub const fn is_required(self) -> bool {
        !matches!(self, Self::Kind | Self::Code | Self::District | Self::Level)
    }

    /// Its head in Chinese.
    pub const fn head_zh(self) -> &'static str {
        match self {
            Self::Kind => "类别",
            Self::Code => "代码",
            Self::Name => "名称",
            Self::Holder => "所属单位",
            Self::District => "所在区",
            Self::Recognition => "认定事项",
            Self::Level => "级别",
            Self::Stage => "阶段",
            Self::Date => "日期",
            Self::Document => "文号",
        }
    }

    /// The column with a head, in English or Chinese.
    pub fn find(head: &str) -> Option<Self> {
        let head = head.trim().trim_start_matches('\u{feff}').to_lowercase();
        let found = match head.as_str() {
            "类别" | "单元类别" => Self::Kind,
            "代码" | "编号" => Self::Code,
            "名称" | "单元名称" => Self::Name,
            "所属单位" | "持有单位" | "单位" => Self::Holder,
            "区" | "所在区" => Self::District,
            "认定事项" => Self::Recognition,
            "级别" => Self::Level,
            "阶段" => Self::Stage,
            "日期" | "达到日期" | "阶段日期" => Self::Date,
            "文号" | "文件" => Self::Document,
            word => return word.parse().ok(),
        };
        Some(found)
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFault {
    /// A cell is not valid.
    Field(FieldProblem),
    /// No organisation has this name, or several have.
    NoOrganisation,
    /// The name or code belongs to a unit of somebody else.
    TakenBy {
        /// Who holds it.
        holder: String,
    },
    /// A submitted report holds the name or code.
    HeldByReport,
    /// The roster says something else of this unit.
    RosterSays {
        /// What it says; empty for nothing.
        recorded: String,
    },
    /// An earlier line says something else of this unit.
    LineSays {
        /// Which line.
        line: u64,
        /// What it says; empty for nothing.
        value: String,
    },
    /// An earlier line is the same.
    SameAs {
        /// Which line.
        line: u64,
    },
    /// A merger names the unit it goes into, which a table cannot.
    MergerByHand,
    /// The row has another number of cells than the head.
    CellCount {
        /// Its cells.
        cells: usize,
        /// Columns of the head.
        columns: usize,
    },
    /// The head names no such column.
    UnknownColumn,
    /// The head names the column twice.
    ColumnTwice,
    /// The head lacks the column.
    ColumnMissing,
    /// The cell is not UTF-8.
    NotUtf8,
    /// The quotes of the table do not close.
    Unreadable,
    /// There is no row below the head.
    NoRows,
}

/// A fault with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineFault {
    /// The line, from 1.
    pub line: u64,
    /// The column as it is headed; empty where the whole line is at fault.
    pub column: String,
    /// What is wrong.
    pub fault: RowFault,
}

impl LineFault {
    /// A fault at a column.
    pub fn new(line: u64, column: Column, fault: RowFault) -> Self {
        Self { line, column: column.as_str().to_owned(), fault }
    }

    /// A fault of a whole line.
    pub fn of_line(line: u64, fault: RowFault) -> Self {
        Self { line, column: String::new(), fault }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_understood_in_both_languages() {
        for (head, column) in [
            ("name", Some(Column::Name)),
            (" Name ", Some(Column::Name)),
            ("\u{feff}类别", Some(Column::Kind)),
            ("所属单位", Some(Column::Holder)),
            ("文号", Some(Column::Document)),
            ("备注", None),
            ("", None),
        ] {
            assert_eq!(Column::find(head), column, "{head}");
        }
        let required: Vec<&str> = Column::ALL.iter().filter(|column| column.is_required()).map(|column| column.as_str()).collect();
        assert_eq!(required, ["name", "holder", "recognition", "stage", "date", "document"]);
    }
}
