use super::*;

fn numbers(told: &[Told]) -> Vec<(&str, i64)> {
    told.iter().map(|told| (told.username.as_str(), told.attempts)).collect()
}

#[test]
fn the_first_is_told_at_once_and_the_others_with_their_number() {
    let failures = Failures::default();
    let here = "192.0.2.1".parse().ok();
    for (name, address) in [("ada", here), ("bob", here), ("ada", None)] {
        assert_eq!(numbers(&failures.count(name, address, 1_000)), [(name, 1)]);
    }
    assert_eq!([1_001, 1_059].map(|now| failures.count("ada", here, now)), [vec![], vec![]]);
    assert_eq!(numbers(&failures.count("bob", here, 1_060)), [("ada", 2), ("bob", 1)]);
}

#[test]
fn a_flood_is_counted_and_not_written_down() {
    let failures = Failures::default();
    let told: usize = (0..KNOWN + 100).map(|at| failures.count(&format!("u{at}"), None, 1_000).len()).sum();
    assert_eq!(told, MOST);
    assert_eq!(failures.0.lock().unwrap().of.len(), KNOWN);
    let told = failures.count("ada", None, 1_060);
    assert_eq!((told.len(), told[COUNTED].username.as_str()), (COUNTED + 2, OTHERS));
    let all: i64 = told.iter().map(|told| told.attempts).sum();
    assert_eq!(all, i64::try_from(KNOWN + 100 - MOST).unwrap() + 1, "none is lost");
}

/// Made-up names at the begin of each minute do not keep guesses at one name out of the log.
#[test]
fn guesses_at_one_name_are_told_whatever_else_is_tried() {
    let failures = Failures::default();
    let mut of_ada = 0;
    for minute in 0..3 {
        let now = 1_000 + minute * QUIET;
        let made_up = (0..100).flat_map(|at| failures.count(&format!("junk{minute}_{at}"), None, now));
        of_ada += made_up.filter(|told| told.username == "ada").map(|told| told.attempts).sum::<i64>();
        for _ in 0..40 {
            of_ada += failures.count("ada", None, now + 1).iter().map(|told| told.attempts).sum::<i64>();
        }
    }
    assert_eq!(of_ada, 80, "those of both minutes before");
}
