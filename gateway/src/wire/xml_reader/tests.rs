//! What is read, and what is refused before anything is built (D23).

use serde_json::json;

use super::*;

#[test]
fn elements_become_what_json_has() {
    for (text, expected) in [
        ("<a>x</a>", json!("x")),
        ("<a/>", json!("")),
        ("<a> x </a>", json!(" x ")),
        ("<a><b>1</b><c/></a>", json!({"b": "1", "c": ""})),
        ("<a>\n  <b>1</b>\n  <b>2</b>\n</a>", json!({"b": ["1", "2"]})),
        ("<a Id=\"7\"><b>1</b></a>", json!({"Id": "7", "b": "1"})),
        ("<a Id=\"7\"/>", json!({"Id": "7"})),
        ("<a Id=\"7\"><Id>7</Id></a>", json!({"Id": "7"})),
        ("<a Id=\"7\"><Id>8</Id></a>", json!({"Id": ["8", "7"]})),
        ("<a><b><Value>1</Value></b></a>", json!({"b": ["1"]})),
        ("<a><b><Value>1</Value><Value>2</Value></b></a>", json!({"b": ["1", "2"]})),
        ("<a><b><Value>1</Value><c/></b></a>", json!({"b": {"Value": "1", "c": ""}})),
        ("<a><Key Name=\"x y\">1</Key></a>", json!({"x y": "1"})),
        ("<a><b lang=\"de\">x</b></a>", json!({"b": "x"})),
        ("<a xmlns=\"urn:x\" xmlns:p=\"urn:y\" p:q=\"1\"><p:b>1</p:b></a>", json!({"p:b": "1"})),
        ("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;</a>", json!("<>&\"'AB")),
        ("<a><![CDATA[<b>&amp;]]>c</a>", json!("<b>&amp;c")),
        ("<a>x<!-- y -->z<?pi q?></a>", json!("xz")),
        ("<a b=\"&lt;&#65;\"/>", json!({"b": "<A"})),
        (
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<!-- x --><?pi?>\n<a>x</a>\n<!-- y -->\n",
            json!("x"),
        ),
        ("\u{feff}<a>x</a>", json!("x")),
        ("<a>x\r\ny\rz&#13;</a>", json!("x\ny\nz\r")),
        ("<ä>ü</ä>", json!("ü")),
    ] {
        assert_eq!(read(text).map(|(_, tree)| tree), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_not_taken_is_refused() {
    for text in [
        "",
        " ",
        "x",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>x",
        "x<a/>",
        "<a/>&amp;",
        "<a/><![CDATA[x]]>",
        "<a",
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
        "<a>&e;</a>",
        "<a b=\"&e;\"/>",
        "<a>&#0;</a>",
        "<a>&#x1;</a>",
        "<a>&#xFFFE;</a>",
        "<a>\u{1}</a>",
        "<a>\u{ffff}</a>",
        "<a b=\"&#1;\"/>",
        "<a>&#xD800;</a>",
        "<a>&#99999999999;</a>",
        "<a>& </a>",
        "<a>&amp</a>",
        "<a b=1/>",
        "<a b=\"1\" b=\"2\"/>",
        "<a b/>",
        "<a b=\"<\"/>",
        "<1a/>",
        "<a$/>",
        "<-a/>",
        "< a/>",
        "<a>x<b/></a>",
        "<a><b/>x</a>",
        "<?xml version=\"1.0\" encoding=\"latin1\"?><a/>",
        " <?xml version=\"1.0\"?><a/>",
        "<a><?xml version=\"1.0\"?></a>",
        "<a><!-- </a>",
        "<a><![CDATA[ </a>",
    ] {
        let answer = read(text);
        assert!(answer.is_err(), "{text} was read as {answer:?}");
    }
}

#[test]
fn elements_may_be_32_deep_and_no_deeper() {
    let nested = |depth: usize| format!("{}x{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(read(&nested(DEEPEST)).is_ok());
    assert!(read(&nested(DEEPEST + 1)).is_err());
    assert!(read(&nested(200_000)).is_err());
    assert!(read(&format!("{}<a/>{}", "<a>".repeat(DEEPEST), "</a>".repeat(DEEPEST))).is_err());
}

#[test]
fn a_billion_laughs_are_not_laughed() {
    let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">");
    for level in 1..10 {
        text.push_str(&format!("<!ENTITY lol{level} \"{}\">", format!("&lol{};", level - 1).repeat(10)));
    }
    text.push_str("]><lolz>&lol9;</lolz>");
    assert!(read(&text).unwrap_err().0.contains("document type"));
}

#[test]
fn a_full_body_of_small_elements_is_read_quickly() {
    let many: String = (0..60_000).map(|number| format!("<a{number}/><a{number}/>")).collect();
    let began = std::time::Instant::now();
    read(&format!("<r>{many}</r>")).unwrap();
    for dense in ["<a b='c'/>".repeat(11_000), "<a><b/></a>".repeat(11_000), "<a/>".repeat(201_000)] {
        assert!(read(&format!("<r>{dense}</r>")).unwrap_err().0.contains("more than any record does"));
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}
