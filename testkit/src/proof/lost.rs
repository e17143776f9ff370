//! *Lost*: an acknowledged write that no applied state shows; an accepted request that did not end; an end that is not
//! told exactly once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Evidence,
    journal::{Client, Content, Course, End, Wish},
};

/// Finds what was lost.
#[must_use]
pub fn find(evidence: &Evidence<'_>, calls: &[Course<'_>]) -> Vec<String> {
    let mut found = writes(evidence, calls);
    found.extend(requests(evidence));
    found.extend(history(evidence));
    found
}

/// Acknowledged writes, at each target where the subject belongs at the end, without an applied state that is at least as
/// new in this field. What was removed later is not missed.
fn writes(evidence: &Evidence<'_>, calls: &[Course<'_>]) -> Vec<String> {
    let ends: HashMap<u64, End> = evidence
        .client
        .iter()
        .filter_map(|line| match line {
            Client::Answered { operation, end, .. } => Some((*operation, *end)),
            _ => None,
        })
        .collect();
    let mut acknowledged: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    let mut removed: HashMap<(&str, &str), u64> = HashMap::new();
    for line in evidence.client {
        let Client::Asked { operation, wishes, .. } = line else { continue };
        let end = ends.get(operation).copied().unwrap_or(End::Unknown);
        for (subject, wish) in wishes {
            match wish {
                Wish::Write { field, number, .. } if end == End::Ok => {
                    let known = acknowledged.entry((subject, field)).or_default();
                    *known = (*known).max(*number);
                }
                Wish::Remove { field, number } if end != End::Fail => {
                    let known = removed.entry((subject, field)).or_default();
                    *known = (*known).max(*number);
                }
                Wish::Write { .. } | Wish::Remove { .. } => {}
            }
        }
    }
    let mut applied: HashMap<(i64, &str, &str), u64> = HashMap::new();
    for course in calls.iter().filter(|course| course.applied.is_some()) {
        let Content::State(vector) = &course.call.content else { continue };
        for (field, number) in vector {
            let known = applied.entry((course.call.target, &course.call.subject, field)).or_default();
            *known = (*known).max(*number);
        }
    }
    let belongs: HashSet<(i64, &str)> =
        evidence.rest.model.iter().map(|document| (document.target, document.subject.as_str())).collect();
    let mut found = Vec::new();
    for ((subject, field), number) in &acknowledged {
        if removed.get(&(*subject, *field)).is_some_and(|removed| removed > number) {
            continue;
        }
        for (target, _) in belongs.iter().filter(|(_, of)| of == subject) {
            let seen = applied.get(&(*target, *subject, *field)).copied().unwrap_or_default();
            if seen < *number {
                found.push(format!("{subject}: {field} = {number} was acknowledged, target {target} saw {seen}"));
            }
        }
    }
    found.sort_unstable();
    found
}

/// Accepted requests that have not ended.
fn requests(evidence: &Evidence<'_>) -> Vec<String> {
    let accepted = evidence.client.iter().filter_map(|line| match line {
        Client::Answered { request, .. } => *request,
        _ => None,
    });
    let accepted: std::collections::BTreeSet<i64> = accepted.collect();
    accepted
        .into_iter()
        .filter_map(|id| match evidence.rest.requests.get(&id) {
            Some(request) if request.ended => None,
            Some(request) => Some(format!("request {id} was accepted and is {}", request.status)),
            None => Some(format!("request {id} was accepted and is unknown")),
        })
        .collect()
}

/// Ends that the history does not tell exactly once.
fn history(evidence: &Evidence<'_>) -> Vec<String> {
    let mut told: BTreeMap<(i64, &str), (u64, u64)> = BTreeMap::new();
    for request in evidence.rest.requests.values() {
        told.entry((request.target, &request.subject)).or_default().0 += request.told;
    }
    for lines in &evidence.rest.history {
        told.entry((lines.target, &lines.subject)).or_default().1 += lines.lines;
    }
    let uneven = told.into_iter().filter(|(_, (ends, lines))| ends != lines);
    uneven
        .map(|((target, subject), (ends, lines))| {
            format!("{subject} at target {target}: {ends} ends, {lines} lines of history")
        })
        .collect()
}
