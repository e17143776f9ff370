//! How the commands call the REST API: address, login, pages, how long an answer may be silent, a server that is away.

use std::{net::IpAddr, time::Duration};

use reqwest::{Method, Response, Url, header};
use serde_json::Value;
use service_kit::config::{ConfigError, Secret};

use crate::remote::{Failure, record::harmless};

/// Records that are read at a time: a plan of one may ask the target.
const PAGE: u32 = 100;
/// How long nothing may come of an answer: a page of plans asks the target a hundred times.
const SILENCE: Duration = Duration::from_secs(300);

/// Why there is no answer to go on with.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The server, or something behind it, is away; it may come back.
    #[error("{0}")]
    Away(String),
    /// The server refused.
    #[error("{0}")]
    Refused(String),
}

/// A server, and who asks it.
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    user: String,
    key: Secret,
}

/// An answer that is no refusal.
pub(super) struct Answer {
    /// Its document; null where there is none.
    pub(super) document: Value,
    /// The tag of a record.
    pub(super) tag: Option<String>,
    /// What `after` is to be for the next page, if there is one.
    after: Option<String>,
}

impl Client {
    /// A client of the server at an address, with or without the `/registry` at its end.
    ///
    /// # Errors
    /// If it is no address.
    #[expect(clippy::disallowed_methods, reason = "the one constructor of clients of the API")]
    pub(super) fn new(url: &str, user: String, key: Secret) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            ConfigError(format!("The address of the server must be such as http://127.0.0.1:8080, not \"{url}\"{why}."))
        };
        let base: Url = format!("{}/", url.trim_end_matches('/')).parse().map_err(|_| wrong(""))?;
        if !matches!(base.scheme(), "http" | "https") || !base.username().is_empty() || base.password().is_some() {
            return Err(wrong("; user and key are said otherwise").into());
        }
        // A second installation in one process keeps the first.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let mut http = reqwest::Client::builder();
        if is_of_this_machine(&base) {
            // A proxy that the environment names would see the key, and asks its own machine.
            http = http.no_proxy();
        }
        let http = http
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("cohort/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, base, user, key })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Answer, Trouble> {
        self.send(Method::GET, path, &Value::Null, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Answer, Trouble> {
        self.send(Method::POST, path, body, None).await
    }

    pub(super) async fn delete(&self, path: &str) -> Result<Answer, Trouble> {
        self.send(Method::DELETE, path, &Value::Null, None).await
    }

    /// An edit of what has a tag still.
    pub(super) async fn put(&self, path: &str, body: &Value, tag: Option<&str>) -> Result<Answer, Trouble> {
        self.send(Method::PUT, path, body, tag).await
    }

    /// The one record of a view.
    pub(super) async fn view(&self, path: &str, plural: &str) -> Result<Answer, Trouble> {
        let mut answer = self.get(path).await?;
        answer.document = records(&mut answer.document, plural)?.pop().ok_or_else(|| strange("an empty list"))?;
        Ok(answer)
    }

    /// The records of a list after the page that ended with `after`, and what is `after` for those that follow.
    pub(super) async fn page(
        &self,
        method: Method,
        path: &str,
        plural: &str,
        after: Option<&str>,
    ) -> Result<(Vec<Value>, Option<String>), Trouble> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let mut path = format!("{path}{sign}limit={PAGE}");
        if let Some(after) = after {
            path.push_str(&format!("&after={after}"));
        }
        let mut answer = self.send(method, &path, &Value::Null, None).await?;
        Ok((records(&mut answer.document, plural)?, answer.after))
    }

    async fn send(&self, method: Method, path: &str, body: &Value, tag: Option<&str>) -> Result<Answer, Trouble> {
        let url = self.base.join(path).map_err(|_| strange("no path"))?;
        let mut request = self.http.request(method, url).basic_auth(&self.user, Some(self.key.reveal()));
        if !body.is_null() {
            request = request.json(body);
        }
        if let Some(tag) = tag {
            request = request.header(header::IF_MATCH, tag);
        }
        let response = request.send().await.map_err(|error| self.away(error))?;
        let status = response.status();
        let named = |name: header::HeaderName| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let (tag, link) = (named(header::ETAG), named(header::LINK));
        let document = self.read(response).await?;
        if status.is_success() {
            return Ok(Answer { document, tag, after: link.as_deref().and_then(after) });
        }
        let sentence = harmless(&sentence_of(&document).unwrap_or_else(|| format!("The server answered {status}.")));
        Err(if status.as_u16() == 503 { Trouble::Away(sentence) } else { Trouble::Refused(sentence) })
    }

    async fn read(&self, response: Response) -> Result<Value, Trouble> {
        let status = response.status();
        let bytes = response.bytes().await.map_err(|error| self.away(error))?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|_| {
            Trouble::Refused(format!("{} answered {status}, and not as Cohort does. Check the address.", self.base))
        })
    }

    fn away(&self, error: reqwest::Error) -> Trouble {
        let error = error.without_url();
        let mut cause = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(inner) = source {
            cause = inner.to_string();
            source = inner.source();
        }
        let what = if error.is_connect() { "cannot be reached" } else { "broke off" };
        Trouble::Away(format!("The server {} {what}: {cause}.", self.base))
    }
}

