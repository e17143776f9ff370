//! Paths: each names something or nothing, and whatever it names takes exactly the methods that it says.
#![no_main]

use actix_web::http::Method;
use gateway::{address::Address, refusal::Problem, routes::Place};

libfuzzer_sys::fuzz_target!(|path: &str| {
    let address = Address::of(path);
    let doubled = path.replace('/', "//");
    assert_eq!(Address::of(&doubled), address);
    let Ok(place) = Place::of(&address) else { return };
    let methods = place.methods();
    assert!(!methods.is_empty());
    let _ = (place.route(), place.id());
    for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
        for conditional in [false, true] {
            let refused =
                matches!(place.clone().operation(&method, conditional), Err(Problem::MethodNotAllowed { .. }));
            assert!(!(refused && methods.contains(&method.as_str())), "{method}");
        }
    }
});
