//! Words of the two clocks: which day is shown, as known when, and what was accepted since.

use super::{Lang, Text};

messages! {
    as_of_past(day: &str) = "这是截至 {day} 的情况，按现在已采信的数据计算。", "This is the state as of {day}, from what is accepted now.";
    as_of_future(day: &str) = "{day} 还没有到：应达数按该日计算，实际数是目前已采信的。", "{day} is still to come: what is due is that day's, what is counted is accepted so far.";
    as_of_shows_today = "现在显示的是今天的情况。", "Today is shown instead.";
    known_at_summary = "按当时已知", "As known on…";
    known_at_label = "当时已知截至", "Known at the end of";
    known_at_hint = "只算到那一天结束时已经采信的数据。留空为现在。", "Counts only what was accepted by the end of that day. Empty: now.";
    known_at_shows_now = "现在按目前已采信的数据显示。", "What is accepted now is shown instead.";
    known_past(day: &str, known: &str) = "这是截至 {day} 的情况，按 {known} 结束时已知的数据计算。", "This is the state as of {day}, as known at the end of {known}.";
    known_namesakes_left_out = "同名单元只能按现在查看，所以这里不列。", "Units of the same name can be seen as they stand now only, so none is listed.";
    known_loops_left_out = "当时的填报与闭环情况没有留存，只能按现在查看。", "How reports and loops stood then is not kept; they can be seen as they stand now only.";
    loops_stay_now = "填报、审核与闭环为当前情况。", "Reports, reviews and loops are as they stand now.";
    known_nothing_title = "当时还没有这项记录", "Not recorded yet on that day";
    known_nothing_lead(known: &str) = "到 {known} 结束时，系统里还没有这项内容。", "At the end of {known} this was not recorded yet.";
    known_no_indicators_lead = "当时行动计划还没有录入。请换一个较晚的日期，或按现在已知查看。", "The plan was not recorded by then. Choose a later day, or see what is known now.";
    back_to_now = "按现在已知查看", "See what is known now";
}

impl Text {
    /// How much was accepted after the day that is shown: "1 entry accepted since".
    pub fn entries_since(self, count: i64) -> String {
        match (self.lang, count) {
            (Lang::Zh, _) => format!("此后又采信 {count} 条。"),
            (Lang::En, 1) => "1 entry accepted since.".to_owned(),
            (Lang::En, _) => format!("{count} entries accepted since."),
        }
    }

    /// A past day as it is known now, with how much of it was accepted only later.
    pub fn as_of_past_since(self, day: &str, count: i64) -> String {
        match (self.lang, count) {
            (Lang::Zh, _) => format!("这是截至 {day} 的情况，其中 {count} 条是在该日之后采信的。"),
            (Lang::En, 1) => format!("This is the state as of {day}; 1 entry accepted since."),
            (Lang::En, _) => format!("This is the state as of {day}; {count} entries accepted since."),
        }
    }
}
