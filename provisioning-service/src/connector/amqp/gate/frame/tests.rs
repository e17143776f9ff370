//! What frames are taken for.

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

#[test]
fn no_more_values_come_than_anybody_tells() {
    let many = |count: usize| start(&[vec![b'A'], sized(&vec![b'V'; count])].concat());
    // The array is one of them.
    assert!(is_sound(&many(VALUES - 1)));
    assert!(!is_sound(&many(VALUES)));
}

#[test]
fn a_client_is_heard_in_whatever_pieces_it_speaks() {
    let publish = [1, 0, 3, 0, 0, 0, 9, 0, 60, 0, 40, 0, 0, 0, 0, 0, END];
    let said = [
        b"AMQP\0\0\x09\x01".to_vec(),
        frame(8, b""),
        publish.to_vec(),
        frame(3, &PUBLISH),
        frame(3, b"abc"),
        frame(1, &[0, 20, 0, 41]),
        publish.to_vec(),
    ]
    .concat();
    assert_eq!(Client::default().hear(&said), [3, 3]);
    for size in [1, 2, 7, 11] {
        let mut client = Client::default();
        let heard: Vec<u16> = said.chunks(size).flat_map(|bytes| client.hear(bytes)).collect();
        assert_eq!(heard, [3, 3], "{size}");
    }
}

proptest! {
    #[test]
    fn anything_is_judged(bytes: Vec<u8>, kind in 0_u8..9) {
        let _judged = (is_sound(&bytes), is_sound(&frame(kind, &bytes)), length(&bytes));
    }
}