/// Whether an address is one of this machine, to which no proxy leads.
fn is_of_this_machine(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

fn records(document: &mut Value, plural: &str) -> Result<Vec<Value>, Trouble> {
    match document.get_mut(plural).map(Value::take) {
        Some(Value::Array(records)) => Ok(records),
        _ => Err(strange(plural)),
    }
}

fn strange(what: &str) -> Trouble {
    Trouble::Refused(format!("The server's answer cannot be understood ({what}); its version may be another one."))
}

/// `after` of the address of the next page.
fn after(link: &str) -> Option<String> {
    let (address, rest) = link.strip_prefix('<')?.split_once('>')?;
    let (_, query) = address.split_once('?')?;
    let after = query.split('&').find_map(|pair| pair.strip_prefix("after="))?;
    rest.contains("next").then(|| after.to_owned())
}

/// What an error says, on one line.
fn sentence_of(document: &Value) -> Option<String> {
    if let Some(Value::Object(fields)) = document.get("InvalidFields") {
        let wrong = fields.iter().flat_map(|(field, sentences)| {
            let sentences = sentences.as_array().into_iter().flatten().filter_map(Value::as_str);
            sentences.map(move |sentence| format!("{field}: {sentence}"))
        });
        return Some(wrong.collect::<Vec<_>>().join("; "));
    }
    document.get("Error").and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_next_page_is_where_the_link_says() {
        let link = "</registry/co_provisioning_targets/plan/4/coid:2.json?limit=100&after=copersonid:42>; rel=\"next\"";
        assert_eq!(after(link).as_deref(), Some("copersonid:42"));
        assert_eq!(after("</registry/cos.json>; rel=\"next\""), None);
    }

    #[test]
    fn errors_are_one_line() {
        let wrong =
            json!({ "InvalidFields": { "configuration": ["LogFile is missing.", "X is no key."], "status": ["No."] } });
        let said = "configuration: LogFile is missing.; configuration: X is no key.; status: No.";
        assert_eq!(sentence_of(&wrong).as_deref(), Some(said));
        assert_eq!(sentence_of(&json!({ "Error": "COU Unknown: No." })).as_deref(), Some("COU Unknown: No."));
        assert_eq!(sentence_of(&json!([])), None);
    }

    #[test]
    fn addresses_of_this_machine_are_known() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/", true),
            ("http://[::1]:8080/", true),
            ("https://LOCALHOST/cohort/", true),
            ("http://localhost.example/", false),
            ("http://192.0.2.1/", false),
            ("http://[2001:db8::1]/", false),
        ] {
            assert_eq!(is_of_this_machine(&url.parse().unwrap()), expected, "{url}");
        }
    }

    #[test]
    fn an_address_holds_no_key() {
        for wrong in ["127.0.0.1:8080", "ftp://x", "http://admin:key@x", "nonsense"] {
            assert!(Client::new(wrong, String::new(), Secret::default()).is_err(), "{wrong}");
        }
        let client = Client::new("https://x/cohort/registry/", String::new(), Secret::default()).unwrap();
        assert_eq!(client.base.join("cos.json").unwrap().as_str(), "https://x/cohort/registry/cos.json");
    }
}
