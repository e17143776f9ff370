//! *Backwards*: a state is applied after a newer one. *Unequal duplicates*: one revision, two contents.
//!
//! In the order of application, for each target and subject: no number of a field may fall; a field may be missing only
//! when the client removed it after what was seen of it, and comes again only with a greater number; and a document that
//! was taken away comes again only with a number by which the client made the subject eligible, and which was not seen
//! before.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Evidence,
    journal::{Call, Client, Content, Course, End, Vector, Wish},
};

/// What was found of states that went backwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Those that nothing excuses.
    pub backwards: Vec<String>,
    /// Those whose end could not be known, and that were followed by the newest state.
    pub late: Vec<String>,
}

/// What the client may have done to the fields of subjects.
#[derive(Debug, Default)]
struct Wishes<'a> {
    /// The greatest number with which a field was removed.
    removed: HashMap<(&'a str, &'a str), u64>,
    /// The numbers with which a subject became eligible.
    shows: HashSet<(&'a str, &'a str, u64)>,
}

impl<'a> Wishes<'a> {
    fn of(client: &'a [Client]) -> Self {
        let refused: HashSet<u64> = client
            .iter()
            .filter_map(|line| match line {
                Client::Answered { operation, end: End::Fail, .. } => Some(*operation),
                _ => None,
            })
            .collect();
        let mut all = Self::default();
        for line in client {
            let Client::Asked { operation, wishes, .. } = line else { continue };
            if refused.contains(operation) {
                continue;
            }
            for (subject, wish) in wishes {
                match wish {
                    Wish::Write { field, number, shows: true } => {
                        all.shows.insert((subject, field, *number));
                    }
                    Wish::Write { .. } => {}
                    Wish::Remove { field, number } => {
                        let known = all.removed.entry((subject, field)).or_default();
                        *known = (*known).max(*number);
                    }
                }
            }
        }
        all
    }
}

/// What was seen of a subject at a target.
#[derive(Debug, Default)]
struct Seen {
    /// The greatest number of each field.
    greatest: Vector,
    /// The fields that the last state did not show any more.
    missing: HashSet<String>,
    /// What had been seen when a document was taken away, by its name.
    removed: BTreeMap<String, Vector>,
}

impl Seen {
    /// Why a state may not come now.
    fn objection(&self, call: &Call, vector: &Vector, wishes: &Wishes<'_>) -> Option<String> {
        let subject = call.subject.as_str();
        for (field, number) in vector {
            let seen = self.greatest.get(field).copied().unwrap_or_default();
            if *number < seen {
                return Some(format!("{field} falls from {seen} to {number}"));
            }
            if *number == seen && self.missing.contains(field) {
                return Some(format!("{field} was gone and comes again with {number}"));
            }
        }
        for (field, seen) in self.greatest.iter().filter(|(field, _)| !vector.contains_key(*field)) {
            if wishes.removed.get(&(subject, field)).is_none_or(|number| number <= seen) {
                return Some(format!("{field} had {seen} and is missing, though nobody removed it"));
            }
        }
        let before = self.removed.get(&call.key)?;
        let returns = vector.iter().any(|(field, number)| {
            (before.get(field).copied().unwrap_or_default() + 1..=*number)
                .any(|number| wishes.shows.contains(&(subject, field, number)))
        });
        (!returns).then(|| format!("{} was taken away and comes again", call.key))
    }

    fn take(&mut self, key: &str, content: &Content) {
        match content {
            Content::Removal => {
                self.removed.insert(key.to_owned(), self.greatest.clone());
            }
            Content::State(vector) => {
                self.missing = self.greatest.keys().filter(|field| !vector.contains_key(*field)).cloned().collect();
                for (field, number) in vector {
                    let seen = self.greatest.entry(field.clone()).or_default();
                    *seen = (*seen).max(*number);
                }
                self.removed.remove(key);
            }
        }
    }
}

/// Finds states that were applied after newer ones.
#[must_use]
pub fn backwards(evidence: &Evidence<'_>, calls: &[Course<'_>]) -> Found {
    let wishes = Wishes::of(evidence.client);
    let mut applied: Vec<(usize, &Course<'_>)> =
        calls.iter().filter_map(|course| Some((course.applied?, course))).collect();
    applied.sort_unstable_by_key(|(at, _)| *at);
    let mut seen: BTreeMap<(i64, &str), Seen> = BTreeMap::new();
    let mut unsettled: BTreeMap<(i64, &str), Vec<String>> = BTreeMap::new();
    let mut found = Found::default();
    for (_, course) in applied {
        let call = course.call;
        let place = (call.target, call.subject.as_str());
        let seen = seen.entry(place).or_default();
        let excused = course.is_late() && !evidence.refusing.contains(&call.target);
        let objection = match &call.content {
            Content::State(vector) => seen.objection(call, vector, &wishes),
            Content::Removal => None,
        };
        let sentence = |why: &str| {
            format!(
                "{} at target {}: {why} (call {}, request {}, fence {}, revision {})",
                call.subject, call.target, call.call, call.request, call.fence, call.revision
            )
        };
        match objection {
            // What was seen before stays seen: it has to come again.
            Some(why) if excused => unsettled.entry(place).or_default().push(sentence(&why)),
            Some(why) => found.backwards.push(sentence(&why)),
            // A removal that comes late takes away what may be newer: something has to follow it.
            None if excused && call.content == Content::Removal => {
                unsettled.entry(place).or_default().push(sentence("a removal came late"));
            }
            // A state that comes late may be an old one: what it lacks was not gone, and it settles nothing.
            None if excused => {}
            None => {
                found.late.extend(unsettled.remove(&place).unwrap_or_default());
                seen.take(&call.key, &call.content);
            }
        }
    }
    settle(evidence, unsettled, &mut found);
    found
}

/// What nothing followed went backwards, unless it left the target right nevertheless.
fn settle(evidence: &Evidence<'_>, unsettled: BTreeMap<(i64, &str), Vec<String>>, found: &mut Found) {
    for ((target, subject), sentences) in unsettled {
        let of = |documents: &[super::rest::Document]| {
            let mut of: Vec<_> =
                documents.iter().filter(|have| have.target == target && have.subject == subject).cloned().collect();
            of.sort_unstable();
            of
        };
        let right = of(&evidence.rest.model) == of(&evidence.rest.documents);
        if right { &mut found.late } else { &mut found.backwards }.extend(sentences);
    }
}

/// Finds calls with the same target, subject, document and revision, and other content.
#[must_use]
pub fn unequal(calls: &[Course<'_>]) -> Vec<String> {
    let mut first: BTreeMap<(i64, &str, i64), &Call> = BTreeMap::new();
    let mut found = Vec::new();
    for call in calls.iter().map(|course| course.call) {
        // Taking away the document of an old key belongs to the state that comes with the new one.
        if call.content == Content::Removal {
            continue;
        }
        let other = first.entry((call.target, &call.subject, call.revision)).or_insert(call);
        if other.digest != call.digest {
            found.push(format!(
                "{} at target {}, revision {}: call {} brings {:?}, call {} brings {:?}",
                call.subject, call.target, call.revision, other.call, other.content, call.call, call.content
            ));
        }
    }
    found
}
