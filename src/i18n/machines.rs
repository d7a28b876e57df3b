//! Words for what machines are refused; whoever wrote the machine reads them.

messages! {
    api_bad_parameter = "参数有误，没有返回任何数据。", "A parameter is wrong; nothing was read.";
    api_no_token = "请用 Authorization: Bearer 传入访问令牌，或先在浏览器中登录。", "Send a token with Authorization: Bearer, or sign in with a browser.";
    api_dead_token = "访问令牌无效、已过期或已撤销。请在“访问令牌”页面新建。", "The token is unknown, expired or revoked. Make a new one on the page of tokens.";
    api_scope(scope: &str) = "这个访问令牌没有“{scope}”权限。", "This token does not have the scope “{scope}”.";
    api_not_found = "没有这项内容，或者这个账号无权查看。", "There is no such thing, or this account may not see it.";
    api_method = "这里只能读取，请用 GET。", "This address is read with GET only.";
    api_internal = "系统出错，请稍后再试。", "Something failed on our side. Try again in a while.";
    api_unknown_parameter = "没有这个参数。", "There is no such parameter.";
    api_parameter_twice = "参数只能出现一次。", "A parameter can be given once only.";
    api_choice(offered: &str) = "应为：{offered}。", "One of: {offered}.";
    api_page = "页码是从 1 开始的整数。", "A page is a whole number from 1 on.";
    api_page_beyond(pages: i64) = "只有 {pages} 页。", "The last page is {pages}.";
}
