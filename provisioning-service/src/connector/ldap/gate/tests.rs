use super::*;

fn piece(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[tag, 0x84], length.as_slice(), value].concat()
}

/// All members of a group are long; what else is asked on the connection meanwhile is told no more for it.
#[tokio::test]
async fn only_who_asks_for_one_entry_has_room() {
    let entry = [
        piece(4, b"cn=x"),
        piece(0x30, &piece(0x30, &[piece(4, b"m"), piece(0x31, &piece(4, &vec![b'x'; LONGEST]))].concat())),
    ];
    for (scope, room, passes) in [(0, true, true), (0, false, false), (1, true, false), (2, true, false)] {
        let gate = Gate::default();
        let _room = room.then(|| gate.room());
        let search = piece(0x63, &[piece(4, b"dc=x"), piece(0x0a, &[scope])].concat());
        gate.note(&piece(0x30, &[piece(2, &[7]), search].concat()));
        let found = piece(0x30, &[piece(2, &[7]), piece(0x64, &entry.concat())].concat());
        let passed = gate.answer(&mut found.as_slice()).await;
        assert_eq!(passed.is_ok_and(|message| message.is_some()), passes, "{scope} {room}");
        assert_eq!(gate.refused().is_none(), passes);
    }
}
