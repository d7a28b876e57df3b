//! Words of orders: why one is not opened or not closed yet.

use super::Text;
use crate::domain::{
    number::format_grouped,
    order_exit::{ClosingRefusal, OrderExit},
};

messages! {
    order_holds_already = "出口条件已经满足，不能开立督办整改单", "The exit holds already, so there is nothing to order";
    order_no_verdict = "出口条件已满足，尚待市教委认定", "The exit holds; the commission has not confirmed it yet";
    order_short_value(counted: &str, wanted: &str) = "已计入 {counted}，须达到 {wanted}", "{counted} of {wanted}";
    order_short_rank(counted: &str, wanted: &str) = "现为 {counted}，须降至 {wanted}", "{counted}, to come down to {wanted}";
    order_no_value(wanted: &str) = "尚无已采信的数据，须达到 {wanted}", "Nothing accepted yet; {wanted} wanted";
    order_short_stage(standing: &str, wanted: &str) = "现处于“{standing}”，须达到“{wanted}”", "At “{standing}”, to reach “{wanted}”";
    order_no_stage(wanted: &str) = "尚无已采信的阶段，须达到“{wanted}”", "No accepted stage yet; “{wanted}” wanted";
    order_open_milestone = "年度节点尚未完成", "The milestone is not done";
    order_no_document = "指定的文件尚未采信", "The named document is not accepted";
}

impl Text {
    /// Why an order is not closed, with what is missing; `scale` is that of the indicator.
    pub fn closing_refusal(self, refusal: &ClosingRefusal, scale: u8) -> String {
        let shown = |raw: i64| format_grouped(raw, scale);
        match *refusal {
            ClosingRefusal::NoVerdict => self.order_no_verdict().to_owned(),
            ClosingRefusal::Missing(exit) => match exit {
                OrderExit::Value { wanted, counted: None, .. } => self.order_no_value(&shown(wanted)),
                OrderExit::Value { wanted, counted: Some(counted), .. } if counted > wanted => {
                    self.order_short_rank(&shown(counted), &shown(wanted))
                }
                OrderExit::Value { wanted, counted: Some(counted), .. } => self.order_short_value(&shown(counted), &shown(wanted)),
                OrderExit::Stage { wanted, standing: None } => self.order_no_stage(self.stage(wanted)),
                OrderExit::Stage { wanted, standing: Some(standing) } => self.order_short_stage(self.stage(standing), self.stage(wanted)),
                OrderExit::Milestone { .. } => self.order_open_milestone().to_owned(),
                OrderExit::Document { .. } => self.order_no_document().to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::words::{Direction, Stage},
        i18n::Lang,
    };

    #[test]
    fn a_refusal_says_what_is_missing() {
        let value = |direction, wanted, counted| OrderExit::Value { direction, wanted, counted };
        for (exit, scale, zh, en) in [
            (value(Direction::Rising, 2, Some(1)), 0, "已计入 1，须达到 2", "1 of 2"),
            (value(Direction::Falling, 60, Some(107)), 0, "现为 107，须降至 60", "107, to come down to 60"),
            (value(Direction::Rising, 890, None), 1, "尚无已采信的数据，须达到 89.0", "Nothing accepted yet; 89.0 wanted"),
            (
                OrderExit::Stage { wanted: Stage::Recognised, standing: Some(Stage::Revoked) },
                0,
                "现处于“撤销”，须达到“认定”",
                "At “Revoked”, to reach “Recognised”",
            ),
            (OrderExit::Milestone { done_on: None }, 0, "年度节点尚未完成", "The milestone is not done"),
        ] {
            let refusal = ClosingRefusal::Missing(exit);
            assert_eq!(Text::new(Lang::Zh).closing_refusal(&refusal, scale), zh);
            assert_eq!(Text::new(Lang::En).closing_refusal(&refusal, scale), en);
        }
    }
}
