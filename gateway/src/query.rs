//! The query of a list: filters for the service, paging for the gateway, and the time it is of (D10, D27, D45).

use std::collections::BTreeMap;

use proto::{refusal::Refusal, registry::v1::NamedText, table::Table, time};

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
    /// Only records with a greater id; of versions, those with a lower revision.
    pub after: Option<i64>,
    /// As it was at the end of that second, in seconds since 1970.
    pub as_of: Option<i64>,
}

impl Query {
    /// Reads a raw query.
    ///
    /// # Errors
    /// 400 `Bad Request` for paging that cannot be followed, `Invalid Fields` for an `as_of` that is no time.
    pub fn of(raw: &str) -> Result<Self, Problem> {
        let mut filters: BTreeMap<String, String> = form_urlencoded::parse(raw.as_bytes())
            .map(|(name, value)| (name.to_lowercase(), value.into_owned()))
            .filter(|(name, _)| !name.is_empty())
            .collect();
        let as_of = filters.remove("as_of").map(|text| moment(&text)).transpose()?;
        let mut query = Self { as_of, ..Self::default() };
        if let Some(limit) = filters.remove("limit") {
            let in_range = |limit: &u32| (1..=LARGEST_PAGE).contains(limit);
            query.limit = digits(&limit).and_then(|text| text.parse().ok()).filter(in_range).ok_or_else(|| {
                Problem::bad_request(format!("limit must be a whole number from 1 to {LARGEST_PAGE}."))
            })?;
        }
        if let Some(after) = filters.remove("after") {
            let after = digits(&after).and_then(|text| text.parse().ok());
            let sentence = "after must be the id of the last record of the page before, or its revision.";
            query.after = Some(after.ok_or_else(|| Problem::bad_request(sentence))?);
        }
        query.filters = filters;
        Ok(query)
    }

    /// Refuses `as_of` where there is no past.
    ///
    /// # Errors
    /// 400 `Bad Request` if it is there (D45).
    pub fn of_the_present(self, what: &str) -> Result<Self, Problem> {
        match self.as_of {
            Some(_) => Err(Problem::bad_request(format!("{what} cannot be read as_of a time. Leave as_of out."))),
            None => Ok(self),
        }
    }

    /// Refuses `as_of` for a resource without revisions.
    ///
    /// # Errors
    /// 400 `Bad Request` if it is there (D45).
    pub fn of_resource(self, table: &Table) -> Result<Self, Problem> {
        if table.field("revision").is_some() { Ok(self) } else { self.of_the_present(&table.plural) }
    }

    /// The time that a query is of, where nothing else of it counts.
    ///
    /// # Errors
    /// As [`Query::of`] and [`Query::of_resource`].
    pub fn as_of(raw: &str, table: &Table) -> Result<Option<i64>, Problem> {
        let pairs = form_urlencoded::parse(raw.as_bytes());
        let Some((_, text)) = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("as_of")).last() else {
            return Ok(None);
        };
        Ok(Self { as_of: Some(moment(&text)?), ..Self::default() }.of_resource(table)?.as_of)
    }

    /// The filters as the service takes them.
    #[must_use]
    pub fn named_texts(&self) -> Vec<NamedText> {
        self.filters.iter().map(|(name, value)| NamedText { name: name.clone(), value: value.clone() }).collect()
    }

    /// The query of the next page, after the record `last`.
    #[must_use]
    pub fn next(&self, last: i64) -> String {
        let mut next = form_urlencoded::Serializer::new(String::new());
        next.extend_pairs(&self.filters);
        if let Some(seconds) = self.as_of {
            let mut text = Vec::new();
            time::write(seconds, &mut text);
            next.append_pair("as_of", &String::from_utf8_lossy(&text));
        }
        if self.limit > 0 {
            next.append_pair("limit", &self.limit.to_string());
        }
        next.append_pair("after", &last.to_string()).finish()
    }
}

/// Reads `as_of` (D25).
fn moment(text: &str) -> Result<i64, Refusal> {
    let sentence = "\"as_of\" must be a time: YYYY-MM-DD HH:MM:SS in UTC, YYYY-MM-DD, or RFC 3339";
    time::read(text).ok_or_else(|| Refusal::field("as_of", sentence))
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
        assert_eq!((query.limit, query.after), (10, Some(7)));
        assert_eq!(query.next(9), "copersonid=5&couid=a+b+c&flag=&search.mail=x&limit=10&after=9");
        let query = Query::of("couid=1").unwrap();
        assert_eq!(query.next(9), "couid=1&after=9", "of what is told in parts to who asked for no part");
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
            "Limit=0",
        ] {
            assert!(matches!(Query::of(raw), Err(Problem::Refused(proto::refusal::Refusal::BadRequest(_)))), "{raw}");
        }
    }

    #[test]
    fn a_page_of_the_past_is_followed_by_one_of_the_same_second() {
        let query = Query::of("couid=1&AS_OF=2026-01-02T03:04:05.9%2B01:00&limit=2").unwrap();
        let next = query.next(9);
        assert_eq!(next, "couid=1&as_of=2026-01-02+02%3A04%3A05&limit=2&after=9");
        assert_eq!(Query::of(&next).unwrap().as_of, query.as_of);
        for raw in ["as_of=garbage", "as_of=", "as_of=2026-02-30"] {
            assert!(matches!(Query::of(raw), Err(Problem::Refused(Refusal::InvalidFields(_)))), "{raw}");
        }
        let cos = Table::at("cos").unwrap();
        assert!(matches!(query.of_resource(cos), Err(Problem::Refused(Refusal::BadRequest(_)))));
    }
}
