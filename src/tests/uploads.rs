//! Files that come with a report's form. Invariant: whatever goes wrong with a file, everything typed is there again, and the
//! page says what happened.

use axum::body::{Body, Bytes};
use futures_util::stream;

use crate::{
    fixtures::{Cast, add_small_plan},
    reader::{Reader, Sent},
    support::{Place, read_number, read_texts},
};

const PAGE: &str = "/p/songshan/reports/owed-a";
const EDGE: &str = "the-edge-of-a-form";
const MEGABYTE: usize = 1024 * 1024;

/// The owner of the first report that is owed.
async fn arrive(place: &Place) -> Reader {
    let cast = Cast::assemble(&place.db).await;
    add_small_plan(&place.db, &cast).await;
    Reader::sign_in(place, &cast.owner_a, "zh-CN").await
}

fn text_part(name: &str, value: &str) -> Bytes {
    format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into()
}

/// A PDF of a size, in pieces of a megabyte.
fn file_part(name: &str, megabytes: usize) -> Vec<Bytes> {
    let head = format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"file.\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7 {name}"
    );
    let piece = Bytes::from(vec![b'%'; MEGABYTE]);
    let mut pieces = vec![Bytes::from(head)];
    pieces.extend(std::iter::repeat_n(piece, megabytes));
    pieces.push(Bytes::from_static(b"\r\n"));
    pieces
}

fn ending() -> Bytes {
    format!("--{EDGE}--\r\n").into()
}

async fn send(reader: &Reader, pieces: Vec<Bytes>) -> Sent {
    let body = Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>)));
    reader.send_multipart(&format!("{PAGE}/form"), EDGE, body).await
}

stories! {
    async fn several_large_files_go_up_in_one_form(place: Place) {
        let owner = arrive(&place).await;
        let mut form = vec![text_part("version", "0"), text_part("narrative", "四份批复。")];
        for name in ["一.pdf", "二.pdf", "三.pdf", "四.pdf"] {
            form.extend(file_part(name, 19));
        }
        form.extend([text_part("problems", "没有。"), ending()]);
        let sent = send(&owner, form).await;
        assert!(sent.location.ends_with("?done=draft-saved"), "{sent:?}");
        let page = owner.read(&sent.location).await;
        for shown in ["一.pdf", "二.pdf", "三.pdf", "四.pdf", "四份批复。", "没有。", "每个不超过 20 MB，一次上传合计不超过 256 MB"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
    }

    async fn files_over_the_limit_together_leave_everything_else_saved(place: Place) {
        let owner = arrive(&place).await;
        let mut form = vec![text_part("version", "0"), text_part("narrative", "很多批复。")];
        form.extend(file_part("第一份.pdf", 1));
        form.extend(file_part("很大.pdf", 256));
        form.extend(file_part("最后.pdf", 1));
        form.extend([text_part("problems", "文件太多。"), text_part("intent", "submit"), ending()]);
        let sent = send(&owner, form).await;
        assert!(sent.status.is_redirection() && sent.location.contains("form="), "{sent:?}");
        let page = owner.read(&sent.location).await;
        for shown in ["合计超过 256 MB", "很多批复。", "文件太多。", "第一份.pdf"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("很大.pdf") && !page.contains("最后.pdf"), "{page}");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM submissions").await, 0, "nothing goes in without its files");
        assert_eq!(std::fs::read_dir(place.data_dir.join("evidence/incoming")).unwrap().count(), 0, "nothing is left behind");
    }

    async fn more_text_than_is_taken_comes_back_whole(place: Place) {
        let owner = arrive(&place).await;
        let long = format!("{}末尾。", "长".repeat(400_000));
        let form = vec![text_part("version", "0"), text_part("narrative", &long), text_part("problems", "太长。"), ending()];
        let sent = send(&owner, form).await;
        assert!(sent.status.is_redirection() && sent.location.contains("form="), "{sent:?}");
        let page = owner.open(&sent.location).await;
        assert!(page.contains("文字合计超过 1 MB"), "the page says so");
        assert!(page.contains(&long) && page.contains("太长。"), "everything typed is there again");
        assert_eq!(read_number(&place.db, "SELECT COUNT(*) FROM report_drafts").await, 0);
        assert!(!owner.open(PAGE).await.contains("末尾。"), "it comes back under its own address only");
    }

    async fn a_disk_that_takes_no_file_loses_no_text(place: Place) {
        let owner = arrive(&place).await;
        std::fs::write(place.data_dir.join("evidence"), "no folder").unwrap();
        let mut form = vec![text_part("version", "0"), text_part("narrative", "写好了。")];
        form.extend(file_part("批复.pdf", 1));
        form.push(ending());
        let sent = send(&owner, form).await;
        assert!(sent.status.is_redirection() && sent.location.contains("form="), "{sent:?}");
        let page = owner.read(&sent.location).await;
        assert!(page.contains("文件没有保存成功") && page.contains("写好了。") && !page.contains("批复.pdf"), "{page}");
        assert!(read_texts(&place.db, "SELECT fields FROM report_drafts").await[0].contains("写好了。"), "the draft is saved");
    }

    async fn a_form_that_breaks_off_brings_back_what_arrived(place: Place) {
        let owner = arrive(&place).await;
        send(&owner, vec![text_part("version", "0"), text_part("narrative", "旧。"), text_part("problems", "早就保存的。"), ending()]).await;
        let version = read_number(&place.db, "SELECT version FROM reports").await.to_string();
        let mut form = vec![text_part("version", &version), text_part("narrative", "新写的。")];
        form.extend(file_part("批复.pdf", 1).into_iter().take(2));
        let sent = send(&owner, form).await;
        assert!(sent.status.is_redirection() && sent.location.contains("form="), "{sent:?}");
        let page = owner.read(&sent.location).await;
        for shown in ["上传没有完成", "新写的。", "早就保存的。"] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(read_texts(&place.db, "SELECT fields FROM report_drafts").await.iter().all(|fields| fields.contains("旧。")));
    }
}
