//! What a connection of HTTP/2 holds: the server below counts neither the requests that it keeps nor what their heads come to.
//!
//! A request is kept from its head until its answer is sent whole, which a client that lets nothing be sent can put off for
//! ever; and one byte of a head may stand for four thousand (RFC 7541 §2.3.2). Frames are read here as they pass (RFC 9113 §4),
//! and nothing of them is changed.

use std::{collections::HashMap, io};

/// What a client begins with.
const PREFACE: usize = 24;
/// A length, a kind, flags, and the number of the request.
const HEAD: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 0x1;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// The heads of the requests on a connection come to so many bytes at most.
const LARGEST_HEADS: usize = 512 << 10;
/// What a field takes besides its text.
const FIELD: usize = 32;
/// Fields that need not be told are not longer.
const STATIC: usize = 64;
/// How many of them there are (RFC 7541 appendix A).
const STATICS: usize = 61;

/// What is kept of a connection.
#[derive(Debug)]
pub(super) struct Frames {
    most: usize,
    asked: Passing,
    answered: Passing,
    /// The requests whose answers were not sent whole, with what their heads come to.
    open: HashMap<u32, usize>,
    heads: usize,
    last: u32,
    fields: Fields,
}

/// Frames that go one way.
#[derive(Debug)]
struct Passing {
    /// Bytes that are passed over.
    skip: usize,
    head: Vec<u8>,
    /// What is left of a head of a request: its number, and bytes of fields.
    fields: Option<(u32, usize)>,
    /// Bytes that come before them, and whether the first says how many come after.
    before: usize,
    padded: bool,
}

/// The fields of a head, as they come byte by byte (RFC 7541 §6).
#[derive(Debug, Default)]
struct Fields {
    state: State,
    /// The longest field that this client had kept: what one byte may stand for.
    longest: usize,
    /// What the present one comes to.
    field: usize,
    kept: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// A field begins.
    #[default]
    Begin,
    /// A number goes on, by so many bits.
    Number { so_far: usize, bits: u32, of: Of },
    /// A text begins; whether it is a name.
    Text { name: bool },
    /// A text goes on.
    Rest { left: usize, name: bool },
}

/// What a number tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Index,
    NameIndex,
    Length { name: bool },
    Size,
}

fn refused() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

impl Frames {
    /// A connection on which so many requests may be kept.
    pub(super) fn new(most: usize) -> Self {
        let passing = |skip| Passing { skip, head: Vec::with_capacity(HEAD), fields: None, before: 0, padded: false };
        let (asked, answered) = (passing(PREFACE), passing(0));
        Self { most, asked, answered, open: HashMap::new(), heads: 0, last: 0, fields: Fields::default() }
    }

    /// Looks at what a client says.
    ///
    /// # Errors
    /// If it asks for too much.
    pub(super) fn hear(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while let Some((byte, rest)) = bytes.split_first() {
            if let Some((number, left)) = self.asked.fields.filter(|_| self.asked.before == 0) {
                let (now, rest) = bytes.split_at(left.min(bytes.len()));
                self.asked.fields = Some((number, left - now.len())).filter(|(_, left)| *left > 0);
                let cost = self.fields.read(now).ok_or_else(refused)?;
                if let Some(head) = self.open.get_mut(&number) {
                    *head += cost;
                    self.heads += cost;
                }
                if self.heads > LARGEST_HEADS {
                    return Err(refused());
                }
                bytes = rest;
                continue;
            }
            if self.asked.before > 0 {
                self.asked.before -= 1;
                if std::mem::take(&mut self.asked.padded) {
                    self.pad(usize::from(*byte))?;
                }
                bytes = rest;
                continue;
            }
            let (frame, rest) = self.asked.next(bytes);
            bytes = rest;
            if let Some(frame) = frame {
                self.asked(frame)?;
            }
        }
        Ok(())
    }

