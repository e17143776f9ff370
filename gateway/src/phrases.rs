//! The reason phrases of status lines (D6).
//!
//! actix-web takes phrases that live as long as the process. Mechanism: those that are known from the tables and the
//! pages are made once; a further one that a service uses is kept too, up to a bound. Failure: a phrase that cannot
//! stand in a status line, or one too many, gives way to the canonical one; the body says it all the same.

use std::{
    collections::HashSet,
    sync::{LazyLock, PoisonError, RwLock},
};

use proto::table::Table;

/// Phrases of the pages that do not follow from the tables.
const OF_THE_PAGES: [&str; 17] = [
    "Invalid Fields",
    "Other Error",
    "Unknown",
    "Name In Use",
    "Name Reserved",
    "No Person Specified",
    "Person Does Not Exist",
    "Org Identity Unknown",
    "CoService Unknown",
    "CoPersonRole Exists",
    "Child COU Exists",
    "CoProvisioningTarget Disabled",
    "Idempotency Key In Use",
    "Idempotency Key Reused",
    "No Email Address",
    "Expired",
    "Foreign Origin",
];

const MOST: usize = 1024;
const LONGEST: usize = 100;

static KNOWN: LazyLock<RwLock<HashSet<&'static str>>> = LazyLock::new(|| {
    let made = Table::all().iter().flat_map(|table| {
        let (singular, title) = (&table.singular, &table.title);
        let of_fields = table.fields.iter().map(|field| field.options.unknown_phrase.clone());
        [format!("{singular} Unknown"), format!("{singular} Not Found"), format!("{title} Unknown")]
            .into_iter()
            .chain(of_fields)
            .filter(|phrase| !phrase.is_empty())
    });
    let mut known: HashSet<&'static str> = OF_THE_PAGES.into_iter().collect();
    for phrase in made {
        if !known.contains(phrase.as_str()) {
            known.insert(Box::leak(phrase.into_boxed_str()));
        }
    }
    RwLock::new(known)
});

/// The phrase as one that lives as long as the process, if it can be had.
#[must_use]
pub fn lasting(phrase: &str) -> Option<&'static str> {
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(phrase) {
        return Some(known);
    }
    let fits =
        !phrase.is_empty() && phrase.len() <= LONGEST && phrase.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    if !fits || known.len() >= MOST {
        return None;
    }
    let phrase: &'static str = Box::leak(phrase.to_owned().into_boxed_str());
    known.insert(phrase);
    Some(phrase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_last_if_they_can_stand_in_a_status_line() {
        for phrase in ["CoPersonRole Unknown", "COU Unknown", "COU Does Not Exist", "Something New"] {
            assert_eq!(lasting(phrase), Some(phrase));
        }
        for phrase in ["", "a\r\nSet-Cookie: b", "ü", &"x".repeat(101)] {
            assert_eq!(lasting(phrase), None, "{phrase}");
        }
    }
}
