//! Each count is provoked by a small journal, and harmless journals give zeros.

use std::collections::HashSet;

use super::{
    Evidence, Verdict, check,
    journal::{Call, Client, Content, End, Journal, Reply, Target, Vector, Wish, read},
    rest::{Document, Lines, Request, Rest},
};

const ADA: &str = "co_person:7";
const TARGET: i64 = 1;

fn vector(numbers: &[(&str, u64)]) -> Vector {
    numbers.iter().map(|(field, number)| ((*field).to_owned(), *number)).collect()
}

fn write(field: &str, number: u64, shows: bool) -> Wish {
    Wish::Write { field: field.to_owned(), number, shows }
}

fn remove(field: &str, number: u64) -> Wish {
    Wish::Remove { field: field.to_owned(), number }
}

/// What a run leaves behind, to be put together line by line.
#[derive(Default)]
struct Run {
    client: Vec<Client>,
    target: Vec<Target>,
    rest: Rest,
    refusing: HashSet<i64>,
    operations: u64,
    calls: u64,
}

impl Run {
    fn asked(&mut self, wish: Wish, end: End) -> &mut Self {
        self.operations += 1;
        let (operation, name) = (self.operations, "role.edit".to_owned());
        self.client.push(Client::Asked { operation, name, wishes: vec![(ADA.to_owned(), wish)] });
        self.client.push(Client::Answered { operation, end, request: None });
        self
    }

    fn arrives(&mut self, revision: i64, key: &str, content: Content) -> u64 {
        self.calls += 1;
        self.target.push(Target::Arrived(Call {
            call: self.calls,
            target: TARGET,
            subject: ADA.to_owned(),
            key: key.to_owned(),
            revision,
            request: 1,
            fence: revision,
            digest: format!("{content:?}"),
            content,
            fault: None,
        }));
        self.calls
    }

    fn replies(&mut self, call: u64, reply: Reply) -> &mut Self {
        self.target.push(Target::Replied { call, reply });
        self
    }

    fn applies(&mut self, call: u64) -> &mut Self {
        self.target.push(Target::Applied { call });
        self
    }

    /// A call that arrives, takes effect and is answered.
    fn state(&mut self, revision: i64, numbers: &[(&str, u64)]) -> &mut Self {
        let call = self.arrives(revision, "ada", Content::State(vector(numbers)));
        self.applies(call).replies(call, Reply::Ok)
    }

    fn removal(&mut self, revision: i64) -> &mut Self {
        let call = self.arrives(revision, "ada", Content::Removal);
        self.applies(call).replies(call, Reply::Ok)
    }

    /// A call whose answer is lost, and that has not taken effect yet.
    fn hangs(&mut self, revision: i64, numbers: &[(&str, u64)]) -> u64 {
        let call = self.arrives(revision, "ada", Content::State(vector(numbers)));
        self.replies(call, Reply::Unknown);
        call
    }

    fn wanted(&mut self, numbers: &[(&str, u64)]) -> &mut Self {
        self.rest.model.push(document("ada", numbers));
        self
    }

    fn there(&mut self, numbers: &[(&str, u64)]) -> &mut Self {
        self.rest.documents.push(document("ada", numbers));
        self
    }

    fn ends_with(&mut self, numbers: &[(&str, u64)]) -> &mut Self {
        self.wanted(numbers).there(numbers)
    }

    fn verdict(&self) -> Verdict {
        let Self { client, target, rest, refusing, .. } = self;
        check(&Evidence { client, target, rest, refusing })
    }

    /// The five counts and those that were late, in the order in which they are told.
    fn counts(&self) -> [usize; 6] {
        let verdict = self.verdict();
        let [lost, wrong, backwards, unequal, overlap] = verdict.counts().map(|(_, found)| found.len());
        [lost, wrong, backwards, unequal, overlap, verdict.late.len()]
    }
}

fn document(key: &str, numbers: &[(&str, u64)]) -> Document {
    Document {
        target: TARGET,
        key: key.to_owned(),
        subject: ADA.to_owned(),
        vector: vector(numbers),
        text: String::new(),
    }
}

fn request(ended: bool, told: u64) -> Request {
    Request { target: TARGET, subject: ADA.to_owned(), status: "Running".to_owned(), ended, told }
}