    /// Looks at what is answered.
    pub(super) fn tell(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (frame, rest) = self.answered.next(bytes);
            bytes = rest;
            let Some(frame) = frame else { continue };
            let ends = matches!(frame.kind, DATA | HEADERS) && frame.flags & END_STREAM != 0;
            if ends || frame.kind == RST_STREAM {
                self.close(frame.number);
            }
            // A frame without a payload is passed over already.
            self.answered.skip = frame.length;
        }
    }

    fn asked(&mut self, frame: Frame) -> io::Result<()> {
        match frame.kind {
            HEADERS | CONTINUATION => {
                if frame.kind == HEADERS && frame.number > self.last {
                    self.last = frame.number;
                    self.open.insert(frame.number, 0);
                    if self.open.len() > self.most {
                        return Err(refused());
                    }
                }
                let has = |flag: u8| frame.kind == HEADERS && frame.flags & flag != 0;
                let before = usize::from(has(PADDED)) + if has(PRIORITY) { 5 } else { 0 };
                let fields = frame.length.checked_sub(before).ok_or_else(refused)?;
                (self.asked.before, self.asked.padded) = (before, has(PADDED));
                self.asked.fields = Some((frame.number, fields)).filter(|_| fields > 0 || before > 0);
            }
            kind => {
                if kind == RST_STREAM {
                    self.close(frame.number);
                }
                self.asked.skip = frame.length;
            }
        }
        Ok(())
    }

    /// So many bytes come after the fields.
    fn pad(&mut self, after: usize) -> io::Result<()> {
        let (number, left) = self.asked.fields.ok_or_else(refused)?;
        let left = left.checked_sub(after).ok_or_else(refused)?;
        (self.asked.fields, self.asked.skip) =
            (Some((number, left)).filter(|_| left > 0 || self.asked.before > 0), after);
        Ok(())
    }

    fn close(&mut self, number: u32) {
        if let Some(head) = self.open.remove(&number) {
            self.heads = self.heads.saturating_sub(head);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    length: usize,
    kind: u8,
    flags: u8,
    number: u32,
}

impl Passing {
    /// Passes over what nobody looks at, and reads the head of a frame if it is whole.
    fn next<'a>(&mut self, bytes: &'a [u8]) -> (Option<Frame>, &'a [u8]) {
        let (passed, bytes) = bytes.split_at(self.skip.min(bytes.len()));
        self.skip -= passed.len();
        let (now, rest) = bytes.split_at((HEAD - self.head.len()).min(bytes.len()));
        self.head.extend(now);
        let [a, b, c, kind, flags, number @ ..] = self.head.as_slice() else { return (None, rest) };
        let Ok(number) = <[u8; 4]>::try_from(number) else { return (None, rest) };
        let length = u32::from_be_bytes([0, *a, *b, *c]);
        let frame = Frame {
            length: usize::try_from(length).unwrap_or(usize::MAX),
            kind: *kind,
            flags: *flags,
            number: u32::from_be_bytes(number) & (u32::MAX >> 1),
        };
        self.head.clear();
        (Some(frame), rest)
    }
}

impl Fields {
    /// Reads some bytes; gives what the fields come to at most that end in them. `None` if they are none.
    fn read(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut cost = 0;
        for byte in bytes {
            cost += self.byte(*byte)?;
        }
        Some(cost)
    }

    fn byte(&mut self, byte: u8) -> Option<usize> {
        match self.state {
            State::Begin => {
                (self.field, self.kept) = (FIELD, byte & 0xc0 == 0x40);
                match byte {
                    0x80.. => self.begins(byte, 7, Of::Index),
                    0x40.. => self.begins(byte, 6, Of::NameIndex),
                    0x20.. => self.begins(byte, 5, Of::Size),
                    _ => self.begins(byte, 4, Of::NameIndex),
                }
            }
            State::Number { so_far, bits, of } => {
                if bits > 21 {
                    return None;
                }
                let so_far = so_far + (usize::from(byte & 0x7f) << bits);
                if byte & 0x80 != 0 {
                    self.state = State::Number { so_far, bits: bits + 7, of };
                    return Some(0);
                }
                Some(self.told(so_far, of))
            }
            State::Text { name } => self.begins(byte, 7, Of::Length { name }),
            State::Rest { left, name } => match left {
                1 => Some(self.ended(name)),
                left => {
                    self.state = State::Rest { left: left - 1, name };
                    Some(0)
                }
            },
        }
    }

    /// A number begins in the last bits of a byte.
    fn begins(&mut self, byte: u8, bits: u32, of: Of) -> Option<usize> {
        let all = (1_usize << bits) - 1;
        let so_far = usize::from(byte) & all;
        if so_far == all {
            self.state = State::Number { so_far, bits: 0, of };
            return Some(0);
        }
        Some(self.told(so_far, of))
    }

