use super::*;

fn pace(width: usize) -> Arc<Pace> {
    Pace::new(width, 8, Duration::from_millis(1))
}

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

#[tokio::test]
async fn a_target_that_keeps_requests_waiting_is_slow() {
    let pace = pace(2);
    for _ in 0..3 {
        pace.enter(TargetId(7));
    }
    let turns = (pace.turn(TargetId(7), 0).await, pace.turn(TargetId(7), 0).await);
    assert!(turns.0.is_some() && turns.1.is_some());
    assert_eq!(pace.slow(), []);
    assert!(pace.turn(TargetId(7), 0).await.is_none(), "there are two turns");
    assert_eq!(pace.slow(), [(TargetId(7), 1)], "two may run and two may wait");
    drop(turns);
    assert!(pace.turn(TargetId(7), 0).await.is_some());
    pace.leave(TargetId(7));
    assert_eq!(pace.slow(), [(TargetId(7), 2)]);
}

#[tokio::test]
async fn a_target_that_takes_more_has_as_many_turns() {
    let pace = pace(1);
    pace.enter(TargetId(7));
    let turns = (pace.turn(TargetId(7), 2).await, pace.turn(TargetId(7), 2).await);
    assert!(turns.0.is_some() && turns.1.is_some());
    assert!(pace.turn(TargetId(7), 2).await.is_none(), "there are two turns");
    assert_eq!(pace.slow(), [(TargetId(7), 3)], "two may run and two may wait");
}

#[tokio::test]
async fn targets_do_not_wait_for_each_other() {
    let pace = pace(1);
    let _turn = pace.turn(TargetId(7), 0).await.expect("a turn");
    assert!(pace.turn(TargetId(8), 0).await.is_some());
}

#[tokio::test]
async fn calls_grow_while_a_target_answers_and_are_halved_when_it_does_not() {
    let pace = pace(2);
    let width = |pace: &Pace| pace.lane(TargetId(7), |lane| lane.width);
    for _ in 0..100 {
        pace.ended(TargetId(7), Call::Done, "", now());
    }
    assert_eq!(width(&pace), 8, "four times what it began with");
    pace.ended(TargetId(7), Call::Failed, "Away.", now());
    assert_eq!(width(&pace), 4);
    let said = pace.take_said();
    assert_eq!((said[0].health, said[0].concurrency, said[0].last_success), ("Slow", 4, Some(now())));
    assert!(said[0].sentence.contains("Away."));
    assert_eq!(pace.take_said(), [], "told once");
}

/// Lets the pause of a target pass; gives how long it was.
fn pass(pace: &Pace) -> Duration {
    pace.lane(TargetId(7), |lane| {
        let (_, pause) = lane.open.expect("it is left alone");
        lane.open = Some((Instant::now(), pause));
        pause
    })
}

#[tokio::test]
async fn a_target_that_fails_again_and_again_is_left_alone_and_tried_by_one_call() {
    let pace = pace(4);
    for _ in 0..ROW {
        pace.ended(TargetId(7), Call::Failed, "Away.", now());
    }
    assert_eq!(pace.take_said()[0].health, "Broken");
    assert_eq!(pace.slow(), [(TargetId(7), 0)], "nothing is claimed");
    assert!(pace.turn(TargetId(7), 0).await.is_none());
    assert_eq!(pass(&pace), FIRST);
    assert_eq!(pace.slow(), [(TargetId(7), 1)], "one finds out");
    let turn = pace.turn(TargetId(7), 0).await.expect("a turn");
    assert!(turn.probes);
    pace.ended(TargetId(7), Call::Failed, "Away.", now());
    drop(turn);
    assert_eq!(pace.slow(), [(TargetId(7), 0)]);
    assert_eq!(pass(&pace), FIRST * 2, "the pause grows");
    assert_eq!(pace.slow(), [(TargetId(7), 1)]);
    pace.ended(TargetId(7), Call::Done, "", now());
    assert_eq!((pace.slow(), pace.take_said()[0].health), (vec![], "Good"), "it closes by itself");
}

#[tokio::test]
async fn no_co_takes_all_calls() {
    let pace = pace(4);
    let mut greedy = Vec::new();
    while let Ok(share) = tokio::time::timeout(Duration::from_millis(20), pace.share(1)).await {
        greedy.push(share);
    }
    assert_eq!(greedy.len(), 4, "half of eight");
    for other in 2..6 {
        let share = tokio::time::timeout(Duration::from_secs(1), pace.share(other)).await;
        greedy.push(share.expect("there is room for another CO"));
    }
    assert!(tokio::time::timeout(Duration::from_millis(20), pace.share(9)).await.is_err(), "eight in all");
    greedy.pop();
    assert!(tokio::time::timeout(Duration::from_secs(1), pace.share(9)).await.is_ok());
}

#[test]
fn what_was_under_way_when_a_target_was_left_alone_makes_its_pause_no_longer() {
    let (mut lane, now) = (Lane::new(8), Instant::now());
    for _ in 0..ROW + 20 {
        lane.failed("Away.", now);
    }
    assert_eq!((lane.limit(now), lane.limit(now + FIRST)), (0, 1), "one finds out whether it answers");
    lane.failed("Away.", now + FIRST);
    assert_eq!((lane.limit(now + FIRST * 2), lane.limit(now + FIRST * 3)), (0, 1), "twice as long");
}

#[test]
fn a_target_that_nobody_asks_any_more_is_forgotten() {
    let (mut lane, now) = (Lane::new(2), Instant::now());
    lane.failed("Away.", now);
    assert!(!lane.is_forgotten(now + FORGOTTEN - FIRST) && lane.is_forgotten(now + FORGOTTEN), "it may be deleted");
    lane.in_flight = 1;
    assert!(!lane.is_forgotten(now + FORGOTTEN));
}

#[tokio::test]
async fn a_target_that_refuses_has_no_success_and_says_so() {
    let pace = pace(2);
    pace.ended(TargetId(7), Call::Done, "", now());
    let later = now() + chrono::Duration::hours(1);
    for _ in 0..3 {
        pace.ended(TargetId(7), Call::Refused, "", later);
    }
    let said = pace.take_said();
    assert_eq!((said[0].health, said[0].last_success), ("Good", Some(now())), "the last success is that of before");
    assert!(said[0].sentence.contains("refused the last 3 requests"), "{}", said[0].sentence);
    pace.ended(TargetId(7), Call::Done, "", later);
    assert_eq!(pace.take_said()[0].sentence, "It answers.");
}
