//! What a frame of a broker must look like (AMQP 0-9-1).

/// A kind, a channel, a length.
pub(super) const HEAD: usize = 7;
const END: u8 = 0xce;
/// So deep is anything nested that a broker tells of itself.
const DEEPEST: usize = 16;

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

/// How long the payload of a frame is, by its head.
pub(super) fn length(head: &[u8]) -> Option<usize> {
    usize::try_from(Reader(head.get(3..HEAD)?).long()?).ok()
}

/// That a message is given back is said in so many bytes more at most than it was sent in.
const SAID_BACK: usize = 64;

/// How much of a message that was sent a frame gives back: that it is, its head, or a part of it.
pub(super) fn given_back(frame: &[u8]) -> usize {
    match frame.first() {
        Some(1) if frame.get(HEAD..HEAD + 4) == Some(&[0, 60, 0, 50]) => frame.len().saturating_sub(SAID_BACK),
        Some(2 | 3) => frame.len(),
        _ => 0,
    }
}

/// Whether the library answers a frame by itself: that the flow of messages goes on or stops, or that a channel closes.
pub(super) fn is_answered(frame: &[u8]) -> bool {
    let method = frame.get(HEAD..HEAD + 4);
    frame.first() == Some(&1) && matches!(method, Some([0, 20, 0, 20 | 40] | [0, 10, 0, 50]))
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
        payload.table(0)?;
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
        _ => payload.table(0),
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

    fn table(&mut self, depth: usize) -> Option<()> {
        let mut inside = self.sized()?;
        while !inside.0.is_empty() {
            inside.text()?;
            inside.value(depth + 1)?;
        }
        Some(())
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        let mut inside = self.sized()?;
        while !inside.0.is_empty() {
            inside.value(depth + 1)?;
        }
        Some(())
    }

    /// A value, of the types that RabbitMQ has.
    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        let fixed = match self.byte()? {
            b'V' => 0,
            b't' | b'b' | b'B' => 1,
            b's' | b'U' | b'u' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'L' | b'l' | b'd' | b'T' => 8,
            b'S' | b'x' => return self.sized().map(|_| ()),
            b'A' => return self.array(depth),
            b'F' => return self.table(depth),
            _ => return None,
        };
        self.take(fixed).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(kind: u8, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).expect("it is short").to_be_bytes();
        [&[kind, 0, 0], length.as_slice(), payload, &[END]].concat()
    }

    fn sized(inside: &[u8]) -> Vec<u8> {
        [u32::try_from(inside.len()).expect("it is short").to_be_bytes().as_slice(), inside].concat()
    }

    fn start(value: &[u8]) -> Vec<u8> {
        let table = sized(&[&[1, b'k'], value].concat());
        frame(1, &[&[0, 10, 0, 10, 0, 9], table.as_slice(), &sized(b"PLAIN"), &sized(b"en_US")].concat())
    }

    fn nested(deep: usize) -> Vec<u8> {
        (0..deep).fold(vec![b'V'], |inside, _| [vec![b'A'], sized(&inside)].concat())
    }

    #[test]
    fn what_brokers_send_is_sound_and_nothing_that_is_nested_deeper() {
        let flat = start(&[vec![b'S'], sized(b"RabbitMQ")].concat());
        assert_eq!(length(&flat), Some(flat.len() - HEAD - 1));
        let ack = frame(1, &[0, 60, 0, 80, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
        let head = frame(
            2,
            &[&[0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0xe0, 0, 1, b't', 0], sized(&[1, b'h', b'V']).as_slice()].concat(),
        );
        for sound in [flat.clone(), start(&nested(DEEPEST - 1)), ack, head, frame(3, b"body"), frame(8, b"")] {
            assert!(is_sound(&sound), "{sound:?}");
        }
        let declare = frame(1, &[&[0, 50, 0, 10, 0, 0, 0, 0], sized(b"").as_slice()].concat());
        let cut = [&flat[..flat.len() - 1], &[0]].concat();
        for wrong in
            [start(&nested(DEEPEST)), start(&nested(5_000)), declare, cut, frame(4, b""), frame(8, b"x"), Vec::new()]
        {
            assert!(!is_sound(&wrong));
        }
    }

    proptest! {
        #[test]
        fn anything_is_judged(bytes: Vec<u8>, kind in 0_u8..9) {
            let _judged = (is_sound(&bytes), is_sound(&frame(kind, &bytes)), length(&bytes));
        }
    }
}
