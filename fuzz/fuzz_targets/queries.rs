//! Query strings: the next page is asked for by the same filters.
#![no_main]

use gateway::query::Query;

libfuzzer_sys::fuzz_target!(|raw: &str| {
    if let Ok(query) = Query::of(raw)
        && query.limit > 0
    {
        let expected = Query { after: Some(7), ..query.clone() };
        assert_eq!(Query::of(&query.next(7)).ok(), Some(expected));
    }
});
