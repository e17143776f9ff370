use super::*;

#[test]
fn an_origin_is_of_its_host_alone() {
    for (origin, host) in [
        ("https://a.example", "a.example"),
        ("https://a.example", "A.example:443"),
        ("http://a.example:80", "a.example"),
        ("http://[::1]:8080", "[::1]:8080"),
    ] {
        assert!(is_of(origin, host), "{origin} {host}");
    }
    for (origin, host) in [
        ("null", "a.example"),
        ("", ""),
        ("https://b.example", "a.example"),
        ("https://a.example:8443", "a.example"),
        ("https://a.example.evil", "a.example"),
        ("file://a.example", "a.example"),
        ("a.example", "a.example"),
    ] {
        assert!(!is_of(origin, host), "{origin} {host}");
    }
}
