use super::*;

#[test]
fn the_guard_holds_what_exceeds_both() {
    let guard = Guard::default();
    for (removals, present, holds) in
        [(10, 10, false), (11, 11, true), (11, 54, true), (11, 55, false), (12, 55, true), (2000, 10_000, false)]
    {
        assert_eq!(guard.holds(removals, present), holds, "{removals} of {present}");
    }
    assert!(Guard { share: 0, count: 0, window: 1 }.holds(1, 1000), "nothing may go");
    assert!(!Guard { share: 100, ..guard }.holds(1000, 1000), "everything may go");
}
