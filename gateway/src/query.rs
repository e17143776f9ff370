//! The query of a list: filters for the service, paging for the gateway (D10, D27).

use std::collections::BTreeMap;

use proto::registry::v1::NamedText;

use crate::refusal::Problem;

/// The most records of a page.
const LARGEST_PAGE: u32 = 1000;

/// A query, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All parameters but those of paging, by their names in small letters; of repeated ones the last.
    pub filters: BTreeMap<String, String>,
    /// At most so many; 0 is all.
    pub limit: u32,
    /// Only records with a greater id.
    pub after: i64,
}

impl Query {
    /// Reads a raw query.
    ///
    /// # Errors
    /// 400 `Bad Request` for paging that cannot be followed, and for `as_of`, which is not built yet (D1).
    pub fn of(raw: &str) -> Result<Self, Problem> {
        let mut filters: BTreeMap<String, String> = form_urlencoded::parse(raw.as_bytes())
            .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        Self::refuse_as_of(raw)?;
        let mut query = Self::default();
        if let Some(limit) = filters.remove("limit") {
            let in_range = |limit: &u32| (1..=LARGEST_PAGE).contains(limit);
            query.limit = digits(&limit).and_then(|text| text.parse().ok()).filter(in_range).ok_or_else(|| {
                Problem::bad_request(format!("limit must be a whole number from 1 to {LARGEST_PAGE}."))
            })?;
        }
        if let Some(after) = filters.remove("after") {
            query.after = digits(&after)
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| Problem::bad_request("after must be the id of the last record of the page before."))?;
        }
        query.filters = filters;
        Ok(query)
    }

    /// Refuses `as_of` where nothing else of a query counts.
    ///
    /// # Errors
    /// 400 `Bad Request` if it is there.
    pub fn refuse_as_of(raw: &str) -> Result<(), Problem> {
        match form_urlencoded::parse(raw.as_bytes()).any(|(name, _)| name.eq_ignore_ascii_case("as_of")) {
            true => Err(Problem::bad_request("as_of is not available yet; leave it out to read the present.")),
            false => Ok(()),
        }
    }

    /// The filters as the service takes them.
    #[must_use]
    pub fn named_texts(&self) -> Vec<NamedText> {
        self.filters.iter().map(|(name, value)| NamedText { name: name.clone(), value: value.clone() }).collect()
    }

    /// The query of the next page, after the record `last`.
    #[must_use]
    pub fn next(&self, last: i64) -> String {
        form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.filters)
            .append_pair("limit", &self.limit.to_string())
            .append_pair("after", &last.to_string())
            .finish()
    }
}

fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_and_paging_are_told_apart() {
        let query = Query::of("CoPersonId=5&couid=1&couid=a%20b+c&search.mail=x&limit=10&after=7&=z&flag").unwrap();
        let expected = [("copersonid", "5"), ("couid", "a b c"), ("flag", ""), ("search.mail", "x")];
        assert_eq!(query.filters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!((query.limit, query.after), (10, 7));
        assert_eq!(query.next(9), "copersonid=5&couid=a+b+c&flag=&search.mail=x&limit=10&after=9");
        assert_eq!(Query::of("").unwrap(), Query::default());
    }

    #[test]
    fn paging_that_cannot_be_followed_is_refused() {
        for raw in [
            "limit=0",
            "limit=1001",
            "limit=abc",
            "limit=-1",
            "limit=",
            "limit=%201",
            "limit=99999999999",
            "after=x",
            "after=-1",
            "after=",
            "after=99999999999999999999",
            "as_of=2001-01-01T00:00:00Z",
            "AS_OF=garbage",
            "Limit=0",
        ] {
            assert!(matches!(Query::of(raw), Err(Problem::Refused(proto::refusal::Refusal::BadRequest(_)))), "{raw}");
        }
    }
}
