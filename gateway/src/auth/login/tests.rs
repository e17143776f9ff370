use super::*;

fn login(ranges: &[&str]) -> Login {
    let time = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    Login::of(Principal {
        remote_ip: ranges.iter().map(|range| (*range).to_owned()).collect(),
        valid_from: time(100),
        valid_through: time(200),
        ..Default::default()
    })
}

#[test]
fn it_counts_from_its_beginning_until_before_its_end() {
    let login = login(&[]);
    assert_eq!([99, 100, 199, 200].map(|now| login.is_valid_at(now)), [false, true, true, false]);
    assert!(Login::of(Principal::default()).is_valid_at(0));
}

#[test]
fn it_counts_only_from_its_ranges() {
    for (ranges, address, expected) in [
        (&[][..], "192.0.2.1", true),
        (&["192.0.2.0/24", "2001:db8::/32"], "192.0.2.1", true),
        (&["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", true),
        (&["192.0.2.0/24", "2001:db8::/32"], "127.0.0.1", false),
        (&["192.0.2.0/24"], "::ffff:192.0.2.9", true),
        (&["::ffff:192.0.2.0/120"], "192.0.2.9", true),
        (&["::ffff:192.0.2.0/120"], "192.0.3.9", false),
        (&["192.0.2.7"], "192.0.2.7", true),
        (&["0.0.0.0/0", "::/0"], "127.0.0.1", true),
        (&["not-an-address"], "127.0.0.1", false),
    ] {
        assert_eq!(login(ranges).may_come_from(address.parse().ok()), expected, "{ranges:?} {address}");
    }
    assert!(login(&[]).may_come_from(None) && !login(&["0.0.0.0/0"]).may_come_from(None));
}
