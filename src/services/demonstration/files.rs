//! Files of evidence for the demonstration. Invariant: each is a valid PDF of one page that says it is made up.

use std::{fmt::Write as _, path::Path};

use crate::services::{
    ServiceError,
    evidence::{Received, Receiver},
    moment::Moment,
};

/// What the pages say beside that they are made up.
const TITLES: [&str; 6] = ["认定文件", "验收意见", "会议纪要", "建设方案", "评审结论", "现场记录"];

/// Keeps the files in the data folder.
pub async fn keep_files(data_dir: &Path, now: Moment) -> Result<Vec<Received>, ServiceError> {
    let mut kept = Vec::with_capacity(TITLES.len());
    for title in TITLES {
        let mut receiver = Receiver::begin(data_dir, now).await?;
        receiver.take(&make_pdf(&[&format!("演示材料：{title}"), "内容均为虚构，仅供演示。", "Demonstration only: made up."])).await?;
        kept.push(receiver.finish(data_dir, "demonstration.pdf").await?);
    }
    Ok(kept)
}

/// A page of A4 with lines of text, in a font that every reader brings for Chinese.
fn make_pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = String::from("BT /F1 22 Tf 72 740 Td 40 TL");
    for line in lines {
        let hex = line.encode_utf16().fold(String::new(), |mut hex, unit| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{unit:04X}");
            hex
        });
        let _ = write!(text, " <{hex}> Tj T*");
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light \
         /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::with_capacity(objects.len());
    for (number, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        let _ = write!(pdf, "{} 0 obj\n{object}\nendobj\n", number + 1);
    }
    let start = pdf.len();
    let _ = write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(pdf, "{place:010} 00000 n ");
    }
    let _ = write!(pdf, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    pdf.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_file_says_where_its_objects_are() {
        let pdf = String::from_utf8(make_pdf(&["演示", "x"])).unwrap();
        let start: usize = pdf.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
        let table = &pdf[start..];
        assert!(table.starts_with("xref\n0 8\n"));
        for (number, line) in table.lines().skip(3).take(7).enumerate() {
            let place: usize = line[..10].parse().unwrap();
            assert!(pdf[place..].starts_with(&format!("{} 0 obj\n", number + 1)), "object {}", number + 1);
        }
        assert!(pdf.contains("<6F14793A>"), "演示 in UTF-16");
    }
}
