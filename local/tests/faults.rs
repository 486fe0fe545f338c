//! What goes wrong, at every edge: a clear answer, and nothing stops.

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::Command,
    time::Duration,
};

use axum::http::Method;
use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use serde_json::{Value, json};
use support::{Local, Socket, signal};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_are_told_what_is_wrong() {
    let local = Local::start(&[]);
    let http = local.address("http");
    let (status, _, text) = local.send(Method::GET, &format!("{http}/nowhere"), &[], "").await;
    assert_eq!((status, text.as_str()), (404, r#"{"message":"Not Found"}"#));
    let (status, _, _) = local.send(Method::GET, &format!("{http}/user-info"), &[], "").await;
    assert_eq!(status, 404, "a route is its method and its path");
    let json = [("content-type", "application/json")];
    let (status, headers, text) = local.send(Method::POST, &format!("{http}/user-info"), &json, "{").await;
    assert_eq!(status, 400, "{text}");
    assert_eq!(headers["content-type"], "application/problem+json");
    let (status, answer) =
        local.step("/user-info", &json!({ "customerId": "c-1", "email": "no", "age": 3 })).await;
    assert_eq!(status, 400);
    let errors = answer["errors"].as_array().expect("faults are listed");
    assert!(errors.len() >= 3, "a bad email, no first name, an unknown field: {answer}");
    let (status, _, text) =
        local.send(Method::POST, &format!("{http}/user-info"), &json, vec![b'1'; 11 << 20]).await;
    assert_eq!(status, 413, "{text}");
    let preflight = [("origin", "http://localhost:4200"), ("access-control-request-method", "POST")];
    let (status, headers, _) =
        local.send(Method::OPTIONS, &format!("{http}/user-info"), &preflight, "").await;
    assert_eq!(status, 204);
    assert_eq!(headers["access-control-allow-origin"], "*");
    let (_, headers, _) = local.send(Method::POST, &format!("{http}/user-info"), &preflight[..1], "").await;
    assert_eq!(headers["access-control-expose-headers"], "retry-after");
    let foreign = [("origin", "https://example.com")];
    let (status, _, _) = local.send(Method::GET, &format!("{http}/_local/state"), &foreign, "").await;
    assert_eq!(status, 403, "another site's page must not look in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poison_record_is_quarantined_and_nothing_stops() {
    let local = Local::start(&[]);
    let mut socket = local.connect("same-key").await;
    let poison = json!({ "kind": "poison", "topic": "user-info-submitted", "key": "same-key" });
    let (status, placed) = local.step("/_local/fault", &poison).await;
    assert_eq!(status, 200, "{placed}");
    let body = json!({ "customerId": "same-key", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202, "{answer}");
    assert_eq!(socket.event("USER_INFO_SUBMITTED").await["id"], answer["eventId"]);
    let kept = local
        .until("the record is quarantined", async |local| {
            let kept = local.rows("error-logs-dev").await;
            (!kept.is_empty()).then_some(kept)
        })
        .await;
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert_eq!(kept[0]["kind"]["S"], "QUARANTINED");
    assert_eq!(kept[0]["topic"]["S"], "user-info-submitted");
    let alerts = local.get("/_local/alerts").await;
    assert_eq!(alerts["alerts"][0]["channel"], "onboard-ai-support-dev", "{alerts}");
    let (status, answer) =
        local.step("/_local/fault", &json!({ "kind": "poison", "topic": "nowhere" })).await;
    assert_eq!(status, 404, "{answer}");
    let (status, answer) = local.step("/_local/fault", &json!({ "kind": "earthquake" })).await;
    assert_eq!(status, 422, "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_step_is_an_event_a_row_an_alert_and_a_push() {
    let local = Local::start(&[]);
    support::failure::refused_step(&local, "nobody-yet").await;
    assert!(local.stop().success());
}

/// Key, value and headers.
type Corrupt<'a> = (&'a [u8], Option<&'a [u8]>, &'a OwnedHeaders);

#[tokio::test(flavor = "multi_thread")]
async fn corrupt_records_of_every_kind_are_kept_and_stop_nothing() {
    let local = Local::start(&[]);
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", local.address("brokers"));
    let producer: FutureProducer = config.create().expect("a client");
    let topic = "user-info-submitted";
    let headers = |list: &[(&str, &str)]| {
        list.iter()
            .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }))
    };
    let id = "01a20949-2553-7481-8c3a-ce41fe2f6d04";
    let event = headers(&[
        ("ce_specversion", "1.0"),
        ("ce_id", id),
        ("ce_type", "user-info-submitted"),
        ("ce_source", "elsewhere"),
        ("ce_time", "2026-01-01T00:00:00Z"),
        ("ce_subject", "same-key"),
        ("content-type", "application/json"),
    ]);
    let nothing = OwnedHeaders::new();
    let deep = "[".repeat(100_000);
    let long = format!("{{\"customerId\": \"{}\"}}", "x".repeat(300_000));
    let records: [Corrupt<'_>; 10] = [
        (b"same-key", None, &nothing),
        (b"same-key", Some(b""), &nothing),
        (b"same-key", Some(b"\xff\xfe\x00not text"), &nothing),
        (b"\xff\x00", Some(b"{}"), &nothing),
        (b"same-key", Some(b"null"), &event),
        (b"same-key", Some(b"{}"), &event),
        (b"same-key", Some(br#"{"customerId": 5, "email": ["no"]}"#), &event),
        (b"same-key", Some(br#"{"customerId": "same-key", "email": "a@example.com""#), &event),
        (b"same-key", Some(deep.as_bytes()), &event),
        (b"same-key", Some(long.as_bytes()), &event),
    ];
    for (key, value, headers) in &records {
        let mut record =
            FutureRecord::<[u8], [u8]>::to(topic).partition(0).key(key).headers((*headers).clone());
        record.payload = *value;
        producer.send(record, support::PATIENCE).await.expect("the broker takes anything");
    }
    let rows = local
        .until("each is kept", async |local| {
            let rows = local.rows("error-logs-dev").await;
            let kept: Vec<Value> = rows.into_iter().filter(|row| row["kind"]["S"] == "QUARANTINED").collect();
            (kept.len() >= records.len()).then_some(kept)
        })
        .await;
    let offsets: BTreeSet<&str> = rows.iter().filter_map(|row| row["offset"]["N"].as_str()).collect();
    assert_eq!(offsets.len(), records.len(), "each once: {offsets:?}");
    let mut socket = local.connect("after").await;
    let body = json!({ "customerId": "after", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202, "{answer}");
    assert_eq!(socket.event("USER_INFO_SUBMITTED").await["id"], answer["eventId"]);
    let state = local.get("/_local/state").await;
    assert_eq!(state["deadLetters"], 0, "nothing is given up: {state}");
    assert_eq!(state["topics"][topic]["mapping"]["failing"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_good_goes_to_the_dead_letters_and_its_partition_goes_on() {
    let local = Local::start(&[]);
    let (status, answer) =
        local.aws("DynamoDB_20120810.DeleteTable", &json!({ "TableName": "users-dev" })).await;
    assert_eq!(status, 200, "{answer}");
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202, "publishing needs no table: {answer}");
    let letter = local
        .until("the record is given up", async |local| {
            let letters = local.get("/_local/topics/onboard-ai-dead-letters").await;
            letters["records"].as_array()?.first().cloned()
        })
        .await;
    assert_eq!(letter["key"], "c-1", "with its key");
    let text = letter["value"].as_str().expect("it is text");
    let letter: Value = serde_json::from_str(text).expect("it is JSON");
    assert_eq!(letter["requestContext"]["condition"], "RetryAttemptsExhausted", "{letter}");
    let records = letter["payload"]["records"].as_object().expect("with the record whole");
    let record = &records.values().next().expect("one partition")[0];
    let header = |name: &str| {
        let all = record["headers"].as_array().expect("it has headers");
        let bytes = all.iter().find_map(|header| header.get(name)).expect("the header is there");
        let bytes: Vec<u8> = serde_json::from_value(bytes.clone()).expect("they are bytes");
        String::from_utf8(bytes).expect("it is text")
    };
    assert_eq!(header("ce_id"), answer["eventId"].as_str().expect("an event has an id"));
    let state = local
        .until("the mapping goes on", async |local| {
            let state = local.get("/_local/state").await;
            (state["topics"]["user-info-submitted"]["totalLag"] == 0).then_some(state)
        })
        .await;
    assert_eq!(state["deadLetters"], 1);
    assert_eq!(state["topics"]["user-info-submitted"]["mapping"]["deadLetters"], 1);
    // The other topics' consumers have their tables, and know nothing of it.
    assert_eq!(state["topics"]["documents-processed"]["mapping"]["failures"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_every_port_stops_nothing() {
    let local = Local::start(&[]);
    let ports = ["http", "websocket", "aws", "dynamodb"].map(|name| {
        let address = local.address(name);
        let rest = address.split_once("//").expect("it is a URL").1;
        rest.split('/').next().expect("a host").to_owned()
    });
    for port in &ports {
        for garbage in [
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /%ff%fe HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
            b"GET /dev?customerId=a HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
            b"POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: Nothing.AtAll\r\ncontent-length: 1\r\n\r\n{",
            b"\0",
        ] {
            let mut stream = TcpStream::connect(port).expect("it listens");
            stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a time limit");
            // It may hang up on garbage before all of it is sent.
            let _ = stream.write_all(garbage);
            let _ = stream.read(&mut [0; 1024]);
        }
    }
    let (status, answer) = local.aws("DynamoDB_20120810.Nothing", &json!({})).await;
    assert_eq!(status, 400, "{answer}");
    let (status, answer) = local.aws("secretsmanager.Nothing", &json!({})).await;
    assert!((400..=501).contains(&status), "{status} {answer}");
    support::journey::many_customers(&local, 2).await;
    assert!(local.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_finishes_what_is_under_way_and_leaves_nothing() {
    let local = Local::start(&[]);
    let (pid, http) = (local.pid(), local.address("http"));
    let mut socket = local.connect("c-1").await;
    let running = children(pid);
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, _) = local.step("/user-info", &body).await;
    assert_eq!(status, 202);
    // Its consumer runs from here on: how long that takes to start is not what is asked.
    socket.event("USER_INFO_SUBMITTED").await;
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202);
    let event = answer["eventId"].as_str().expect("an id").to_owned();
    let stopped = tokio::task::spawn_blocking(move || local.stop());
    // What was accepted before is applied, pushed, and then the socket is closed.
    let mut seen = vec![];
    loop {
        match socket.next().await {
            Message::Text(text) => seen.push(text.to_string()),
            Message::Close(frame) => break assert_eq!(frame.map(|frame| u16::from(frame.code)), Some(1001)),
            _ => {}
        }
    }
    assert!(seen.iter().any(|text| text.contains(&event)), "{seen:?}");
    assert!(stopped.await.expect("it was waited for").success());
    assert!(running.iter().all(|pid| !is_alive(pid)), "a program runs on");
    assert!(TcpStream::connect(http.trim_start_matches("http://")).is_err(), "the port is free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_outage_is_a_503_and_ends() {
    let local = Local::start(&[]);
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, _) = local.step("/user-info", &body).await;
    assert_eq!(status, 202);
    let (status, answer) = local.step("/_local/fault", &json!({ "kind": "broker", "down": true })).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(local.get("/_local/state").await["brokerDown"], true);
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 503, "{answer}");
    assert_eq!(answer["code"], "BROKER_UNREACHABLE");
    let (status, _) = local.step("/_local/fault", &json!({ "kind": "broker", "down": false })).await;
    assert_eq!(status, 200);
    assert_eq!(local.get("/_local/state").await["brokerDown"], false);
    let mut socket = local.connect("c-2").await;
    let again = json!({ "customerId": "c-2", "email": "a@example.com", "firstName": "Ada" });
    let answer = local
        .until("the broker takes records again", async |local| {
            let (status, answer) = local.step("/user-info", &again).await;
            (status == 202).then_some(answer)
        })
        .await;
    assert_eq!(socket.event("USER_INFO_SUBMITTED").await["id"], answer["eventId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_are_held_to_their_limits() {
    let local = Local::start(&[]);
    let url = local.address("websocket");
    assert_eq!(Socket::open(&url).await.err(), Some(401), "nobody is named");
    let elsewhere = url.replace("/dev", "/prod");
    assert_eq!(Socket::open(&format!("{elsewhere}?customerId=c")).await.err(), Some(403), "another stage");
    let close = |message: Message| match message {
        Message::Close(Some(frame)) => u16::from(frame.code),
        other => panic!("{other:?} is no close"),
    };
    let mut socket = local.connect("c-1").await;
    futures_util::SinkExt::send(&mut socket.0, Message::binary(vec![1, 2]))
        .await
        .expect("the socket is open");
    assert_eq!(close(socket.next().await), 1003);
    let mut socket = local.connect("c-1").await;
    socket.say(&"x".repeat(33 * 1024)).await;
    assert_eq!(close(socket.next().await), 1009);
    let mut socket = local.connect("c-1").await;
    socket.say("no json").await;
    assert_eq!(socket.json().await["type"], "ERROR");

    let id = local
        .until("the connection is known", async |local| {
            let rows = local.rows("websocket-connections-dev").await;
            let ids = rows.first()?["connectionIds"]["SS"].as_array()?.clone();
            (ids.len() == 1).then(|| ids[0].as_str().map(str::to_owned))?
        })
        .await;
    let management = format!("{}/@connections/{}", url.replace("ws://", "http://"), id.replace('=', "%3D"));
    let (status, _, text) = local.send(Method::GET, &management, &[], "").await;
    assert_eq!(status, 200, "{text}");
    let (status, _, _) = local.send(Method::POST, &management, &[], r#"{"hello":"you"}"#).await;
    assert_eq!(status, 200);
    assert_eq!(socket.json().await, json!({ "hello": "you" }));
    let (status, headers, _) = local.send(Method::POST, &management, &[], vec![b'x'; 129 * 1024]).await;
    assert_eq!(status, 413);
    assert_eq!(headers["x-amzn-errortype"], "PayloadTooLargeException");
    let (status, _, _) = local.send(Method::DELETE, &management, &[], "").await;
    assert_eq!(status, 204);
    assert_eq!(close(socket.next().await), 1000);
    let (status, headers, _) = local.send(Method::POST, &management, &[], "x").await;
    assert_eq!(status, 410);
    assert_eq!(headers["x-amzn-errortype"], "GoneException");
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_frames_are_told_why_the_socket_closes() {
    let local = Local::start(&[]);
    let frame = |first: u8, payload: &[u8]| {
        let length = u16::try_from(payload.len()).expect("no test sends more");
        // Masked, as a client's must be; zeros leave the payload as it is.
        [&[first, 0x80 | 0x7e], length.to_be_bytes().as_slice(), &[0; 4], payload].concat()
    };
    let (text, more, end) = (0x01, 0x00, 0x80);
    let part = vec![b'x'; 30 * 1024];
    let parts: Vec<u8> =
        (0..5).flat_map(|number| frame(if number == 0 { text } else { more }, &part)).collect();
    let mended = [frame(text, b"{\"action\":"), frame(more | end, b"\"ping\"}")].concat();
    for (what, sent, code) in [
        ("no UTF-8", frame(text | end, &[0xff, 0xfe]), 1007),
        ("no UTF-8 in parts", [frame(text, &[0xe2, 0x82]), frame(more | end, b"x")].concat(), 1007),
        ("no opcode that there is", frame(0x03 | end, b""), 1002),
        ("a part of nothing", frame(more | end, b"x"), 1002),
        ("no mask", vec![text | end, 1, b'x'], 1002),
        ("too long in parts", parts, 1009),
    ] {
        let mut raw = upgrade(&local.address("websocket"), "c-1");
        raw.write_all(&mended).expect("the socket is open");
        let (opcode, pong) = read_frame(&mut raw);
        assert!(opcode == text && String::from_utf8_lossy(&pong).contains("PONG"), "parts are put together");
        raw.write_all(&sent).expect("the socket is open");
        let (opcode, payload) = read_frame(&mut raw);
        assert_eq!((opcode, &payload[..2]), (0x08, u16::to_be_bytes(code).as_slice()), "{what}: {payload:?}");
    }
    let mut socket = local.connect("c-1").await;
    socket.say(r#"{"action":"ping"}"#).await;
    assert_eq!(socket.json().await["type"], "PONG");

    let management = format!("{}/@connections", local.address("websocket").replace("ws://", "http://"));
    for id in [
        "short",
        "seventeen_letters",
        "sixteen!letters!",
        "with%20a%20space==",
        "..%2F..%2Fetc%2Fpass",
        "%ff%fe",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let (status, _, text) = local.send(method, &format!("{management}/{id}"), &[], "x").await;
            assert_eq!(status, 400, "{id}: {text}");
        }
    }
    let (status, headers, _) =
        local.send(Method::POST, &format!("{management}/abcdefghijklmno="), &[], "x").await;
    assert_eq!((status, headers["x-amzn-errortype"].as_bytes()), (410, b"GoneException".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_while_it_is_let_in_is_forgotten() {
    const CLIENTS: u64 = 8;
    let local = Local::start(&[]);
    let calls = |state: &Value, function: &str| {
        let functions = state["functions"].as_array().expect("functions are listed");
        let own = functions.iter().find(|own| own["name"] == function).expect("the function is there");
        own["invocations"].as_u64().expect("its calls are counted")
    };
    local
        .until("each has come and gone", async |local| {
            let state = local.get("/_local/state").await;
            let came = calls(&state, "onboard-ai-websocket-connect-dev");
            let went = calls(&state, "onboard-ai-websocket-disconnect-dev");
            if came < CLIENTS {
                // The answer is not waited for. Of one that goes too soon nobody hears.
                drop(ask_upgrade(&local.address("websocket"), "c-1"));
            }
            (came >= CLIENTS && went == came && state["connections"] == 0).then_some(())
        })
        .await;
    let rows = local.rows("websocket-connections-dev").await;
    assert!(rows.iter().all(|row| row.get("connectionIds").is_none()), "{rows:?}");
}

/// Asks to speak WebSocket, without a library that would mend what is sent.
fn ask_upgrade(url: &str, customer: &str) -> TcpStream {
    let address = url.trim_start_matches("ws://");
    let (host, path) = address.split_once('/').expect("the stage is in the address");
    let mut stream = TcpStream::connect(host).expect("it listens");
    stream.set_read_timeout(Some(support::PATIENCE)).expect("a time limit");
    let request = format!(
        "GET /{path}?customerId={customer} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it listens");
    stream
}

fn upgrade(url: &str, customer: &str) -> TcpStream {
    let mut stream = ask_upgrade(url, customer);
    let (mut head, mut byte) = (vec![], [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("it answers");
        head.push(byte[0]);
    }
    assert!(head.starts_with(b"HTTP/1.1 101 "), "{}", String::from_utf8_lossy(&head));
    stream
}

/// The opcode and the payload of a short frame.
fn read_frame(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let mut head = [0; 2];
    stream.read_exact(&mut head).expect("a frame comes");
    assert!(head[1] < 126, "no answer here is longer");
    let mut payload = vec![0; head[1].into()];
    stream.read_exact(&mut payload).expect("the frame is whole");
    (head[0] & 0x0f, payload)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_binds_a_caller_to_one_customer() {
    let local = Local::start(&["--env", "staging"]);
    let body = json!({ "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 202, "{answer}");
    let customer = answer["customerId"].as_str().expect("the first step names the customer").to_owned();
    let token = answer["token"].as_str().expect("and gives a token").to_owned();
    let mut socket =
        Socket::open(answer["websocketUrl"].as_str().expect("it says where")).await.expect("it connects");
    socket.say(r#"{"action":"ping"}"#).await;
    assert_eq!(socket.event("PONG").await["type"], "PONG");
    let url = local.address("websocket");
    assert_eq!(Socket::open(&format!("{url}?customerId={customer}")).await.err(), Some(401), "no token");
    assert_eq!(
        Socket::open(&format!("{url}?customerId=c-2&token={token}")).await.err(),
        Some(403),
        "another's"
    );
    let named = json!({ "customerId": customer, "email": "a@example.com", "firstName": "Ada" });
    let (status, _) = local.step("/user-info", &named).await;
    assert_eq!(status, 401, "nobody sends details in another's name");
    let documents = json!({ "customerId": customer });
    let (status, _) = local.step("/documents", &documents).await;
    assert_eq!(status, 401, "no token");
    let (status, _) =
        local.step_with("/documents", &documents, &[("authorization", "Bearer v1.x.y.z")]).await;
    assert_eq!(status, 403, "no token of ours");
    let bearer = format!("Bearer {token}");
    let (status, answer) = local.step_with("/documents", &documents, &[("authorization", &bearer)]).await;
    assert_eq!(status, 400, "let in, and told what is missing: {answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_behind_when_the_runner_is_killed() {
    let local = Local::start(&[]);
    let pid = local.pid();
    let children = children(pid);
    assert!(children.len() >= 15, "one program for each function: {children:?}");
    signal("-KILL", &pid.to_string());
    local
        .until("every program has ended", async |_| children.iter().all(|pid| !is_alive(pid)).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_program_has_a_connection_of_another() {
    let local = Local::start(&[]);
    // Twenty customers start more programs of each function.
    support::journey::many_customers(&local, 20).await;
    let sockets = |pid: &String| -> BTreeSet<PathBuf> {
        // One may have ended meanwhile.
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
        let targets = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        targets.filter(|target| target.to_string_lossy().starts_with("socket:")).collect()
    };
    let mut all = children(local.pid());
    all.push(local.pid().to_string());
    let mut owners = BTreeMap::new();
    for pid in &all {
        for socket in sockets(pid) {
            // While it is open in two of them, closing it in one of them ends nothing.
            assert_eq!(owners.insert(socket.clone(), pid), None, "{} is {pid}'s as well", socket.display());
        }
    }
    assert!(owners.len() > all.len(), "each has some: {owners:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_embedded_broker_is_told_and_refused_with_503() {
    let local = Local::start(&[]);
    let broker = broker(&local);
    assert_eq!(children(broker.parse().expect("a number")), [""; 0], "it starts nothing");
    signal("-KILL", &broker);
    local
        .until("the state says it", async |local| {
            (local.get("/_local/state").await["brokerDown"] == true).then_some(())
        })
        .await;
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = local.step("/user-info", &body).await;
    assert_eq!(status, 503, "{answer}");
    let (status, answer) = local.step("/_local/fault", &json!({ "kind": "broker", "down": false })).await;
    assert_eq!(status, 409, "{answer}");
    assert!(answer.to_string().contains("its process has ended"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_client_is_turned_away_while_the_embedded_broker_is_busy() {
    let local = Local::start(&[]);
    let servers = local.address("brokers");
    let address = servers.parse().expect("an address");
    let broker = broker(&local);
    let crowd = || {
        // Busy for long: it takes nobody in.
        signal("-STOP", &broker);
        let connected: Result<Vec<_>, _> =
            (0..60).map(|_| TcpStream::connect_timeout(&address, Duration::from_secs(5))).collect();
        signal("-CONT", &broker);
        connected.expect("each has a place to wait");
    };
    crowd();
    for down in [true, false] {
        let (status, _) = local.step("/_local/fault", &json!({ "kind": "broker", "down": down })).await;
        assert_eq!(status, 200);
    }
    crowd();
    support::journey::many_customers(&local, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_on_the_broker_and_the_tables_of_another_passes_an_event() {
    let first = Local::start(&[]);
    let mut command = support::command();
    // The option for its port is refused beside another DynamoDB.
    let second = Local::run(
        command
            .env("KAFKA_BROKERS", first.address("brokers"))
            .env("AWS_ENDPOINT_URL_DYNAMODB", first.address("dynamodb")),
    );
    assert_eq!(second.address("brokers"), first.address("brokers"));
    assert_eq!(second.ready["embeddedBroker"], false);
    let body = json!({ "customerId": "c-1", "email": "a@example.com", "firstName": "Ada" });
    let (status, answer) = second.step("/user-info", &body).await;
    assert_eq!(status, 202, "{answer}");
    let state = second
        .until("its mapping is done with the event", async |second| {
            let state = second.get("/_local/state").await;
            (state["topics"]["user-info-submitted"]["mapping"]["done"] == 1).then_some(state)
        })
        .await;
    assert_eq!(state["topics"]["user-info-submitted"]["totalLag"], 0, "{state}");
    let history = first.history("c-1").await;
    assert_eq!(history.len(), 1, "both mappings read it, and it is applied once: {history:?}");
    assert_eq!(history[0]["eventId"]["S"], answer["eventId"]);
    assert_eq!(first.rows("users-dev").await, second.rows("users-dev").await);
    let records = second.get("/_local/topics/user-info-submitted").await;
    assert_eq!(records["records"][0]["key"], "c-1", "{records}");
    assert!(second.stop().success());
    assert!(first.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_beyond_a_scans_first_page_are_counted_and_shown() {
    let local = Local::start(&[]);
    for number in 0..5 {
        let item =
            json!({ "customerId": { "S": format!("c-{number}") }, "filler": { "S": "x".repeat(350_000) } });
        let (status, answer) =
            local.aws("DynamoDB_20120810.PutItem", &json!({ "TableName": "users-dev", "Item": item })).await;
        assert_eq!(status, 200, "{answer}");
    }
    let (_, page) = local.aws("DynamoDB_20120810.Scan", &json!({ "TableName": "users-dev" })).await;
    assert!(!page["LastEvaluatedKey"].is_null(), "it takes more than one page");
    assert_eq!(local.get("/_local/state").await["tables"]["users-dev"], 5);
    let shown = local.get("/_local/tables/users-dev").await;
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(5));
}

/// The embedded broker's process.
fn broker(local: &Local) -> String {
    let is_broker = |pid: &String| {
        let line = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        line.ends_with("\0broker\0")
    };
    children(local.pid()).into_iter().find(is_broker).expect("it has a process of its own")
}

fn children(pid: u32) -> Vec<String> {
    let output = Command::new("pgrep").args(["-P", &pid.to_string()]).output().expect("pgrep runs");
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

fn is_alive(pid: &str) -> bool {
    // A zombie waits for its new parent, and runs no more.
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}
