use super::*;
use actix_web::test::TestRequest;

#[test]
fn a_user_has_room_for_so_many_and_others_have_their_own() {
    let (longest, a) = (1 << 20, "a");
    let bodies = Bodies::new(longest);
    let long = TestRequest::post().insert_header((header::CONTENT_LENGTH, longest)).to_http_request();
    let unsaid = TestRequest::post().insert_header((header::TRANSFER_ENCODING, "chunked")).to_http_request();
    let none = TestRequest::post().to_http_request();
    let other = TestRequest::post().insert_header((header::UPGRADE, "websocket")).to_http_request();
    let short = TestRequest::post().insert_header((header::CONTENT_LENGTH, SHORT - 1)).to_http_request();
    let mut held: Vec<_> = (0..MOST - 1).map(|_| bodies.hold(a, &long).ok().flatten()).collect();
    held.push(bodies.hold(a, &unsaid).ok().flatten());
    assert!(held.iter().all(Option::is_some));
    for request in [&long, &unsaid, &other] {
        assert!(matches!(bodies.hold(a, request), Err(Problem::TooMany { .. })));
    }
    for request in [&short, &none] {
        assert!(matches!(bodies.hold(a, request), Ok(None)), "short ones are not counted");
    }
    assert!(matches!(bodies.hold("b", &long), Ok(Some(_))));
    held.iter_mut().flatten().for_each(|held| held.came(longest - 1));
    assert!(bodies.hold(a, &long).is_err(), "a byte of each is not enough");
    held.iter_mut().flatten().for_each(|held| held.came(1));
    assert!(matches!(bodies.hold(a, &long), Ok(Some(_))));
    drop(held);
    assert!(bodies.held.lock().is_ok_and(|held| held.is_empty()), "nobody is remembered");
}
