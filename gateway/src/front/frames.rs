//! What a connection of HTTP/2 holds: the server below counts neither the requests that it keeps nor what their heads come to.
//!
//! A request is kept from its head until its answer is sent whole, which a client that lets nothing be sent can put off for
//! ever; and one byte of a head stands for a field (RFC 7541 §6.1). Frames are read here as they pass (RFC 9113 §4),
//! and nothing of them is changed.

use std::{collections::HashMap, io};

mod fields;

use fields::Fields;

/// What a client begins with.
const PREFACE: usize = 24;
/// A length, a kind, flags, and the number of the request.
const HEAD: usize = 9;
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const PUSH_PROMISE: u8 = 5;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 0x1;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;

/// Pieces of bodies that are shorter than this are short, and so many are kept at most: each takes the room of many bytes,
/// and one without any is in no window (RFC 9113 §6.9.1).
const SHORT: usize = 256;
/// The most that padding takes, with its length.
const PADDING: usize = 256;
const SHORT_PIECES: usize = 4_000;
/// The heads of the requests on a connection come to so many bytes at most.
const LARGEST_HEADS: usize = 1 << 20;
/// What is kept of a connection.
#[derive(Debug)]
pub(super) struct Frames {
    most: usize,
    asked: Passing,
    answered: Passing,
    /// The requests whose answers were not sent whole, with what their heads come to.
    open: HashMap<u32, usize>,
    heads: usize,
    /// The short pieces of their bodies, of each of those and of all.
    short: HashMap<u32, usize>,
    pieces: usize,
    /// What the head that comes comes to, and whose it is.
    block: usize,
    of: u32,
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

fn refused() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

impl Frames {
    /// A connection on which so many requests may be kept.
    pub(super) fn new(most: usize) -> Self {
        let passing = |skip| Passing { skip, head: Vec::with_capacity(HEAD), fields: None, before: 0, padded: false };
        let (asked, answered) = (passing(PREFACE), passing(0));
        Self {
            most,
            asked,
            answered,
            open: HashMap::new(),
            heads: 0,
            short: HashMap::new(),
            pieces: 0,
            block: 0,
            of: 0,
            last: 0,
            fields: Fields::default(),
        }
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
                // Also of what is kept nowhere: it is until it is whole.
                self.block += cost;
                if let Some(head) = self.open.get_mut(&number) {
                    *head += cost;
                    self.heads += cost;
                }
                if self.heads.max(self.block) > LARGEST_HEADS {
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

    /// Looks at what is answered; gives whether a piece of a body begins in it.
    pub(super) fn tell(&mut self, mut bytes: &[u8]) -> bool {
        let mut has_piece = false;
        while !bytes.is_empty() {
            let (frame, rest) = self.answered.next(bytes);
            bytes = rest;
            let Some(frame) = frame else { continue };
            has_piece |= frame.kind == DATA && frame.length > 0;
            let ends = matches!(frame.kind, DATA | HEADERS) && frame.flags & END_STREAM != 0;
            if ends || frame.kind == RST_STREAM {
                self.close(frame.number);
            }
            // A frame without a payload is passed over already.
            self.answered.skip = frame.length;
        }
        has_piece
    }

    fn asked(&mut self, frame: Frame) -> io::Result<()> {
        match frame.kind {
            // Only servers promise, and a head goes on with itself.
            PUSH_PROMISE => return Err(refused()),
            CONTINUATION if frame.number != self.of => return Err(refused()),
            HEADERS | CONTINUATION => {
                if frame.kind == HEADERS {
                    (self.of, self.block) = (frame.number, 0);
                }
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
                // What comes after the answer is kept by nobody.
                // Padding is no part of what is kept.
                let padding = if frame.flags & PADDED != 0 { PADDING } else { 0 };
                if kind == DATA && frame.length < SHORT + padding && self.open.contains_key(&frame.number) {
                    *self.short.entry(frame.number).or_default() += 1;
                    self.pieces += 1;
                }
                if self.pieces > SHORT_PIECES {
                    return Err(refused());
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
        if let Some(pieces) = self.short.remove(&number) {
            self.pieces = self.pieces.saturating_sub(pieces);
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

#[cfg(test)]
mod tests;
