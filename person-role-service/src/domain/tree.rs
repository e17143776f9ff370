//! Numbers that say what lies below what in a tree (neighbours.md COU, `Lft` and `Rght`).

use std::collections::{BTreeMap, HashMap};

/// Numbers the nodes of a forest, given as ids and parents: whoever lies between the two numbers of a node lies below it.
/// Nodes with the same parent stand in the order of their ids; a parent that is not there counts as none.
#[must_use]
pub fn numbered(nodes: &BTreeMap<i64, Option<i64>>) -> HashMap<i64, (i64, i64)> {
    let mut below: BTreeMap<Option<i64>, Vec<i64>> = BTreeMap::new();
    for (id, parent) in nodes.iter().rev() {
        below.entry(parent.filter(|parent| nodes.contains_key(parent))).or_default().push(*id);
    }
    let mut numbers = HashMap::with_capacity(nodes.len());
    let mut next = 0;
    // Without recursion: a tree may be as deep as it likes. A node that is met again is left.
    let mut path = below.remove(&None).unwrap_or_default();
    while let Some(id) = path.pop() {
        next += 1;
        match numbers.get_mut(&id) {
            Some((_, right)) => *right = next,
            None => {
                numbers.insert(id, (next, next));
                path.push(id);
                path.extend(below.remove(&Some(id)).unwrap_or_default());
            }
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::numbered;

    #[test]
    fn a_small_tree_is_numbered_as_the_reference_does() {
        let nodes = [(1, None), (2, Some(1)), (3, Some(1)), (4, Some(2)), (5, None), (6, Some(99))].into();
        let numbers = numbered(&nodes);
        let expected = [(1, (1, 8)), (2, (2, 5)), (4, (3, 4)), (3, (6, 7)), (5, (9, 10)), (6, (11, 12))];
        assert_eq!(numbers, expected.into());
    }

    proptest! {
        #[test]
        fn who_is_below_lies_between(parents in prop::collection::vec(0..40_i64, 0..40)) {
            // The parent of each is one of those before it, or none.
            let nodes: std::collections::BTreeMap<i64, Option<i64>> =
                (1..).zip(parents).map(|(id, parent)| (id, (1..id).contains(&parent).then_some(parent))).collect();
            let numbers = numbered(&nodes);
            prop_assert_eq!(numbers.len(), nodes.len());
            for (id, parent) in &nodes {
                let (left, right) = numbers[id];
                prop_assert!(left < right);
                if let Some((above, end)) = parent.map(|parent| numbers[&parent]) {
                    prop_assert!(above < left && right < end);
                }
            }
        }
    }
}