#[test]
fn a_quiet_run_gives_zeros() {
    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).state(1, &[("role", 1)]);
    run.asked(write("role", 2, false), End::Ok).state(2, &[("role", 2)]).ends_with(&[("role", 2)]);
    assert_eq!(run.counts(), [0; 6]);
    assert!(run.verdict().is_clean());
}

#[test]
fn a_newer_state_makes_up_for_one_that_was_merged_into_it() {
    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).asked(write("role", 2, false), End::Unknown);
    run.state(2, &[("role", 2)]).ends_with(&[("role", 2)]);
    assert_eq!(run.counts(), [0; 6]);
}

#[test]
fn an_acknowledged_write_that_no_state_shows_is_lost() {
    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).state(1, &[("role", 1)]).asked(write("role", 2, false), End::Ok);
    run.ends_with(&[("role", 1)]);
    assert_eq!(run.counts(), [1, 0, 0, 0, 0, 0]);
}

#[test]
fn what_was_refused_or_removed_later_or_is_of_a_subject_that_is_gone_is_not_lost() {
    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).state(1, &[("role", 1)]);
    run.asked(write("role", 2, false), End::Fail).asked(write("name", 1, false), End::Ok);
    run.asked(remove("name", 2), End::Unknown).ends_with(&[("role", 1)]);
    assert_eq!(run.counts(), [0; 6]);

    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok);
    assert_eq!(run.counts(), [0; 6], "it is not in the model");
}

#[test]
fn an_accepted_request_that_did_not_end_is_lost() {
    let mut run = Run::default();
    run.client.push(Client::Asked { operation: 1, name: "provision".to_owned(), wishes: Vec::new() });
    run.client.push(Client::Answered { operation: 1, end: End::Ok, request: Some(5) });
    assert_eq!(run.counts()[0], 1, "it is unknown");
    run.rest.requests.insert(5, request(false, 0));
    assert_eq!(run.counts()[0], 1, "it still runs");
    run.rest.requests.insert(5, request(true, 0));
    assert_eq!(run.counts(), [0; 6]);
}

#[test]
fn an_end_is_told_exactly_once() {
    for (lines, lost) in [(1, 1), (2, 0), (3, 1)] {
        let mut run = Run::default();
        run.rest.requests.insert(5, request(true, 2));
        run.rest.history.push(Lines { target: TARGET, subject: ADA.to_owned(), lines });
        assert_eq!(run.counts(), [lost, 0, 0, 0, 0, 0], "{lines} lines");
    }
}

#[test]
fn documents_that_differ_are_missing_or_are_orphans_are_wrong() {
    let mut differs = Run::default();
    differs.wanted(&[("role", 2)]).there(&[("role", 1)]);
    let mut missing = Run::default();
    missing.wanted(&[("role", 2)]);
    let mut orphan = Run::default();
    orphan.ends_with(&[("role", 2)]).rest.documents.push(document("ada-before", &[("role", 1)]));
    for run in [differs, missing, orphan] {
        assert_eq!(run.counts(), [0, 1, 0, 0, 0, 0]);
    }
}

#[test]
fn a_number_that_falls_goes_backwards() {
    let mut run = Run::default();
    run.state(2, &[("role", 2)]).state(1, &[("role", 1)]).state(2, &[("role", 2)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0]);
}

#[test]
fn a_field_that_is_missing_without_having_been_removed_goes_backwards() {
    let mut run = Run::default();
    run.state(2, &[("role", 1), ("name", 1)]).state(3, &[("role", 1)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0]);
    run.asked(remove("name", 2), End::Unknown);
    assert_eq!(run.counts(), [0; 6]);
    run.state(4, &[("role", 1), ("name", 1)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0], "it comes again as it was");
    run.state(5, &[("role", 1), ("name", 3)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0], "with a new number it may");
}

#[test]
fn a_removal_is_followed_only_by_a_state_that_was_made_eligible_since() {
    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).state(1, &[("role", 1)]).removal(2).state(1, &[("role", 1)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0]);

    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).state(1, &[("role", 1)]).removal(2);
    run.asked(write("role", 2, false), End::Ok).state(2, &[("role", 2)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0], "nothing made it eligible");

    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).state(1, &[("role", 1)]).removal(2);
    run.asked(write("role", 2, true), End::Ok).asked(write("role", 3, false), End::Ok).state(3, &[("role", 3)]);
    run.ends_with(&[("role", 3)]);
    assert_eq!(run.counts(), [0; 6], "the state that made it eligible was merged into a newer one");
}

