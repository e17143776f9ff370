//! *Overlap*: two calls for one subject at one target at once.
//!
//! A call lasts until it is answered, or until its end became unknowable: what a target does with it after that, nobody
//! outside can see, and it counts as late if it takes effect.

use std::collections::BTreeMap;

use super::journal::Course;

/// Finds calls that arrived while another one for the same place lasted.
#[must_use]
pub fn find(calls: &[Course<'_>]) -> Vec<String> {
    let mut lasting: BTreeMap<(i64, &str), Vec<&Course<'_>>> = BTreeMap::new();
    let mut found = Vec::new();
    for course in calls {
        let place = lasting.entry((course.call.target, &course.call.subject)).or_default();
        place.retain(|other| other.ended().is_none_or(|ended| ended > course.arrived));
        for other in place.iter() {
            found.push(format!(
                "{} at target {}: call {} (request {}, fence {}) arrived while call {} (request {}, fence {}) lasted",
                course.call.subject,
                course.call.target,
                course.call.call,
                course.call.request,
                course.call.fence,
                other.call.call,
                other.call.request,
                other.call.fence
            ));
        }
        place.push(course);
    }
    found
}