    /// A number is told; gives what the field comes to if it ends with it.
    fn told(&mut self, number: usize, of: Of) -> usize {
        let stands_for = |index: usize| if index > STATICS { self.longest.max(STATIC) } else { STATIC };
        match of {
            Of::Size => self.state = State::Begin,
            Of::Index => {
                self.state = State::Begin;
                return FIELD + stands_for(number);
            }
            Of::NameIndex if number == 0 => self.state = State::Text { name: true },
            Of::NameIndex => {
                self.field += stands_for(number);
                self.state = State::Text { name: false };
            }
            Of::Length { name } => {
                // Five bits make a letter at least.
                self.field += number * 8 / 5;
                if number == 0 {
                    return self.ended(name);
                }
                self.state = State::Rest { left: number, name };
            }
        }
        0
    }

    fn ended(&mut self, name: bool) -> usize {
        if name {
            self.state = State::Text { name: false };
            return 0;
        }
        self.state = State::Begin;
        if self.kept {
            self.longest = self.longest.max(self.field);
        }
        self.field
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(kind: u8, flags: u8, number: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags], &number.to_be_bytes(), payload].concat()
    }

    fn begun(most: usize) -> Frames {
        let mut frames = Frames::new(most);
        frames.hear(&[b'P'; PREFACE]).unwrap();
        frames
    }

    #[test]
    fn requests_are_counted_until_their_answers_are_sent() {
        let mut frames = begun(3);
        let head = |number| frame(HEADERS, 0x5, number, &[0x82, 0x84]);
        for number in [1, 3, 5] {
            frames.hear(&head(number)).unwrap();
        }
        frames.tell(&frame(HEADERS, 0x4, 1, b"head"));
        assert_eq!(frames.open.len(), 3, "the body is to come");
        frames.tell(&[frame(4, 0, 0, b"settings"), frame(DATA, END_STREAM, 1, b"body")].concat());
        frames.hear(&head(7)).unwrap();
        frames.hear(&frame(RST_STREAM, 0, 7, &[0; 4])).unwrap();
        frames.hear(&head(9)).unwrap();
        frames.tell(&frame(RST_STREAM, 0, 9, &[0; 4]));
        frames.hear(&[frame(DATA, 0, 3, &[7; 9000]), head(11)].concat()).unwrap();
        assert_eq!(frames.hear(&head(13)).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn heads_count_by_what_they_stand_for() {
        let mut frames = begun(100);
        // A field of 4,000 letters that is kept, and then referred to.
        let mut kept = vec![0x40, 1, b'x', 0x7f];
        let over = 4_000 - 0x7f;
        kept.extend([u8::try_from(over & 0x7f).unwrap() | 0x80, u8::try_from(over >> 7).unwrap()]);
        kept.extend([b'y'; 4_000]);
        // It comes in two frames, with padding and a priority, and byte by byte.
        let (first, second) = kept.split_at(100);
        let padded = [&[7][..], &[0; 5], first, &[0; 7]].concat();
        let both = [frame(HEADERS, PADDED | PRIORITY, 1, &padded), frame(CONTINUATION, 4, 1, second)].concat();
        for byte in both {
            frames.hear(&[byte]).unwrap();
        }
        let cost = frames.heads;
        assert!((6_400..7_000).contains(&cost), "{cost}");
        let one = |number| frame(HEADERS, 5, number, &[0xbe]);
        frames.hear(&one(3)).unwrap();
        assert!(frames.heads > cost + 6_400);
        let mut number = 3;
        while frames.hear(&one(number)).is_ok() {
            number += 2;
            assert!(number < 300, "it is too much");
        }
        frames = begun(100);
        frames.hear(&frame(HEADERS, 5, 1, &[0x82; 2_000])).unwrap();
        assert!(frames.hear(&frame(HEADERS, 5, 3, &[0x82; 10_000])).is_err());
    }

    proptest! {
        #[test]
        fn anything_is_read_as_it_comes(bytes: Vec<u8>, at: prop::sample::Index, number in 1_u32..9) {
            let said = [vec![b'P'; PREFACE], frame(HEADERS, 4, number, &bytes), frame(DATA, 1, number, &bytes)].concat();
            let (mut whole, mut pieces) = (Frames::new(9), Frames::new(9));
            let (first, second) = said.split_at(at.index(said.len()));
            let heard = whole.hear(&said).is_ok();
            prop_assert_eq!(heard, pieces.hear(first).and_then(|()| pieces.hear(second)).is_ok());
            prop_assert!(!heard || whole.heads == pieces.heads);
            whole.tell(&bytes);
        }
    }
}
