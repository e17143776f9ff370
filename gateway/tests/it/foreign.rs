//! Pages of other sites that have a browser write (D62).

use crate::{client::send, fake::House};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_for_a_page_of_another_site() {
    let house = House::open();
    for headers in [
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: cross-site\r\nOrigin: http://x\r\n",
        "Origin: https://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: same-site\r\nOrigin: http://evil.x\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Origin: http://x.evil.example\r\n",
    ] {
        for (method, path) in [
            ("POST", "/co_provisioning_targets.xml"),
            ("PUT", "/co_person_roles/7.json"),
            ("DELETE", "/co_person_roles/7.json"),
            ("POST", "/nothing"),
        ] {
            let answer = house.ask_with(method, path, headers, "").await;
            assert_eq!(answer.line(), (403, "Foreign Origin"), "{headers} {method} {path}");
            assert!(answer.body.contains("Foreign Origin: "), "{}", answer.body);
        }
        assert_eq!(house.ask_with("GET", "/co_person_roles.json", headers, "").await.status, 200, "{headers}");
        let nobody = send(house.address, "DELETE", "/co_person_roles/7.json", headers, b"").await;
        assert_eq!(nobody.status, 401, "who asks is settled first");
    }
    assert!(house.asked().iter().all(|asked| matches!(asked, crate::fake::Asked::List(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn own_pages_and_programs_write() {
    let house = House::open();
    for headers in [
        "",
        "Origin: http://x\r\n",
        "Origin: http://X:80\r\nSec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Site: none\r\n",
        // Behind a proxy that tells another Host.
        "Origin: https://registry.example.org\r\nSec-Fetch-Site: same-origin\r\n",
    ] {
        assert_eq!(house.ask_with("DELETE", "/co_person_roles/7.json", headers, "").await.status, 200, "{headers}");
    }
}

/// The answer to an invitation is a GET, and writes: not for a page of another site, and not for who only wants to know what
/// there is.
#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_answered_by_no_foreign_page_and_by_no_head() {
    let house = House::open();
    let path = "/co_invites.json?inviteid=x&reply=confirm";
    for headers in [
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image\r\n",
        "Sec-Fetch-Site: same-site\r\nSec-Fetch-Dest: image\r\n",
        "Origin: https://evil.example\r\n",
    ] {
        assert_eq!(house.ask_with("GET", path, headers, "").await.line(), (403, "Foreign Origin"), "{headers}");
    }
    assert_eq!(house.ask("HEAD", path, "").await.line(), (200, "OK"));
    assert_eq!(house.asked(), [], "nothing was done");
    for headers in ["", "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n", "Sec-Fetch-Site: same-origin\r\n"] {
        assert_eq!(house.ask_with("GET", path, headers, "").await.line(), (200, "Deleted"), "{headers}");
    }
}
