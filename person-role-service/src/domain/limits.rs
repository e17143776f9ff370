//! From where and until when API users count: nobody gives wider limits than his own, to himself or to others.

use ipnet::IpNet;
use proto::record::{Record, Value};
use service_kit::network;

/// The fields of a record that are wider than those of the user who gives them, and a sentence for each.
#[must_use]
pub fn wider(own: &Record, given: &Record) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let ranges = texts(own);
    let networks: Vec<IpNet> = ranges.iter().filter_map(|text| network::range(text)).collect();
    let within =
        |text: &String| network::range(text).is_some_and(|range| networks.iter().any(|own| own.contains(&range)));
    let given_ranges = texts(given);
    if !ranges.is_empty() && (given_ranges.is_empty() || !given_ranges.iter().all(within)) {
        let own = ranges.join(", ");
        found.push(("remote_ip", format!("\"RemoteIp\" may not be wider than that of your own user: {own}")));
    }
    if let Some(end) = own.time("valid_through")
        && given.time("valid_through").is_none_or(|given| given > end)
    {
        let sentence = "\"ValidThrough\" may not be later than that of your own user";
        found.push(("valid_through", sentence.to_owned()));
    }
    found
}

fn texts(record: &Record) -> Vec<String> {
    match record.get("remote_ip") {
        Some(Value::Texts(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use proto::{record::Slot, registry::v1::ApiUser, table::Table};

    use super::*;

    fn user(ranges: &[&str], through: Option<i64>) -> Record {
        let mut user = Record::new(Table::of::<ApiUser>());
        if !ranges.is_empty() {
            let ranges = ranges.iter().map(|range| (*range).to_owned()).collect();
            user.set("remote_ip", Slot::Is(Value::Texts(ranges)));
        }
        user.set("valid_through", through.map_or(Slot::Absent, |time| Slot::Is(Value::Time(time))));
        user
    }

    #[test]
    fn who_has_limits_gives_none_that_are_wider() {
        let own = user(&["192.0.2.0/24", "2001:db8::/32"], Some(100));
        for (ranges, through, expected) in [
            (&["192.0.2.7"][..], Some(100), &[][..]),
            (&["192.0.2.0/25", "2001:db8:1::/48", "::ffff:192.0.2.0/120"], Some(99), &[]),
            (&["192.0.0.0/16"], Some(100), &["remote_ip"]),
            (&["192.0.2.7", "198.51.100.1"], Some(100), &["remote_ip"]),
            (&["nonsense"], Some(100), &["remote_ip"]),
            (&[], Some(101), &["remote_ip", "valid_through"]),
            (&["192.0.2.7"], None, &["valid_through"]),
        ] {
            let found: Vec<&str> = wider(&own, &user(ranges, through)).into_iter().map(|(field, _)| field).collect();
            assert_eq!(found, expected, "{ranges:?} {through:?}");
        }
        assert_eq!(wider(&user(&[], None), &user(&[], None)), []);
        let all_of_six = user(&["::/0"], None);
        assert_eq!(wider(&all_of_six, &user(&["::ffff:0.0.0.0/96"], None)).len(), 1, "that is IPv4");
    }
}
