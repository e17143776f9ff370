//! *Wrong at the end*: the documents of the targets differ from the model.

use std::collections::BTreeMap;

use super::rest::{Document, Rest};

/// Finds what is missing, what differs, and what nobody should have.
#[must_use]
pub fn find(rest: &Rest) -> Vec<String> {
    let by_name = |documents: &[Document]| -> BTreeMap<(i64, String), Document> {
        documents.iter().map(|document| ((document.target, document.key.clone()), document.clone())).collect()
    };
    let (model, there) = (by_name(&rest.model), by_name(&rest.documents));
    let mut found = Vec::new();
    for ((target, key), wanted) in &model {
        match there.get(&(*target, key.clone())) {
            None => found.push(format!("target {target} misses {key} of {}: {:?}", wanted.subject, wanted.vector)),
            Some(have) if have != wanted => found.push(format!(
                "target {target} has {key} of {} with {:?} {} instead of {:?} {}",
                have.subject, have.vector, have.text, wanted.vector, wanted.text
            )),
            Some(_) => {}
        }
    }
    for ((target, key), orphan) in &there {
        if !model.contains_key(&(*target, key.clone())) {
            found.push(format!("target {target} has the orphan {key} of {}: {:?}", orphan.subject, orphan.vector));
        }
    }
    found
}
