//! What a frame of a broker must look like (AMQP 0-9-1).

/// A kind, a channel, a length.
pub(super) const HEAD: usize = 7;
const END: u8 = 0xce;
/// So deep is anything nested that a broker tells of itself.
const DEEPEST: usize = 16;
/// So many values are in a frame at most, nested ones included: each takes a byte on its way, and many times as much in the
/// library.
const VALUES: usize = 256;

/// The methods that brokers send to those who publish: class and method. But for the first, nothing is nested in them.
const METHODS: [(u16, u16); 20] = [
    START,
    (10, 20),
    (10, 30),
    (10, 41),
    (10, 50),
    (10, 51),
    (10, 60),
    (10, 61),
    (10, 71),
    (20, 11),
    (20, 20),
    (20, 21),
    (20, 40),
    (20, 41),
    (40, 11),
    (60, 50),
    (60, 80),
    (60, 120),
    (85, 11),
    (60, 11),
];
const START: (u16, u16) = (10, 10);
/// That a message is given back, and that one is published.
const RETURN: [u8; 4] = [0, 60, 0, 50];
const PUBLISH: [u8; 4] = [0, 60, 0, 40];

/// How long the payload of a frame is, by its head.
pub(super) fn length(head: &[u8]) -> Option<usize> {
    usize::try_from(Reader(head.get(3..HEAD)?).long()?).ok()
}

/// That a message is given back is said in so many bytes more at most than it was sent in.
const SAID_BACK: usize = 64;

/// How much of a message that was sent a frame gives back: that it is, its head, or a part of it.
pub(super) fn given_back(frame: &[u8]) -> usize {
    match frame.first() {
        Some(1) if method_of(frame) == Some(&RETURN) => frame.len().saturating_sub(SAID_BACK),
        Some(2 | 3) => frame.len(),
        _ => 0,
    }
}

/// The channel on which a frame says that a message is given back: the library keeps it until it is asked for, however little
/// was sent.
pub(super) fn is_back_on(frame: &[u8]) -> Option<u16> {
    channel_of(frame).filter(|_| frame.first() == Some(&1) && method_of(frame) == Some(&RETURN))
}

fn channel_of(frame: &[u8]) -> Option<u16> {
    Reader(frame.get(1..3)?).short()
}

fn method_of(frame: &[u8]) -> Option<&[u8]> {
    frame.get(HEAD..HEAD + 4)
}

/// What a client says, as it passes: which protocol it speaks, and then frames.
#[derive(Debug)]
pub(super) struct Client {
    head: Vec<u8>,
    left: usize,
}

impl Default for Client {
    fn default() -> Self {
        // "AMQP", and a version.
        Self { head: Vec::new(), left: 8 }
    }
}

impl Client {
    /// Looks at what a client says; gives the channels on which it publishes.
    pub(super) fn hear(&mut self, mut bytes: &[u8]) -> Vec<u16> {
        let mut channels = Vec::new();
        while let Some((byte, rest)) = bytes.split_first() {
            if self.left > 0 {
                let passed = self.left.min(bytes.len());
                self.left -= passed;
                bytes = bytes.get(passed..).unwrap_or_default();
                continue;
            }
            self.head.push(*byte);
            bytes = rest;
            let Some(payload) = length(&self.head) else { continue };
            // A method, if there is room for one.
            let first = payload.min(4);
            if self.head.len() < HEAD + first {
                continue;
            }
            if self.head.first() == Some(&1) && method_of(&self.head) == Some(&PUBLISH) {
                channels.extend(channel_of(&self.head));
            }
            // One byte ends it.
            self.left = payload - first + 1;
            self.head.clear();
        }
        channels
    }
}

/// Whether the library answers a frame by itself: that the flow of messages goes on or stops, or that a channel closes.
pub(super) fn is_answered(frame: &[u8]) -> bool {
    frame.first() == Some(&1) && matches!(method_of(frame), Some([0, 20, 0, 20 | 40] | [0, 10, 0, 50]))
}

/// Judges a whole frame.
pub(super) fn is_sound(frame: &[u8]) -> bool {
    let Some((kind, rest)) = frame.split_first() else { return false };
    let Some((END, rest)) = rest.split_last().map(|(end, rest)| (*end, rest)) else { return false };
    let payload = Reader(rest.get(HEAD - 1..).unwrap_or_default());
    match kind {
        1 => method(payload).is_some(),
        2 => header(payload).is_some(),
        3 => true,
        8 => payload.0.is_empty(),
        _ => false,
    }
}

fn method(mut payload: Reader<'_>) -> Option<()> {
    let method = (payload.short()?, payload.short()?);
    if !METHODS.contains(&method) {
        return None;
    }
    if method == START {
        payload.take(2)?;
        payload.table(0, &mut { VALUES })?;
    }
    Some(())
}

/// The head of a message that is given back: two texts, and then its headers.
fn header(mut payload: Reader<'_>) -> Option<()> {
    payload.take(12)?;
    let flags = payload.short()?;
    for text in [1 << 15, 1 << 14] {
        if flags & text != 0 {
            payload.text()?;
        }
    }
    match flags & (1 << 13) {
        0 => Some(()),
        _ => payload.table(0, &mut { VALUES }),
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn long(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<()> {
        let length = self.byte()?;
        self.take(usize::from(length)).map(|_| ())
    }

    fn sized(&mut self) -> Option<Reader<'a>> {
        let length = usize::try_from(self.long()?).ok()?;
        self.take(length).map(Reader)
    }

    fn table(&mut self, depth: usize, left: &mut usize) -> Option<()> {
        let mut inside = self.sized()?;
        while !inside.0.is_empty() {
            inside.text()?;
            inside.value(depth + 1, left)?;
        }
        Some(())
    }

    fn array(&mut self, depth: usize, left: &mut usize) -> Option<()> {
        let mut inside = self.sized()?;
        while !inside.0.is_empty() {
            inside.value(depth + 1, left)?;
        }
        Some(())
    }

    /// A value, of the types that RabbitMQ has, if so many are left.
    fn value(&mut self, depth: usize, left: &mut usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        *left = left.checked_sub(1)?;
        let fixed = match self.byte()? {
            b'V' => 0,
            b't' | b'b' | b'B' => 1,
            b's' | b'U' | b'u' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'L' | b'l' | b'd' | b'T' => 8,
            b'S' | b'x' => return self.sized().map(|_| ()),
            b'A' => return self.array(depth, left),
            b'F' => return self.table(depth, left),
            _ => return None,
        };
        self.take(fixed).map(|_| ())
    }
}

#[cfg(test)]
mod tests;