#[test]
fn a_late_call_that_is_followed_by_the_newest_state_is_counted_apart() {
    let mut run = Run::default();
    let late = run.hangs(1, &[("role", 1)]);
    run.state(2, &[("role", 2)]).applies(late).state(2, &[("role", 2)]).ends_with(&[("role", 2)]);
    assert_eq!(run.counts(), [0, 0, 0, 0, 0, 1]);
    run.refusing.insert(TARGET);
    assert_eq!(run.counts(), [0, 0, 1, 0, 0, 0], "a target that refuses older revisions has no excuse");
}

#[test]
fn what_a_late_call_lacks_was_not_gone() {
    let mut run = Run::default();
    let late = run.hangs(1, &[("name", 1)]);
    run.state(2, &[("name", 1), ("role", 1)]).applies(late).state(3, &[("name", 2), ("role", 1)]);
    // That it is removed later does not make it missing then.
    run.asked(remove("role", 2), End::Ok).state(4, &[("name", 2)]).ends_with(&[("name", 2)]);
    assert_eq!(run.counts(), [0; 6]);
}

#[test]
fn a_late_call_that_nothing_follows_goes_backwards() {
    let mut run = Run::default();
    let late = run.hangs(1, &[("role", 1)]);
    run.state(2, &[("role", 2)]).applies(late).wanted(&[("role", 2)]).there(&[("role", 1)]);
    assert_eq!(run.counts(), [0, 1, 1, 0, 0, 0]);
}

#[test]
fn a_call_that_was_not_known_to_be_lost_is_not_late() {
    let mut run = Run::default();
    let slow = run.arrives(1, "ada", Content::State(vector(&[("role", 1)])));
    run.state(2, &[("role", 2)]).applies(slow).replies(slow, Reply::Ok).state(2, &[("role", 2)]);
    assert_eq!(run.counts(), [0, 0, 1, 0, 1, 0]);
}

#[test]
fn a_call_lasts_until_it_is_answered_or_given_up() {
    let mut run = Run::default();
    let first = run.arrives(1, "ada", Content::State(vector(&[("role", 1)])));
    run.target.push(Target::GivenUp { call: first });
    run.state(1, &[("role", 1)]);
    assert_eq!(run.counts(), [0; 6]);
    let second = run.arrives(2, "ada", Content::State(vector(&[("role", 2)])));
    run.state(2, &[("role", 2)]).replies(second, Reply::Ok);
    assert_eq!(run.counts(), [0, 0, 0, 0, 1, 0]);
}

#[test]
fn equal_duplicates_are_tallied_and_unequal_ones_are_found() {
    let mut run = Run::default();
    run.state(1, &[("role", 1)]).state(1, &[("role", 1)]);
    assert_eq!((run.counts(), run.verdict().tally.equal_duplicates), ([0; 6], 1));
    run.state(1, &[("role", 1), ("name", 1)]);
    assert_eq!(run.counts(), [0, 0, 0, 1, 0, 0]);
}

#[test]
fn a_takeover_is_a_call_under_a_greater_number_after_one_whose_end_was_not_known() {
    let mut run = Run::default();
    let first = run.hangs(1, &[("role", 1)]);
    run.applies(first).state(2, &[("role", 1)]);
    let tally = run.verdict().tally;
    assert_eq!((tally.takeovers, tally.late, tally.calls, tally.applied), (1, 1, 2, 2));
}

#[test]
fn a_journal_is_read_as_it_was_written_but_for_a_torn_last_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("client.jsonl");
    let mut run = Run::default();
    run.asked(write("role", 1, true), End::Ok).asked(remove("role", 2), End::Unknown);
    run.client.push(Client::Fault { what: "kill".to_owned(), point: "after commit".to_owned() });
    let mut journal = Journal::open(&path);
    run.client.iter().for_each(|line| journal.write(line));
    let torn = std::fs::read_to_string(&path).unwrap() + "{\"line\":\"ask";
    std::fs::write(&path, torn).unwrap();
    assert_eq!(read::<Client>(&path), run.client);

    let path = folder.path().join("target.jsonl");
    run.state(1, &[("role", 1)]).removal(2);
    let mut journal = Journal::open(&path);
    run.target.iter().for_each(|line| journal.write(line));
    assert_eq!(read::<Target>(&path), run.target);
}
