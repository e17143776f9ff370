//! The checks that need no server: every user, variable, matcher, path and pattern that a step names is known.

use std::collections::HashSet;

use super::error::KitError;
use super::json::Json;
use super::matcher;
use super::scope::{built_in, names_in};
use super::step::{Request, Sender, Step};

/// Holds the names that a step may use.
#[derive(Debug, Clone, Default)]
pub(super) struct Known {
    pub(super) variables: HashSet<String>,
    pub(super) users: HashSet<String>,
}

impl Known {
    /// Checks one step, given with its JSON text, and adds what it captures.
    pub(super) fn check(&mut self, step: &Step, text: &str) -> Result<(), KitError> {
        for name in names_in(text) {
            if !self.variables.contains(name) && built_in(name).is_none() {
                return Err(KitError::new(format!("unknown variable ${{{name}}}")));
            }
        }
        match step {
            Step::Sleep { seconds } => check_seconds(*seconds),
            Step::Set { variables } => {
                self.variables.extend(variables.iter().map(|(name, _)| name.clone()));
                Ok(())
            }
            Step::Eventually { request, within_s } => {
                if request.method != "GET" {
                    return Err(KitError::new("eventually only repeats a GET"));
                }
                check_seconds(*within_s)?;
                self.check_request(request)
            }
            Step::Request(request) => self.check_request(request),
        }
    }

    fn check_request(&mut self, request: &Request) -> Result<(), KitError> {
        if request.base.as_deref().is_some_and(|base| base != "/") {
            return Err(KitError::new("base may only be \"/\""));
        }
        let texts = [&request.xml, &request.body, &request.body_base64];
        if texts.iter().filter(|body| body.is_some()).count() + usize::from(request.json.is_some()) > 1 {
            return Err(KitError::new("more than one body"));
        }
        if let Some(Sender::Known(user)) = &request.sender
            && !self.users.contains(user)
        {
            return Err(KitError::new(format!("unknown user {user:?}")));
        }
        let expect = &request.expect;
        expect.reason.iter().try_for_each(|reason| matcher::check(&Json::text(reason.as_str())))?;
        expect.json.iter().chain(&expect.text).chain(expect.headers.values()).try_for_each(matcher::check)?;
        expect.xml.iter().flat_map(|paths| paths.values()).try_for_each(matcher::check)?;
        for source in request.capture.values() {
            if !["json:", "xml:", "header:"].iter().any(|kind| source.starts_with(kind)) {
                return Err(KitError::new(format!("unknown capture source {source:?}")));
            }
        }
        self.variables.extend(request.capture.keys().cloned());
        Ok(())
    }
}

fn check_seconds(seconds: f64) -> Result<(), KitError> {
    if (0.0..3600.0).contains(&seconds) { Ok(()) } else { Err(KitError::new(format!("{seconds} s makes no sense"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), KitError> {
        let users = HashSet::from(["platform".to_owned()]);
        Known { users, ..Known::default() }.check(&Step::parse(text)?, text)
    }

    fn with(change: &str) -> String {
        format!(r#"{{"method":"GET","path":"/x.json","as":null,"expect":{{"status":200}}{change}}}"#)
    }

    #[test]
    fn a_plain_step_is_let_through() {
        assert_eq!(check(&with("")), Ok(()));
        assert_eq!(check(&with(r#","json":null,"note":"x","base":"/""#)), Ok(()));
        assert_eq!(check(r#"{"sleep_s":2,"note":"x"}"#), Ok(()));
        assert_eq!(check(r#"{"set":{"t":"${nowz+1}"}}"#), Ok(()));
        assert_eq!(check(&format!(r#"{{"eventually":{},"within_s":1.5}}"#, with(""))), Ok(()));
    }

    #[test]
    fn whatever_is_not_known_is_an_error() {
        for change in [
            r#","colour":1"#,
            r#","json":1,"body":"""#,
            r#","json":null,"xml":"""#,
            r#","capture":{"a":"html:x"}"#,
            r#","capture":{"a":"json:${nope}"}"#,
            r#","base":"/x""#,
            r#","headers":{"${nope}":"x"}"#,
            r#","user":1"#,
        ] {
            assert!(check(&with(change)).is_err(), "{change} was let through");
        }
        for step in [
            r#"{"method":"GET","path":"/x","expect":{"status":200}}"#,
            r#"{"method":"GET","as":null,"expect":{"status":200}}"#,
            r#"{"method":"GET","path":"/x","as":"stranger","expect":{"status":200}}"#,
            r#"{"method":"GET","path":"/x","as":{"username":"x"},"expect":{"status":200}}"#,
            r#"{"method":"GET","path":"/${nope}","as":null,"expect":{"status":200}}"#,
            r#"{"method":"GET","path":"/x","as":null}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"statuz":1}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"json":{"a":"$foo"}}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"json":{"a":"${nope}"}}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"reason":"$foo"}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"headers":{"a":"$foo"}}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"xml":{"a":"$foo"}}}"#,
            r#"{"method":"GET","path":"/x","as":null,"expect":{"status":200,"text":"$re:("}}"#,
            r#"{"sleep_s":"2"}"#,
            r#"{"sleep_s":-1}"#,
            r#"{"set":{"a":"${nope}"}}"#,
            r#"{"set":1}"#,
            r#"{"eventually":{"sleep_s":1},"within_s":1}"#,
            "[]",
        ] {
            assert!(check(step).is_err(), "{step} was let through");
        }
        assert!(check(&format!(r#"{{"eventually":{}}}"#, with(""))).is_err(), "within_s is missing");
        let post = with("").replace("GET", "POST");
        assert!(check(&format!(r#"{{"eventually":{post},"within_s":1}}"#)).is_err(), "a POST was repeated");
    }
}
