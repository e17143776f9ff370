//! The query of a list: filters for the service, paging for the gateway, and the time it is of (D10, D27, D45).

use std::{borrow::Cow, collections::BTreeMap};

use proto::{LARGEST_PAGE, refusal::Refusal, registry::v1::NamedText, table::Table, time};

use crate::refusal::Problem;

/// How many records a page is to have at most.
///
/// # Errors
/// 400 if it is no number in digits, or too large (D27).
pub fn limit(text: &str) -> Result<u32, Problem> {
    let read = digits(text).and_then(|text| text.parse().ok()).filter(|limit| (1..=LARGEST_PAGE).contains(limit));
    read.ok_or_else(|| Problem::bad_request(format!("limit must be a whole number from 1 to {LARGEST_PAGE}.")))
}

/// A query, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All parameters but those of paging, by their names in small letters; of repeated ones the first.
    pub filters: BTreeMap<String, String>,
    /// Further values of the same names: what is listed must satisfy all of them (D10).
    pub further: Vec<(String, String)>,
    /// At most so many; 0 is all.
    pub limit: u32,
    /// Only records with a greater id; of versions, those with a lower revision.
    pub after: Option<i64>,
    /// As it was at the end of that second, in seconds since 1970.
    pub as_of: Option<i64>,
}

impl Query {
    /// Reads a raw query in which each parameter has one value.
    ///
    /// # Errors
    /// As [`Query::of_list`]; 400 `Bad Request` for a parameter with several.
    pub fn of(raw: &str) -> Result<Self, Problem> {
        Self::of_list(raw)?.with_single_values()
    }

