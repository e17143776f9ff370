//! The HTTP client: one connection for a request, and an answer exactly as it stood on the wire.
//!
//! The reason phrase is part of the interface under test, and the usual clients drop it. Redirects are not followed and
//! nothing is decoded but the transfer coding.

use std::io;
use std::time::Duration;

use http::Uri;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::error::{KitError, Stop};

const TIMEOUT: Duration = Duration::from_secs(60);
const HEAD_LIMIT: usize = 64 * 1024;

/// Knows where the server is.
#[derive(Debug, Clone)]
pub(super) struct Client {
    host: String,
    port: u16,
    /// The `Host` header.
    authority: String,
    /// The path of the base address, without a slash at its end.
    pub(super) prefix: String,
}

/// Holds an answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) reason: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Returns the values of a header, joined by commas.
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> =
            self.headers.iter().filter(|(k, _)| k.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Client {
    pub(super) fn new(base_url: &str) -> Result<Self, KitError> {
        let bad = || KitError::new(format!("the base address must be http://host:port/path, not {base_url}"));
        let uri: Uri = base_url.parse().map_err(|_| bad())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(bad)?;
        Ok(Self {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(80),
            authority: authority.as_str().to_owned(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    /// Sends one request and reads its answer.
    pub(super) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
    ) -> Result<Answer, Stop> {
        let mut request = self.head(method, path, headers, body)?;
        request.extend_from_slice(body.unwrap_or_default());
        let stream = TcpStream::connect((self.host.as_str(), self.port))
            .await
            .map_err(|error| Stop::Unreachable(format!("{}: {error}", self.authority)))?;
        let answer = tokio::time::timeout(TIMEOUT, exchange(stream, &request, method == "HEAD")).await;
        answer
            .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut)))
            .map_err(|error| Stop::Failed(format!("no usable answer: {error}")))
    }

    fn head(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<&[u8]>,
    ) -> Result<Vec<u8>, KitError> {
        if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(KitError::new(format!("cannot ask for the path {path:?}")));
        }
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: identity\r\n", self.authority);
        if body.is_some() || matches!(method, "POST" | "PUT" | "PATCH") {
            head.push_str(&format!("Content-Length: {}\r\n", body.map_or(0, <[u8]>::len)));
        }
        for (name, value) in headers {
            if value.contains(['\r', '\n']) {
                return Err(KitError::new(format!("the header {name} holds a line break")));
            }
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        head.chars()
            .map(|c| u8::try_from(c).map_err(|_| KitError::new(format!("{c:?} cannot stand in a header"))))
            .collect()
    }
}

async fn exchange(stream: TcpStream, request: &[u8], is_head: bool) -> io::Result<Answer> {
    let mut stream = BufReader::new(stream);
    match stream.get_mut().write_all(request).await {
        // The server may refuse a body before it has all of it.
        Err(error) if matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => {}
        other => other?,
    }
    let mut answer = read_head(&mut stream).await?;
    while answer.status == 100 {
        answer = read_head(&mut stream).await?;
    }
    if !is_head && !matches!(answer.status, 100..=199 | 204 | 304) {
        answer.body = read_body(&mut stream, &answer).await?;
    }
    Ok(answer)
}

async fn read_head(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Answer> {
    let status_line = read_line(stream).await?;
    let mut words = status_line.trim_start().splitn(3, ' ');
    let version = words.next().filter(|version| version.starts_with("HTTP/1."));
    let status = words.next().filter(|text| text.len() == 3).and_then(|text| text.parse().ok());
    let (Some(_), Some(status)) = (version, status) else {
        return Err(invalid(format!("bad status line {status_line:?}")));
    };
    let reason = words.next().unwrap_or_default().trim().to_owned();
    let (mut headers, mut size) = (Vec::new(), 0);
    loop {
        let line = read_line(stream).await?;
        if line.is_empty() {
            return Ok(Answer { status, reason, headers, body: Vec::new() });
        }
        size += line.len();
        let (name, value) = line
            .split_once(':')
            .filter(|(name, _)| !name.is_empty() && !name.contains(char::is_whitespace) && size <= HEAD_LIMIT)
            .ok_or_else(|| invalid(format!("bad header {line:?}")))?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

async fn read_body(stream: &mut (impl AsyncBufRead + Unpin), answer: &Answer) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if answer.header("Transfer-Encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = read_line(stream).await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| invalid(format!("bad chunk size {line:?}")))?;
            if size == 0 {
                while !read_line(stream).await?.is_empty() {}
                return Ok(body);
            }
            read_exactly(stream, size, &mut body).await?;
            if !read_line(stream).await?.is_empty() {
                return Err(invalid("a chunk is longer than it says".to_owned()));
            }
        }
    }
    match answer.header("Content-Length") {
        Some(length) => {
            let length = length.parse().map_err(|_| invalid(format!("bad Content-Length {length:?}")))?;
            read_exactly(stream, length, &mut body).await?;
        }
        None => {
            stream.read_to_end(&mut body).await?;
        }
    }
    Ok(body)
}

async fn read_exactly(stream: &mut (impl AsyncBufRead + Unpin), length: u64, body: &mut Vec<u8>) -> io::Result<()> {
    let read = stream.take(length).read_to_end(body).await?;
    if u64::try_from(read).is_ok_and(|read| read == length) {
        Ok(())
    } else {
        Err(invalid(format!("the body ends after {read} of {length} bytes")))
    }
}

/// Reads a line as ISO 8859-1, without its end.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<String> {
    let mut line = Vec::new();
    let limit = u64::try_from(HEAD_LIMIT).unwrap_or(u64::MAX);
    (&mut *stream).take(limit).read_until(b'\n', &mut line).await?;
    let Some(line) = line.strip_suffix(b"\n") else {
        return Err(invalid("the connection ends within a line".to_owned()));
    };
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Ok(line.iter().map(|byte| char::from(*byte)).collect())
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
