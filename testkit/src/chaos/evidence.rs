//! The lines of the journals that a finding rests on.

use std::{fmt::Write, path::Path};

use crate::proof::Verdict;

/// Of each count, so many findings are told with their lines.
const FINDINGS: usize = 2;
/// So many lines of each finding at most, the last ones.
const LINES: usize = 40;

/// Tells what the journals say of the subjects of the first findings of each count.
pub(super) fn tell(verdict: &Verdict, client: &Path, target: &Path) -> String {
    let read = |path: &Path| std::fs::read_to_string(path).expect("the journal can be read");
    let (client, target) = (read(client), read(target));
    let mut told = String::new();
    for (name, found) in verdict.counts() {
        for sentence in found.iter().take(FINDINGS) {
            let Some(subject) = subject_of(sentence) else { continue };
            let _ = writeln!(told, "--- {name}: {sentence}");
            let asked = about(&client, subject, "operation");
            let called = about(&target, subject, "call");
            for line in asked.into_iter().chain(called) {
                let _ = writeln!(told, "    {line}");
            }
        }
    }
    told
}

/// The subject that a sentence names: `s42`.
fn subject_of(sentence: &str) -> Option<&str> {
    let mut words = sentence.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    words.find(|word| word.strip_prefix('s').is_some_and(|number| number.parse::<u64>().is_ok()))
}

/// The lines that name a subject, and those that go on with what they began; `number` is what they have in common.
fn about<'a>(journal: &'a str, subject: &str, number: &str) -> Vec<String> {
    let (name, label) = (format!("\"{subject}\""), format!("\"{number}\":"));
    let number_of = |line: &'a str| line.split(&label).nth(1)?.split([',', '}']).next();
    let mut known = std::collections::HashSet::new();
    let lines = journal.lines().enumerate().filter(|(_, line)| {
        let named = line.contains(&name);
        number_of(line).is_some_and(|number| (named && known.insert(number)) || known.contains(number))
    });
    let lines: Vec<String> = lines.map(|(at, line)| format!("{}: {line}", at + 1)).collect();
    lines.into_iter().rev().take(LINES).rev().collect()
}
