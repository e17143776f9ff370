//! Files and parts that name each other, straight or through others.

use std::collections::BTreeSet;

use super::Graph;
use crate::house::{Kind, Source};
use crate::naming::Names;

/// Finds the circles of a crate: between files of one part, and between parts.
///
/// A file that only hands on (`pub use`) what another one holds does not name it in this sense, and who names the item
/// names the file that holds it.
pub(super) fn find(sources: &[Source], names: &Names, package: &str) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    let (mut files, mut parts) = (Graph::new(), Graph::new());
    let ours = |source: &Source| source.package == package && source.kind == Kind::Product;
    for (index, source) in sources.iter().enumerate().filter(|(_, source)| ours(source)) {
        let namings = names.of_file(index);
        let places = namings.iter().filter(|naming| !naming.hands_on).flat_map(|naming| &naming.places);
        let targets: BTreeSet<usize> = places.filter_map(|place| names.file_of(place)).collect();
        for target in targets.into_iter().filter_map(|target| sources.get(target)).filter(|target| ours(target)) {
            let (from, to) = (source.path.display().to_string(), target.path.display().to_string());
            if source.part() == target.part() {
                files.entry(from).or_default().insert(to);
            } else {
                let of = |source: &Source| format!("{package}/{}", source.part());
                parts.entry(of(source)).or_default().insert(of(target));
            }
        }
    }
    (circles(&files), circles(&parts))
}

/// Gives the knots of a graph: sets in which each reaches each.
fn circles(graph: &Graph) -> Vec<Vec<String>> {
    let reached: Vec<(&String, BTreeSet<&String>)> = graph.keys().map(|from| (from, reach(graph, from))).collect();
    let mut found: Vec<Vec<String>> = Vec::new();
    for (from, to) in &reached {
        if !to.contains(from) || found.iter().any(|circle| circle.contains(from)) {
            continue;
        }
        let back = reached.iter().filter(|(other, from_other)| to.contains(other) && from_other.contains(from));
        found.push(back.map(|(other, _)| (*other).clone()).collect());
    }
    found
}

fn reach<'a>(graph: &'a Graph, from: &str) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut ahead: Vec<&String> = graph.get(from).into_iter().flatten().collect();
    while let Some(next) = ahead.pop() {
        if found.insert(next) {
            ahead.extend(graph.get(next).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_through_others_and_a_line_is_none() {
        let edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e")];
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry(from.to_owned()).or_default().insert(to.to_owned());
        }
        assert_eq!(circles(&graph), [["a", "b", "c"]]);
    }
}
