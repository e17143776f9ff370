//! What targets say, as people read it: on one line, and not all of it.

/// As much of what a target says as people read, in characters.
const LONGEST: usize = 300;

/// What a target says, as far as people read it.
pub(super) fn cut(letters: impl Iterator<Item = char>) -> String {
    letters.take(LONGEST).collect()
}

/// Whether a message may hold a text that was cut.
pub(super) fn is_cut(message: &str) -> bool {
    message.chars().count() >= LONGEST
}

/// What is left of a text without its control characters.
pub(super) fn dropped(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| !letter.is_control())
}

/// A text with blanks in place of its control characters.
pub(super) fn blanked(text: &str) -> impl Iterator<Item = char> {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter })
}
