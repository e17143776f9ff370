//! Requests and heads are counted as they pass.

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

/// One without any bytes is in no window, and takes the room of many.
#[test]
fn short_pieces_of_bodies_are_counted_until_their_answers_are_sent() {
    let mut frames = begun(3);
    let head = |number| frame(HEADERS, 0x4, number, &[0x82, 0x84]);
    let pieces = |number, count: usize, payload: &[u8]| frame(DATA, 0, number, payload).repeat(count);
    // A stream of events stays open beside the others.
    frames.hear(&head(1)).unwrap();
    for number in [3, 5] {
        frames.hear(&head(number)).unwrap();
        frames.hear(&pieces(number, SHORT_PIECES, &[])).unwrap();
        frames.hear(&pieces(number, 100, &[7; SHORT])).unwrap();
        frames.tell(&frame(DATA, END_STREAM, number, b"body"));
        frames.hear(&pieces(number, 100, &[])).unwrap();
    }
    frames.hear(&head(7)).unwrap();
    frames.hear(&pieces(7, SHORT_PIECES - 1, &[])).unwrap();
    frames.hear(&pieces(1, 1, &[7; SHORT - 1])).unwrap();
    // Padded as far as can be, nothing is left of it.
    let padded = frame(DATA, PADDED, 7, &[[255].as_slice(), &[0; 255]].concat());
    assert_eq!(frames.hear(&padded).unwrap_err().kind(), io::ErrorKind::InvalidData);
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
    let head = |number, fields: usize| frame(HEADERS, 5, number, &vec![0xbe; fields]);
    frames.hear(&head(3, 10)).unwrap();
    assert_eq!(frames.heads, cost + 1_600, "what was told before is shared");
    let mut number = 5;
    while frames.hear(&head(number, 100)).is_ok() {
        number += 2;
        assert!(number < 200, "it is too much");
    }
}

/// Heads are kept until they are whole, whosever they are.
#[test]
fn heads_that_belong_to_nobody_count() {
    let begin = frame(HEADERS, 0, 1, &[0x93]);
    let more = frame(CONTINUATION, 0, 1, &[0x93; 16_000]);
    for before in [Vec::new(), [frame(HEADERS, 5, 1, &[0x82]), frame(RST_STREAM, 0, 1, &[0; 4])].concat()] {
        let mut frames = begun(100);
        frames.hear(&before).unwrap();
        frames.hear(&begin).unwrap();
        assert!(frames.hear(&more).is_err());
    }
    let mut frames = begun(100);
    // A text of twenty megabytes that has not come yet.
    assert!(frames.hear(&frame(HEADERS, 0, 1, &[0, 1, b'x', 0x7f, 0x81, 0xda, 0xc4, 0x09])).is_err());
    assert!(begun(100).hear(&frame(PUSH_PROMISE, 4, 1, &[0, 0, 0, 2, 0x93])).is_err());
    assert!(begun(100).hear(&[begin, frame(CONTINUATION, 4, 3, &[0x93])].concat()).is_err());
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
