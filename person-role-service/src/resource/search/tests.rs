use proto::caller::Caller;
use sea_orm::sea_query::SqliteQueryBuilder;

use super::*;
use crate::store::past::Moment;

/// In a large house, what other COs have is not read through.
#[test]
fn only_what_is_of_the_co_is_looked_at() {
    let of = |co_id| Caller { co_id, ..Caller::default() };
    let filters = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    let time = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    for (caller, filters, of_one) in [
        (of(Some(7)), filters(&[]), true),
        (of(None), filters(&[("coid", "7")]), true),
        (of(None), filters(&[]), false),
    ] {
        for (moment, shelves) in [(Moment::Present, 1), (Moment::Before(time), 2)] {
            let asked = Asked { caller: &caller, filters: &filters, moment };
            for query in [
                identifiers(&asked, "x", "co_person_id"),
                mail(&asked, "x", "co_person_id"),
                named(&asked, "x", "given"),
                mailed(&asked, "x"),
            ] {
                let sql = query.unwrap().to_string(SqliteQueryBuilder);
                let expected = if of_one { shelves } else { 0 };
                assert_eq!(sql.matches("\"co_id\" = 7").count(), expected, "{sql}");
            }
        }
    }
}

#[test]
fn what_is_looked_for_through_others_is_known() {
    let filters = |name: &str| HashMap::from([(name.to_owned(), "x".to_owned())]);
    let people = ["search.identifier", "search.mail", "given"];
    for (name, expected) in [("search.mail", true), ("search_mail", true), ("given", true), ("coid", false)] {
        assert_eq!(is_asked(&people, &filters(name)), expected, "{name}");
    }
    let groups = ["copersonid", "search.identifier"];
    assert!(!is_asked(&groups, &filters("copersonid")), "the groups of a person are few");
    assert!(is_asked(&groups, &filters("search_identifier")));
}
