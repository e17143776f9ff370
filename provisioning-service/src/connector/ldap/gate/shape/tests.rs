//! What directories send is sound, and nothing else is.

use super::*;
use proptest::prelude::*;

/// A piece with its length.
fn piece(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut all = vec![tag, 0x82];
    all.extend(u16::try_from(value.len()).expect("it is short").to_be_bytes());
    all.extend(value);
    all
}

fn message(what: u8, value: &[u8]) -> Vec<u8> {
    [piece(INTEGER, &[7]), piece(what, value)].concat()
}

fn found() -> Vec<u8> {
    let values = piece(SET, &[piece(OCTETS, b"a"), piece(OCTETS, &[0xff])].concat());
    let attributes = piece(SEQUENCE, &piece(SEQUENCE, &[piece(OCTETS, b"cn"), values].concat()));
    [piece(OCTETS, b"dc=x"), attributes].concat()
}

fn ended() -> Vec<u8> {
    [piece(ENUMERATED, &[0]), piece(OCTETS, b""), piece(OCTETS, "ä".as_bytes())].concat()
}

#[test]
fn what_directories_send_is_sound() {
    let control = piece(SEQUENCE, &[piece(OCTETS, b"1.2"), piece(OCTETS, b"x")].concat());
    let controlled = [message(DONE, &ended()), piece(CONTROLS, &control)].concat();
    let referred = [ended(), piece(REFERRAL, &piece(OCTETS, b"ldap://x"))].concat();
    for (message, searched) in [
        (message(ENTRY, &found()), Asked::Entries),
        (message(DONE, &referred), Asked::Entries),
        (controlled, Asked::Members),
        (message(EXTENDED, &[ended(), piece(0x8a, b"1.2")].concat()), Asked::Nothing),
        (message(0x61, &ended()), Asked::Nothing),
    ] {
        assert!(is_sound(&message, searched), "{message:?}");
        let other = if searched == Asked::Nothing { Asked::Entries } else { Asked::Nothing };
        assert!(!is_sound(&message, other), "an answer to another question");
        assert!(!is_sound(&message[..message.len() - 1], searched));
        assert!(!is_sound(&[message.clone(), vec![0]].concat(), searched));
    }
    assert_eq!(code(&message(0x61, &ended())), Some(0));
    let paged = |inside: &[u8]| piece(SEQUENCE, &[piece(INTEGER, &[0]), inside.to_vec()].concat());
    assert_eq!(cookie(&paged(&piece(OCTETS, b"next"))), Some(&b"next"[..]));
    let deep = (0..200_000).fold(Vec::new(), |inner: Vec<u8>, _| [vec![0x30, 0x84, 0, 0, 0, 0], inner].concat());
    for wrong in [paged(b""), piece(SEQUENCE, b""), deep] {
        assert_eq!(cookie(&wrong), None);
    }
    let nested = (0..2000).fold(Vec::new(), |inner: Vec<u8>, _| piece(SEQUENCE, &inner));
    assert!(!is_sound(&message(ENTRY, &nested), Asked::Entries));
    let of = |count: usize| {
        let long = |tag, inside: &[u8]| {
            [vec![tag, 0x84], u32::try_from(inside.len()).expect("it is short").to_be_bytes().to_vec(), inside.to_vec()]
                .concat()
        };
        let values = long(SET, &[OCTETS, 0].repeat(count));
        let attributes = long(SEQUENCE, &long(SEQUENCE, &[piece(OCTETS, b"member"), values].concat()));
        [piece(INTEGER, &[7]), long(ENTRY, &[piece(OCTETS, b"cn=x"), attributes].concat())].concat()
    };
    let short = |count: usize| [OCTETS, 0].repeat(count);
    for (count, sound) in [(BESIDES - 1, true), (BESIDES + 1, false)] {
        let referred = [ended(), piece(REFERRAL, &short(count))].concat();
        let controls = piece(SEQUENCE, &piece(OCTETS, b"1")).repeat(count);
        for (message, asked) in [
            (message(0x61, &referred), Asked::Nothing),
            (message(DONE, &referred), Asked::Members),
            (message(REFERENCE, &short(count)), Asked::Members),
            (message(0x61, &[ended(), [0x87, 0].repeat(count)].concat()), Asked::Nothing),
            ([message(DONE, &ended()), piece(CONTROLS, &controls)].concat(), Asked::Entries),
        ] {
            assert_eq!(is_sound(&message, asked), sound, "{count} besides");
        }
    }
    for (count, asked, sound) in [
        (FEW - 1, Asked::Entries, true),
        (FEW, Asked::Entries, false),
        (FEW, Asked::Members, true),
        (MANY, Asked::Members, false),
    ] {
        assert_eq!(is_sound(&of(count), asked), sound, "{count} values");
    }
}

proptest! {
    #[test]
    fn anything_is_judged(mut bytes: Vec<u8>, at: prop::sample::Index, flip: u8) {
        let _judged = is_sound(&bytes, Asked::Entries) || is_sound(&bytes, Asked::Nothing);
        bytes = message(ENTRY, &found());
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        let _judged = is_sound(&bytes, Asked::Members);
    }
}
