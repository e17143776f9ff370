//! The short form of `cargo xtask chaos`: whatever is killed, stopped or cut off, nothing is lost, wrong, backwards, unequal
//! or twice at once. See `docs/proof.md`.

mod services {
    use std::time::Duration;

    use testkit::chaos::{Settings, run};

    const OPERATIONS: u64 = 1200;
    const KILLS: u64 = 10;

    #[tokio::test(flavor = "multi_thread")]
    async fn whatever_is_killed_stopped_or_cut_off_nothing_is_lost_or_wrong() {
        let verdict = run(Settings {
            operations: OPERATIONS,
            kills: KILLS,
            clients: 16,
            subjects: 4,
            seed: 1,
            pause: Duration::from_secs(6),
            rest_within: Duration::from_secs(120),
            programs: None,
            keep: None,
        })
        .await;
        println!("{verdict}");
        assert!(verdict.is_clean(), "{verdict}");
        let tally = &verdict.tally;
        let of = |what: &str| -> u64 {
            tally.faults.iter().filter(|(name, _)| name.contains(what)).map(|(_, count)| count).sum()
        };
        // So that it does not pass emptily.
        assert!(of("kill p") + of("kill g") + of("stop") >= KILLS - 2, "{tally}");
        assert!(of("the directory") >= 2 && tally.target_faults.len() >= 4, "{tally}");
        assert!(tally.takeovers > 0 && tally.equal_duplicates > 0, "{tally}");
        assert!(tally.applied > OPERATIONS / 2, "{tally}");
        let done = |what: &str| -> u64 {
            tally.operations.iter().filter(|(name, _)| name.starts_with(what)).map(|(_, [ok, ..])| ok).sum()
        };
        assert!(done("group.") > 20 && done("member.") > 0, "{tally}");
        assert!(done("target.release") > 0 && done("target.compare") > 0 && done("target.plan") > 0, "{tally}");
    }
}