    /// Reads the raw query of a list.
    ///
    /// # Errors
    /// 400 `Bad Request` for paging that cannot be followed, `Invalid Fields` for an `as_of` that is no time.
    pub fn of_list(raw: &str) -> Result<Self, Problem> {
        let (mut filters, mut further) = (BTreeMap::new(), Vec::new());
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            let (name, value) = (name.to_lowercase(), value.into_owned());
            match filters.get(&name) {
                _ if name.is_empty() => {}
                None => drop(filters.insert(name, value)),
                Some(first) if *first == value => {}
                Some(_) if matches!(name.as_str(), "as_of" | "limit" | "after") => return Err(several(&name)),
                Some(_) => further.push((name, value)),
            }
        }
        let as_of = filters.remove("as_of").map(|text| moment(&text)).transpose()?;
        let mut query = Self { as_of, further, ..Self::default() };
        if let Some(limit) = filters.remove("limit") {
            query.limit = self::limit(&limit)?;
        }
        if let Some(after) = filters.remove("after") {
            let after = digits(&after).and_then(|text| text.parse().ok());
            let sentence = "after must be the id of the last record of the page before, or its revision.";
            query.after = Some(after.ok_or_else(|| Problem::bad_request(sentence))?);
        }
        query.filters = filters;
        Ok(query)
    }

    /// Refuses a parameter with several values, of which only one could count.
    ///
    /// # Errors
    /// 400 `Bad Request` for the first one.
    pub fn with_single_values(self) -> Result<Self, Problem> {
        match self.further.first() {
            Some((name, _)) => Err(several(name)),
            None => Ok(self),
        }
    }

    /// The same for records that have just the identifier that is searched for, if one is.
    #[must_use]
    pub fn for_the_same_identifier(&self) -> Option<Self> {
        let is_search = |name: &&String| name.replace('_', ".") == "search.identifier";
        let name = self.filters.keys().find(is_search).filter(|_| self.further.is_empty())?;
        let mut same = self.clone();
        let text = same.filters.remove(name)?;
        same.filters.insert("search.identifier.equals".to_owned(), text);
        Some(same)
    }

    /// Refuses a search, where nothing is searched (D1).
    ///
    /// # Errors
    /// 422 `Unprocessable Entity` for the first one.
    pub fn without_searches(self, table: &Table) -> Result<Self, Problem> {
        let is_search = |name: &&String| name.replace('_', ".").starts_with("search.");
        match self.filters.keys().find(is_search) {
            Some(name) => {
                let sentence = format!("{} cannot be searched by \"{name}\". Leave it out.", table.plural);
                Err(Refusal::unprocessable(sentence).into())
            }
            None => Ok(self),
        }
    }

    /// Refuses `as_of` where there is no past.
    ///
    /// # Errors
    /// 400 `Bad Request` if it is there (D45).
    pub fn of_the_present(self, what: &str) -> Result<Self, Problem> {
        match self.as_of {
            Some(_) => Err(no_past(what)),
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
        let mut given = times(raw);
        let Some(text) = given.next() else { return Ok(None) };
        if given.any(|other| other != text) {
            return Err(several("as_of"));
        }
        Ok(Self { as_of: Some(moment(&text)?), ..Self::default() }.of_resource(table)?.as_of)
    }

    /// The filters as the service takes them.
    #[must_use]
    pub fn named_texts(&self) -> Vec<NamedText> {
        let further = self.further.iter().map(|(name, value)| (name, value));
        let all = self.filters.iter().chain(further);
        all.map(|(name, value)| NamedText { name: name.clone(), value: value.clone() }).collect()
    }

    /// The query of the next page, after the record `last`.
    #[must_use]
    pub fn next(&self, last: i64) -> String {
        let mut next = form_urlencoded::Serializer::new(String::new());
        next.extend_pairs(&self.filters).extend_pairs(&self.further);
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

/// Refuses `as_of`, whatever it says, where nothing else of a query counts and there is no past.
///
/// # Errors
/// 400 `Bad Request` if it is there (D45).
pub fn refuse_as_of(raw: &str, what: &str) -> Result<(), Problem> {
    times(raw).next().map_or(Ok(()), |_| Err(no_past(what)))
}

fn times(raw: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let pairs = form_urlencoded::parse(raw.as_bytes());
    pairs.filter(|(name, _)| name.eq_ignore_ascii_case("as_of")).map(|(_, text)| text)
}

fn no_past(what: &str) -> Problem {
    Problem::bad_request(format!("{what} cannot be read as_of a time. Leave as_of out."))
}

fn several(name: &str) -> Problem {
    Problem::bad_request(format!("{name} is there twice, with different values. Send it once."))
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
        let query = Query::of("CoPersonId=5&couid=a%20b+c&couid=a+b+c&search.mail=x&limit=10&after=7&=z&flag").unwrap();
        let expected = [("copersonid", "5"), ("couid", "a b c"), ("flag", ""), ("search.mail", "x")];
        assert_eq!(query.filters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!((query.limit, query.after), (10, Some(7)));
        assert_eq!(query.next(9), "copersonid=5&couid=a+b+c&flag=&search.mail=x&limit=10&after=9");
        let query = Query::of("couid=1").unwrap();
        assert_eq!(query.next(9), "couid=1&after=9", "of what is told in parts to who asked for no part");
        assert_eq!(Query::of("").unwrap(), Query::default());
    }

    #[test]
    fn of_several_values_none_is_dropped() {
        let raw = "couid=1&CouId=2&couid=1&couid=3&limit=2&limit=2";
        let query = Query::of_list(raw).unwrap();
        let texts = query.named_texts().into_iter().map(|text| text.value).collect::<Vec<_>>();
        assert_eq!(texts, ["1", "2", "3"]);
        assert_eq!(query.next(9), "couid=1&couid=2&couid=3&limit=2&after=9");
        let is_refused = |read: Result<Query, Problem>| matches!(read, Err(Problem::Refused(Refusal::BadRequest(_))));
        assert!(is_refused(Query::of(raw)), "where one counts");
        for raw in ["limit=1&limit=2", "after=1&Limit=1&after=2", "as_of=2026-01-01&as_of=2026-01-02"] {
            assert!(is_refused(Query::of_list(raw)), "{raw}");
        }
        let role = Table::at("co_person_roles").unwrap();
        assert!(Query::as_of("as_of=2026-01-01&as_of=2026-01-02", role).is_err());
        assert!(Query::as_of("as_of=2026-01-01&as_of=2026-01-01", role).unwrap().is_some());
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
