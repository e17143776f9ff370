//! A small client of the REST API: what a test sends, and the whole of what it gets.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use hyper::ext::ReasonPhrase;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use serde_json::Value;

/// A client with one API user's name and key.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
    credentials: Option<(String, String)>,
}

/// An answer with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The words after the status code, such as `Added`.
    pub reason: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Client {
    /// Makes a client for the API at `base_url`, which ends in `/registry`.
    pub fn new(base_url: &str, username: &str, key: &str) -> Self {
        let credentials = Some((username.to_owned(), key.to_owned()));
        Self { http: http_client(), base_url: base_url.trim_end_matches('/').to_owned(), credentials }
    }

    /// Gives a client that trusts the authorities in a file and no others.
    pub fn trusting(self, ca: &Path) -> Self {
        let pem = std::fs::read(ca).expect("the file can be read");
        let roots = reqwest::Certificate::from_pem_bundle(&pem).expect("there are certificates");
        // HTTP/2 has no phrases.
        let builder = http_builder().tls_certs_only(roots).http1_only();
        Self { http: builder.build().expect("an HTTP client can be built"), ..self }
    }

    /// Gives a client of the same API for another API user.
    pub fn with_credentials(&self, username: &str, key: &str) -> Self {
        Self { credentials: Some((username.to_owned(), key.to_owned())), ..self.clone() }
    }

    /// Gives a client of the same API that names no API user.
    pub fn anonymous(&self) -> Self {
        Self { credentials: None, ..self.clone() }
    }

    /// Sends GET; `path` is what follows the base URL, such as `co_people/1.json`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// Sends POST with a JSON document.
    pub async fn post(&self, path: &str, document: &Value) -> Answer {
        self.send(Method::POST, path, Some(("application/json", document.to_string().into_bytes()))).await
    }

    /// Sends PUT with a JSON document.
    pub async fn put(&self, path: &str, document: &Value) -> Answer {
        self.send(Method::PUT, path, Some(("application/json", document.to_string().into_bytes()))).await
    }

    /// Sends DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends any request, with a body of the given content type. No answer at all fails the test; see [`Self::try_send`].
    pub async fn send(&self, method: Method, path: &str, body: Option<(&str, Vec<u8>)>) -> Answer {
        let answer = self.try_send(method.clone(), path, body).await;
        answer.unwrap_or_else(|error| panic!("{method} {path} has no answer: {error:?}"))
    }

    /// Sends any request and gives the error when there is no answer, as there may be none while processes are killed.
    ///
    /// # Errors
    ///
    /// When the server cannot be reached, breaks off, or answers too late.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.request(method, path);
        if let Some((content_type, body)) = body {
            request = request.header(CONTENT_TYPE, content_type).body(body);
        }
        Answer::of(request.send().await?).await
    }

    /// Begins a request, for what the other functions cannot send or read.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}/{}", self.base_url, path.trim_start_matches('/')));
        match &self.credentials {
            Some((username, key)) => request.basic_auth(username, Some(key)),
            None => request,
        }
    }
}

impl Answer {
    /// Reads an answer to its end.
    ///
    /// # Errors
    ///
    /// When it breaks off.
    pub async fn of(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let status = response.status();
        let reason = match response.extensions().get::<ReasonPhrase>() {
            Some(reason) => String::from_utf8_lossy(reason.as_bytes()).into_owned(),
            None => status.canonical_reason().unwrap_or_default().to_owned(),
        };
        let headers = response.headers().clone();
        let body = response.bytes().await?.to_vec();
        Ok(Self { status: status.as_u16(), reason, headers, body })
    }

    /// Reads the body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    /// Reads the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Gives the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Checks the status code and shows the whole answer when it is another.
    #[track_caller]
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} {}", self.reason, self.text());
        self
    }
}

/// Makes an HTTP client that follows no redirect and uses no proxy: a test wants to see what the server says.
pub fn http_client() -> reqwest::Client {
    http_builder().build().expect("an HTTP client can be built")
}

#[expect(clippy::disallowed_methods, reason = "the one constructor of HTTP clients in tests")]
fn http_builder() -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    // Fails when the test has installed one already, which is as good.
    PROVIDER.call_once(|| _ = rustls::crypto::ring::default_provider().install_default());
    let builder = reqwest::Client::builder().timeout(Duration::from_secs(60)).no_proxy();
    builder.redirect(reqwest::redirect::Policy::none())
}
