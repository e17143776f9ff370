//! The description of the API is there for everybody (D49).

use crate::{client, fake::House};

#[tokio::test(flavor = "multi_thread")]
async fn the_description_asks_for_no_login() {
    let house = House::open();
    let plain =
        async |method: &'static str, path: &'static str| client::send(house.address, method, path, "", b"").await;
    for (path, version) in [
        ("/openapi.json", "3.1.0"),
        ("/registry/openapi.json", "3.1.0"),
        ("/openapi-3.0.json", "3.0.3"),
        ("/registry//openapi-3.0.json", "3.0.3"),
    ] {
        let answer = plain("GET", path).await;
        assert_eq!(answer.line(), (200, "OK"), "{path}");
        assert_eq!(answer.json()["openapi"], version);
        assert_eq!(answer.header("Content-Type"), Some("application/json; charset=UTF-8"));
    }
    for (path, kind) in [
        ("/docs", "text/html; charset=UTF-8"),
        ("/registry/docs", "text/html; charset=UTF-8"),
        ("/registry/docs/page.js", "text/javascript; charset=UTF-8"),
        ("/docs/rapidoc-min.js", "text/javascript; charset=UTF-8"),
    ] {
        let answer = plain("HEAD", path).await;
        assert_eq!((answer.line(), answer.header("Content-Type")), ((200, "OK"), Some(kind)), "{path}");
        assert!(answer.header("Content-Security-Policy").is_some_and(|policy| policy.contains("default-src 'none'")));
    }
    let answer = plain("POST", "/docs").await;
    assert_eq!((answer.line(), answer.header("Allow")), ((405, "Method Not Allowed"), Some("GET, HEAD")));
    assert!(answer.json()["Error"].is_string());
    for path in ["/openapi.xml", "/openapi", "/docs.json", "/docs/nothing.js", "/docs/"] {
        assert_eq!(plain("GET", path).await.status, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_names_nothing_elsewhere() {
    let house = House::open();
    let page = client::send(house.address, "GET", "/docs", "", b"").await.body;
    assert!(!page.contains("http:") && !page.contains("https:") && !page.contains("//"), "{page}");
}
