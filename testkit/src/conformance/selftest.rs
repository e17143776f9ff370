//! Proves that the kit can fail: each expectation against a small server with canned answers.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::client::Client;
use super::error::{KitError, Stop};
use super::json::Json;
use super::matcher::Integers;
use super::runner::Runner;
use super::scope::{Variable, Variables};
use super::step::{Credentials, Step};
use super::{Kit, Selection, run};

type Outcome = Result<(), Box<dyn Error>>;

/// Answers `GET /r/good.json` and the like; anything else gets its own request back as the body of a 404.
async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = Vec::new();
    let (mut end, mut length) = (None, 0);
    while end.is_none_or(|end| request.len() < end + length) {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        if end.is_none() {
            let head = String::from_utf8_lossy(&request).into_owned();
            end = head.find("\r\n\r\n").map(|end| end + 4);
            let given = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
            length = given.and_then(|value| value.parse().ok()).unwrap_or(0);
        }
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    let target = text.split(' ').take(2).collect::<Vec<_>>().join(" ");
    let (head, body) = match target.as_str() {
        "GET /r/good.json" => ("200 OK\nContent-Type: application/json", r#"{"Rs":[{"Id":1,"Status":"Active"}]}"#),
        "HEAD /r/good.json" => ("200 OK\nContent-Length: 35", ""),
        "GET /r/phrase.json" => ("200 Not  quite fine\nA: x\na: y\nL:", "{}"),
        "GET /r/bare.json" => ("204", ""),
        "GET /r/broken.json" => ("200 OK", r#"{"Rs":["#),
        "GET /r/error.json" => ("500 Oops\nContent-Type: text/html", "<html>"),
        "GET /r/chunked.json" => {
            ("200 OK\nTransfer-Encoding: chunked", "4;x=y\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\nT: x\r\n\r\n")
        }
        "GET /r/short.json" => ("200 OK\nContent-Length: 10", "{}"),
        "GET /r/continue.json" => ("100 Continue\n\nHTTP/1.1 200 OK", "{}"),
        "GET /r/x.xml" => ("200 OK", r#"<Rs Version="1.0"><R Id="1"><T>t</T></R></Rs>"#),
        "GET /r/broken.xml" => ("200 OK", "<Rs>"),
        "GET /r/fields.json" => {
            ("400 Invalid Fields", r#"{"InvalidFields":{"title":["too long, 128 at most"],"o":["content"]}}"#)
        }
        _ => ("404 Unknown", text.as_str()),
    };
    let answer = format!("HTTP/1.1 {}\r\n\r\n{body}", head.replace('\n', "\r\n"));
    stream.write_all(answer.as_bytes()).await
}

async fn server() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    Ok(address)
}

fn runner(address: SocketAddr) -> Result<Runner, KitError> {
    let platform = Credentials { username: "u".to_owned(), password: "p".to_owned() };
    Ok(Runner {
        client: Client::new(&format!("http://{address}/r/"))?,
        integers: Integers::Number,
        users: HashMap::from([("platform".to_owned(), platform)]),
        variables: Variables::from([
            ("run".to_owned(), Variable::Known(Json::text("cafe"))),
            ("odd".to_owned(), Variable::Known(Json::text("a b/ü:<&"))),
        ]),
    })
}

/// Runs a scenario of some steps, given as JSON.
async fn steps(runner: &Runner, steps: &[String]) -> Result<(), Stop> {
    let steps: Vec<Step> = steps.iter().map(|step| Step::parse(step)).collect::<Result<_, _>>()?;
    runner.scenario(&steps, 26).await
}

fn get(path: &str, expect: &str, more: &str) -> String {
    format!(r#"{{"method":"GET","path":"{path}","as":"platform","expect":{{{expect}}}{more}}}"#)
}

#[tokio::test]
async fn what_is_expected_passes() -> Outcome {
    let runner = runner(server().await?)?;
    for (path, expect) in [
        (
            "/good.json",
            r#""status":200,"reason":"OK","headers":{"content-type":"$re:^application/json$","Set-Cookie":null},
            "json":{"Rs":[{"Id":1}]},"absent":["Rs.0.Title"],"text":"$re:}\\Z""#,
        ),
        ("/good.json", r#""status":[201,200]"#),
        ("/good.json", r#""status":null"#),
        ("/phrase.json", r#""status":200,"reason":"Not  quite fine","headers":{"A":"x, y","L":""}"#),
        ("/bare.json", r#""status":204,"reason":"","empty":true"#),
        ("/chunked.json", r#""status":200,"json":{"$keys":["a"],"a":1}"#),
        ("/continue.json", r#""status":200,"text":"{}""#),
        ("/fields.json", r#""status":400,"json":{"InvalidFields":{"$keys":["title","o"],"title":["$sentence"]}}"#),
        (
            "/x.xml",
            r#""status":200,"xml":{"$root":"Rs","@Version":"1.0","R[0]/@Id":"1","R/T":"t","R[0]/X":null,"R#count":1}"#,
        ),
    ] {
        assert_eq!(steps(&runner, &[get(path, expect, "")]).await, Ok(()), "{path} {expect}");
    }
    Ok(())
}

#[tokio::test]
async fn anything_else_fails_and_says_why() -> Outcome {
    let runner = runner(server().await?)?;
    for (path, expect, more, complaint) in [
        ("/good.json", r#""status":201"#, "", "status: expected 201"),
        ("/good.json", r#""status":[201,204]"#, "", "status: expected 201 or 204"),
        ("/phrase.json", r#""status":200,"reason":"OK""#, "", "reason: expected \"OK\""),
        ("/good.json", r#""status":200,"headers":{"Link":"$nonempty"}"#, "", "header Link"),
        ("/good.json", r#""status":200,"headers":{"Content-Type":null}"#, "", "header Content-Type: expected null"),
        ("/good.json", r#""status":200,"json":{"Rs":[{"Id":2}]}"#, "", "Rs[0].Id: expected the number 2"),
        ("/good.json", r#""status":200,"json":{"Rs":[{"Titel":"x"}]}"#, "", "Rs[0].Titel: missing"),
        ("/good.json", r#""status":200,"json":{"Rs":[]}"#, "", "expected 0 elements, got 1"),
        ("/good.json", r#""status":200,"json":null"#, "", "(document): expected null"),
        ("/good.json", r#""status":200,"absent":["Rs.0.Status"]"#, "", "expected to be absent"),
        ("/good.json", r#""status":200,"empty":true"#, "", "expected an empty body"),
        ("/good.json", r#""status":200,"text":"$re:nothing like it""#, "", "expected a string that matches"),
        ("/good.json", r#""status":200"#, r#","capture":{"x":"json:Nope"}"#, "cannot capture x from json:Nope"),
        ("/good.json", r#""status":200"#, r#","capture":{"x":"header:Nope"}"#, "cannot capture"),
        ("/phrase.json", r#""status":200"#, r#","capture":{"x":"header:L"}"#, "cannot capture"),
        ("/x.xml", r#""status":200"#, r#","capture":{"x":"xml:Nope"}"#, "cannot capture"),
        ("/x.xml", r#""status":200"#, r#","capture":{"x":"xml:R/T~(x)"}"#, "cannot capture"),
        ("/broken.json", r#""status":200,"json":{}"#, "", "expected a JSON document"),
        ("/broken.json", r#""status":200,"absent":["x"]"#, "", "expected a JSON document"),
        ("/short.json", r#""status":200"#, "", "no usable answer: the body ends after 2 of 10 bytes"),
        ("/error.json", r#""status":200"#, r#","note":"hm""#, "500 Oops"),
        ("/fields.json", r#""status":400,"json":{"InvalidFields":{"$keys":["title"]}}"#, "", "exactly the keys"),
        ("/fields.json", r#""status":400,"json":{"InvalidFields":{"o":["$sentence"]}}"#, "", "sentence"),
        ("/x.xml", r#""status":200,"xml":{"R[0]/@Id":"2"}"#, "", "xml R[0]/@Id: expected \"2\""),
        ("/x.xml", r#""status":200,"xml":{"R[0]/Title":"x"}"#, "", "xml R[0]/Title"),
        ("/x.xml", r#""status":200,"xml":{"R/T":null}"#, "", "xml R/T: expected null"),
        ("/x.xml", r#""status":200,"xml":{"R#count":0}"#, "", "xml R#count"),
        ("/broken.xml", r#""status":200,"xml":{}"#, "", "expected an XML document"),
    ] {
        let outcome = steps(&runner, &[get(path, expect, more)]).await;
        let failed = matches!(&outcome, Err(Stop::Failed(why)) if why.contains(complaint));
        assert!(failed, "{path} {expect} should fail with {complaint:?}, not {outcome:?}");
    }
    Ok(())
}

#[tokio::test]
async fn requests_are_sent_as_they_are_written() -> Outcome {
    let runner = runner(server().await?)?;
    let send = |path: &str, more: &str, text: &str| {
        format!(r#"{{"method":"PUT","path":"{path}","as":"platform","expect":{{"status":404,"text":"{text}"}}{more}}}"#)
    };
    for (path, more, text) in [
        ("/${odd}.json", "", r"$re:^PUT /r/a%20b/%C3%BC:%3C%26\\.json HTTP/1.1\r\n.*Content-Length: 0\r\n"),
        ("/x", r#","base":"/""#, r"$re:^PUT /x HTTP"),
        ("/x", "", r"$re:Authorization: Basic dTpw\r\n.*User-Agent: "),
        ("/x", r#","headers":{"authorization":"Basic !"}"#, r"$re:\\A(?!.*dTpw).*authorization: Basic !\r\n"),
        (
            "/x.json",
            r#","json":{"b":"${odd}","a":[1]}"#,
            r"$re:application/json\r\n.*\\{.b.:.a b/ü:<&.,.a.:\\[1\\]\\}\\Z",
        ),
        ("/x.json", r#","json":null"#, r"$re:\r\n\r\nnull\\Z"),
        ("/x.xml?y", r#","xml":"<a>${odd}</a>""#, r"$re:application/xml\r\n.*<a>a b/ü:&lt;&amp;</a>\\Z"),
        ("/x.xml", r#","body":"${odd}""#, r"$re:application/xml\r\n.*\r\n\r\na b/ü:<&\\Z"),
        ("/x", r#","body_base64":"Jg==","headers":{"CONTENT-TYPE":"a/b"}"#, r"$re:CONTENT-TYPE: a/b\r\n.*\r\n\r\n&\\Z"),
        ("/${uid}", "", "$re:^PUT /r/cafe1a "),
    ] {
        assert_eq!(steps(&runner, &[send(path, more, text)]).await, Ok(()), "{path} {more}");
    }
    let stranger = get("/x", r#""status":404,"text":"$re:Basic Y2FmZTp4\r\n""#, "")
        .replace("\"platform\"", r#"{"username":"${run}","password":"x"}"#);
    assert_eq!(steps(&runner, &[stranger]).await, Ok(()));
    let nobody = get("/x", r#""status":404,"text":"$re:\\A(?!.*Authorization)""#, "").replace("\"platform\"", "null");
    assert_eq!(steps(&runner, &[nobody]).await, Ok(()));
    let head = r#"{"method":"HEAD","path":"/good.json","as":null,"expect":{"status":200,"empty":true}}"#;
    assert_eq!(steps(&runner, &[head.to_owned()]).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn what_a_step_captures_is_there_for_the_next() -> Outcome {
    let runner = runner(server().await?)?;
    let more = r#","capture":{"id":"json:Rs[Status=Active].Id","all":"json:Rs","type":"header:Content-Type~/(.*)$"}"#;
    let first = get("/good.json", r#""status":200"#, more);
    let set = r#"{"set":{"twice":"${id}${id}"}}"#.to_owned();
    let then = get("/${twice}", r#""status":404,"text":"$re:GET /r/11 HTTP""#, "");
    let last = get("/good.json", r#""status":200,"json":{"Rs":"${all}"},"headers":{"Content-Type":"$re:${type}"}"#, "");
    assert_eq!(steps(&runner, &[first, set, then, last]).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn the_first_failed_step_ends_a_scenario() -> Outcome {
    let runner = runner(server().await?)?;
    let both = [get("/error.json", r#""status":200"#, ""), get("/${nope}", r#""status":200"#, "")];
    assert!(matches!(steps(&runner, &both).await, Err(Stop::Failed(why)) if why.starts_with("step 1: ")));
    Ok(())
}

#[tokio::test]
async fn eventually_gives_up_in_time() -> Outcome {
    let runner = runner(server().await?)?;
    let gone = get("/good.json", r#""status":200,"json":{"Rs":[{"Status":"Gone"}]}"#, "");
    let start = Instant::now();
    let outcome = steps(&runner, &[format!(r#"{{"eventually":{gone},"within_s":0.3}}"#)]).await;
    assert!(matches!(outcome, Err(Stop::Failed(why)) if why.contains("not within 0.3 s")));
    assert!((Duration::from_millis(300)..Duration::from_secs(5)).contains(&start.elapsed()));
    let there = get("/good.json", r#""status":200"#, "");
    assert_eq!(steps(&runner, &[format!(r#"{{"eventually":{there},"within_s":0.3}}"#)]).await, Ok(()));
    Ok(())
}

#[tokio::test]
async fn errors_of_the_kit_and_a_dead_server_are_never_passes() -> Outcome {
    let runner = runner(server().await?)?;
    for step in [
        get("/${nope}", r#""status":404"#, ""),
        get("/good.json", r#""status":200,"json":{"Rs":"${nope}"}"#, ""),
        get("/good.json", r#""status":200,"json":{"Rs":"$nonsense"}"#, ""),
        get("/good.json", r#""status":200,"json":{"$nonsense":1}"#, ""),
        get("/good.json", r#""status":200"#, r#","capture":{"x":"html:y"}"#),
        get("/x.xml", r#""status":200,"xml":{"R[x]":"1"}"#, ""),
        get("/a b", r#""status":404"#, ""),
        get("/good.json", r#""status":200"#, "").replace("platform", "stranger"),
    ] {
        let outcome = steps(&runner, &[format!(r#"{{"eventually":{step},"within_s":0.1}}"#)]).await;
        assert!(matches!(outcome, Err(Stop::Kit(_))), "{step} was let through: {outcome:?}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let dead = self::runner(listener.local_addr()?)?;
    drop(listener);
    let outcome = steps(&dead, &[get("/good.json", r#""status":200"#, "")]).await;
    assert!(matches!(outcome, Err(Stop::Unreachable(_))));
    for base in ["https://localhost/x", "localhost", "", "http://"] {
        assert!(Client::new(base).is_err(), "{base} was let through");
    }
    Ok(())
}

#[tokio::test]
async fn a_run_reports_what_passed_what_failed_and_what_was_left_out() -> Outcome {
    let user = get("/good.json", r#""status":200"#, r#","user":"new""#);
    let missing = get("/x", r#""status":200"#, r#","optional":true,"capture":{"lost":"json:Id"}"#);
    let fixture = format!(r#"{{"vars":{{"co":"${{run}}","lost":"x"}},"steps":[{missing}]}}"#);
    let scenario = |name: &str, step: &str| format!(r#"{{"name":"{name}","why":"b","steps":[{step}]}}"#);
    let scenarios = [
        scenario("a/slow", r#"{"sleep_s":0.1}"#),
        scenario("a/good", &get("/good.json", r#""status":200"#, "")),
        scenario("a/lost", &get("/${lost}", r#""status":404"#, "")),
        scenario("a/late", r#"{"sleep_s":0}"#),
    ];
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("cases"))?;
    let cases = format!(r#"{{"group":"a","scenarios":[{}]}}"#, scenarios.join(","));
    std::fs::write(folder.path().join("cases/a.json"), cases)?;
    std::fs::write(folder.path().join("fixture.json"), &fixture)?;
    let (kit, base) = (Kit::load_from(folder.path())?, format!("http://{}/r", server().await?));
    let all_but = Selection::all().leave_out("*/late", "Not built.");
    let report = run(&kit, &base, "u", "p", &all_but, 2).await;
    assert_eq!(report.passed, ["a/slow", "a/good"]);
    assert_eq!(report.left_out, [("a/late".to_owned(), "Not built.".to_owned())]);
    assert!(matches!(&report.failed[..], [(name, why)] if name == "a/lost" && why.contains("needs ${lost}: fixture")));
    assert!(report.notes.iter().any(|note| note.starts_with("the fixture lacks lost ")));
    assert!(!report.is_good() && report.to_string().ends_with("2 passed, 1 failed, 1 left out"));
    let bad = run(&kit, &base, "u", "p", &Selection::all().only("b/*"), 2).await;
    assert!(!bad.is_good() && bad.to_string().contains("error in the kit: no scenario matches"));
    std::fs::write(folder.path().join("fixture.json"), fixture.replace(&missing, &user))?;
    let bad = run(&Kit::load_from(folder.path())?, &base, "u", "p", &all_but, 2).await;
    assert!(!bad.is_good() && bad.to_string().contains("cannot capture _p from json:ApiKey"));
    Ok(())
}
