//! What a message of a directory must look like (RFC 4511).

/// A search was asked.
const SEARCH: u8 = 0x63;
/// An entry that a search found.
const ENTRY: u8 = 0x64;
/// The end of a search.
const DONE: u8 = 0x65;
/// A search that goes on elsewhere.
const REFERENCE: u8 = 0x73;
/// Of BindResponse, ModifyResponse, AddResponse, DelResponse, ModifyDNResponse, CompareResponse, ExtendedResponse.
const RESULTS: [u8; 7] = [0x61, 0x67, 0x69, 0x6b, 0x6d, 0x6f, EXTENDED];
pub(in crate::connector::ldap) const EXTENDED: u8 = 0x78;

const INTEGER: u8 = 0x02;
const BOOLEAN: u8 = 0x01;
const OCTETS: u8 = 0x04;
const ENUMERATED: u8 = 0x0a;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTROLS: u8 = 0xa0;
const REFERRAL: u8 = 0xa3;

/// So many values and names an entry has at most: each takes fifty bytes where it is read, however short it is. A group has a
/// value for each of its members.
const MANY: usize = 500_000;
/// And one of which not all members were asked for.
const FEW: usize = 20_000;
/// So many addresses and controls a message has at most.
const BESIDES: usize = 1_000;

/// What is read piece by piece.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (bytes.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, value))
    }

    fn one(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.any().filter(|(tag, _)| *tag == wanted).map(|(_, value)| value)
    }

    /// A number of at most four bytes.
    pub(super) fn number(&mut self, tag: u8) -> Option<i64> {
        let bytes = self.one(tag).filter(|bytes| (1..=4).contains(&bytes.len()))?;
        Some(bytes.iter().fold(0, |number, byte| (number << 8) | i64::from(*byte)))
    }

    fn text(&mut self) -> Option<()> {
        std::str::from_utf8(self.one(OCTETS)?).ok().map(|_| ())
    }

    /// Pieces to the end.
    fn each(value: &'a [u8], mut piece: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        let mut inside = Self(value);
        while !inside.is_at_end() {
            piece(&mut inside)?;
        }
        Some(())
    }
}

/// The number of a message, and what it is.
pub(in crate::connector::ldap) fn begins(message: &[u8]) -> Option<(i64, u8)> {
    let mut message = Reader(message);
    Some((message.number(INTEGER)?, message.any()?.0))
}

/// Whether a message asks for entries.
pub(super) const fn is_search(what: u8) -> bool {
    what == SEARCH
}

/// Whether a message asks for one entry, by its name.
pub(super) fn is_of_one(message: &[u8]) -> bool {
    let asked = |mut message: Reader<'_>| {
        message.number(INTEGER)?;
        let mut search = Reader(message.one(SEARCH)?);
        search.text()?;
        search.number(ENUMERATED)
    };
    asked(Reader(message)) == Some(0)
}

/// Whether a message is an entry that a search found.
pub(super) const fn is_entry(what: u8) -> bool {
    what == ENTRY
}

/// Whether nothing answers a message: it ends the connection, or a question.
pub(super) const fn is_unanswered(what: u8) -> bool {
    matches!(what, 0x42 | 0x50)
}

/// Whether a message ends a search.
pub(super) const fn is_done(what: u8) -> bool {
    what == DONE
}

/// What is known of the question that a message answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::connector::ldap) enum Asked {
    /// No entries were asked for.
    Nothing,
    /// Entries were.
    Entries,
    /// All members of a group were.
    Members,
}

/// Judges a message.
pub(in crate::connector::ldap) fn is_sound(message: &[u8], asked: Asked) -> bool {
    sound(message, asked).is_some()
}

/// The code of a result.
pub(in crate::connector::ldap) fn code(message: &[u8]) -> Option<i64> {
    let mut message = Reader(message);
    message.number(INTEGER)?;
    Reader(message.any()?.1).number(ENUMERATED)
}

/// Where a directory goes on with a listing: of a control's value (RFC 2696), in which nothing is nested.
pub(in crate::connector::ldap) fn cookie(value: &[u8]) -> Option<&[u8]> {
    let mut paged = Reader(Reader(value).one(SEQUENCE)?);
    paged.number(INTEGER)?;
    paged.one(OCTETS).filter(|_| paged.is_at_end())
}

fn sound(message: &[u8], asked: Asked) -> Option<()> {
    let searched = asked != Asked::Nothing;
    let mut left = if asked == Asked::Members { MANY } else { FEW };
    let mut besides = BESIDES;
    let mut message = Reader(message);
    message.number(INTEGER)?;
    let (what, value) = message.any()?;
    match what {
        ENTRY if searched => entry(value, &mut left)?,
        REFERENCE if searched => texts(value, &mut besides)?,
        DONE if searched => result(value, &mut besides)?,
        _ if !searched && RESULTS.contains(&what) => result(value, &mut besides)?,
        _ => return None,
    }
    if !message.is_at_end() {
        Reader::each(message.one(CONTROLS)?, |all| {
            besides = besides.checked_sub(1)?;
            control(all.one(SEQUENCE)?)
        })?;
    }
    message.is_at_end().then_some(())
}

fn entry(value: &[u8], left: &mut usize) -> Option<()> {
    let mut entry = Reader(value);
    entry.text()?;
    Reader::each(entry.one(SEQUENCE)?, |attributes| {
        let mut attribute = Reader(attributes.one(SEQUENCE)?);
        attribute.text()?;
        *left = left.checked_sub(1)?;
        Reader::each(attribute.one(SET)?, |values| {
            *left = left.checked_sub(1)?;
            values.one(OCTETS).map(|_| ())
        })?;
        attribute.is_at_end().then_some(())
    })?;
    entry.is_at_end().then_some(())
}

fn texts(value: &[u8], left: &mut usize) -> Option<()> {
    Reader::each(value, |texts| {
        *left = left.checked_sub(1)?;
        texts.text()
    })
}

fn result(value: &[u8], left: &mut usize) -> Option<()> {
    let mut result = Reader(value);
    result.number(ENUMERATED)?;
    result.text()?;
    result.text()?;
    Reader::each(result.0, |rest| {
        *left = left.checked_sub(1)?;
        match rest.any()? {
            (REFERRAL, addresses) => texts(addresses, left),
            // What a bind or an extended operation says besides.
            (0x87 | 0x8b, _) => Some(()),
            (0x8a, name) => std::str::from_utf8(name).ok().map(|_| ()),
            _ => None,
        }
    })
}

fn control(value: &[u8]) -> Option<()> {
    let mut control = Reader(value);
    control.text()?;
    let mut piece = control.any();
    if let Some((BOOLEAN, critical)) = piece {
        critical.first()?;
        piece = control.any();
    }
    piece.is_none_or(|(tag, _)| tag == OCTETS).then_some(()).filter(|()| control.is_at_end())
}

#[cfg(test)]
mod tests;
