//! Just enough HTTP/1.1 over a kept-alive connection to measure our own server.
//!
//! Invariant: a reply is read to its last byte before the next request goes out.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// A connection and what it has read so far.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    used: usize,
    body: Vec<u8>,
}

/// A whole reply, kept.
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body as it was sent, compressed or not.
    pub body: Vec<u8>,
}

impl Reply {
    /// The first header of that name (given in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 * 1024), used: 0, body: Vec::new() })
    }

    /// Sends a request and reads its reply; for loops, as it keeps nothing but the body's length.
    ///
    /// # Errors
    /// When the connection breaks or the reply is no HTTP.
    pub fn exchange(&mut self, request: &[u8]) -> Result<(u16, usize)> {
        self.stream.write_all(request)?;
        let head = self.read_head()?;
        Ok((head.status, self.body.len()))
    }

    /// Sends a request and keeps the whole reply.
    ///
    /// # Errors
    /// As [`Connection::exchange`].
    pub fn fetch(&mut self, request: &[u8]) -> Result<Reply> {
        self.stream.write_all(request)?;
        let head = self.read_head()?;
        let headers = head.text.lines().skip(1).filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Ok(Reply { status: head.status, headers, body: std::mem::take(&mut self.body) })
    }

    fn read_head(&mut self) -> Result<Head> {
        self.buffer.drain(..self.used);
        self.used = 0;
        let end = loop {
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at;
            }
            self.read_more()?;
        };
        self.used = end + 4;
        let head = Head::parse(&self.buffer[..end])?;
        self.body.clear();
        match head.length {
            _ if head.status == 304 || head.status == 204 => {}
            Some(length) => self.read_body(length)?,
            None if head.chunked => self.read_chunks()?,
            None => bail!("a reply without a length"),
        }
        Ok(head)
    }

    fn read_body(&mut self, length: usize) -> Result<()> {
        while self.buffer.len() - self.used < length {
            self.read_more()?;
        }
        self.body.extend_from_slice(&self.buffer[self.used..self.used + length]);
        self.used += length;
        Ok(())
    }

    fn read_chunks(&mut self) -> Result<()> {
        loop {
            let line = loop {
                if let Some(at) = find(&self.buffer[self.used..], b"\r\n") {
                    break at;
                }
                self.read_more()?;
            };
            let size = std::str::from_utf8(&self.buffer[self.used..self.used + line])?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default().trim(), 16)?;
            self.used += line + 2;
            self.read_body(size)?;
            while self.buffer.len() - self.used < 2 {
                self.read_more()?;
            }
            self.used += 2;
            if size == 0 {
                return Ok(());
            }
        }
    }

    fn read_more(&mut self) -> Result<()> {
        let before = self.buffer.len();
        self.buffer.resize(before + 32 * 1024, 0);
        let read = self.stream.read(&mut self.buffer[before..]);
        self.buffer.truncate(before + read.as_ref().map_or(0, |count| *count));
        ensure!(read? > 0, "the server closed the connection");
        Ok(())
    }
}

struct Head {
    status: u16,
    length: Option<usize>,
    chunked: bool,
    text: String,
}

impl Head {
    fn parse(bytes: &[u8]) -> Result<Self> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let status = text.get(9..12).and_then(|digits| digits.parse().ok()).context("not an HTTP reply")?;
        let mut head = Self { status, length: None, chunked: false, text: String::new() };
        for (name, value) in text.lines().skip(1).filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                head.length = Some(value.trim().parse()?);
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                head.chunked = value.trim().eq_ignore_ascii_case("chunked");
            }
        }
        head.text = text;
        Ok(head)
    }
}

/// A GET request; `extra` are whole header lines, each ending in CR LF.
pub fn get(address: SocketAddr, path: &str, extra: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: text/html,*/*\r\n{extra}\r\n").into_bytes()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::{Connection, get};

    #[test]
    fn reads_replies_with_a_length_in_chunks_and_without_a_body_one_after_another() -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let server = std::thread::spawn(move || -> std::io::Result<()> {
            let (mut stream, _) = listener.accept()?;
            for reply in [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Note: a: b\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n",
            ] {
                let _ = stream.read(&mut [0; 1024])?;
                stream.write_all(reply.as_bytes())?;
            }
            Ok(())
        });
        let mut connection = Connection::open(address)?;
        let request = get(address, "/", "");
        let first = connection.fetch(&request)?;
        assert_eq!((first.status, first.body.as_slice(), first.header("x-note")), (200, &b"hello"[..], Some("a: b")));
        assert_eq!(connection.fetch(&request)?.body, b"abcde");
        assert_eq!(connection.exchange(&request)?, (304, 0));
        assert!(server.join().is_ok_and(|result| result.is_ok()));
        Ok(())
    }
}
