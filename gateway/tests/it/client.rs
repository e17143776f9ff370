//! A client that sees what is on the wire: the status line, all headers, the bytes of the body.

use std::net::SocketAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// An answer, as it came.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) reason: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn line(&self) -> (u16, &str) {
        (self.status, self.reason.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The body of an answer that came in chunks.
    pub(crate) fn unchunked(&self) -> String {
        let (mut rest, mut whole) = (self.body.as_str(), String::new());
        loop {
            let (length, after) = rest.split_once("\r\n").unwrap();
            let length = usize::from_str_radix(length, 16).unwrap();
            if length == 0 {
                return whole;
            }
            whole.push_str(&after[..length]);
            rest = &after[length + 2..];
        }
    }

    pub(crate) fn unchunked_json(&self) -> serde_json::Value {
        serde_json::from_str(&self.unchunked()).unwrap()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let mut status_line = lines.next()?.splitn(3, ' ');
        let (_, status, reason) = (status_line.next()?, status_line.next()?, status_line.next()?);
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Some(Self { status: status.parse().ok()?, reason: reason.to_owned(), headers, body: body.to_owned() })
    }
}

/// `Authorization: Basic …` as a line.
pub(crate) fn login(username: &str, key: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{username}:{key}")))
}

/// Whether an answer has come as far as its `Content-Length` says, as clients see it.
fn is_whole(bytes: &[u8]) -> bool {
    let Some(answer) = Answer::parse(bytes) else { return false };
    let length = answer.header("Content-Length").and_then(|text| text.parse().ok());
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n").map_or(0, |at| at + 4);
    length.is_some_and(|length: usize| length > 0 && bytes.len() - head >= length)
}

/// Sends bytes and reads all that comes back; `None` if that is no answer.
pub(crate) async fn raw(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has answered early may not take the rest.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    while !is_whole(&answer) && stream.read_buf(&mut answer).await.is_ok_and(|count| count > 0) {}
    Answer::parse(&answer)
}

/// A request with headers of its own.
pub(crate) async fn send(address: SocketAddr, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
    let host = if headers.contains("Host: ") { "" } else { "Host: x\r\n" };
    let mut request = format!("{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{headers}").into_bytes();
    if !body.is_empty() {
        request.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    raw(address, &request).await.unwrap_or_else(|| panic!("no answer to {method} {path}"))
}
