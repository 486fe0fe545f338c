//! Events as Kafka records.

use contract::{Event, EventContext, EventId, Record, Unreadable, read_context, read_event};

use crate::sample::{Ordered, ordered};

fn context() -> EventContext {
    EventContext {
        id: EventId::parse("0193a000-0000-7000-8000-000000000001").expect("an id"),
        time: "2026-11-23T12:00:00Z".parse().expect("an instant"),
        source: "/shop/order".into(),
        traceparent: Some("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01".into()),
    }
}

#[test]
fn a_record_tells_everything_of_its_event() {
    let record = Record::new(&ordered(), &context());
    assert_eq!((record.topic, record.key.as_str()), ("ordered", "c-1"));
    let expected = [
        ("ce_specversion", "1.0"),
        ("ce_id", "0193a000-0000-7000-8000-000000000001"),
        ("ce_type", "shop.ordered"),
        ("ce_source", "/shop/order"),
        ("ce_time", "2026-11-23T12:00:00.000Z"),
        ("ce_subject", "c-1"),
        ("ce_dataschema", "urn:schema:shop.ordered:3"),
        ("ce_schemaversion", "3"),
        ("content-type", "application/json"),
        ("traceparent", "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"),
    ];
    let headers: Vec<(&str, &str)> =
        record.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(headers, expected);
    assert_eq!(
        String::from_utf8(record.value).as_deref(),
        Ok(
            "{\"customerId\":\"c-1\",\"orderId\":\"00000000-0000-0000-0000-000000000000\",\"price\":\"12.50\",\
            \"due\":\"2026-11-24\",\"orderedAt\":\"2026-11-23T12:00:00.500Z\",\"email\":\"jo@example.com\"}"
        )
    );
}

#[test]
fn what_was_written_is_read() {
    let record = Record::new(&ordered(), &context());
    let headers = record.headers.iter().map(|(name, value)| (*name, value.as_bytes()));
    assert_eq!(read_context::<Ordered>(headers), Ok(context()));
    assert_eq!(read_event::<Ordered>(&record.value), Ok(ordered()));
}

#[test]
fn headers_in_any_order_and_of_other_systems() {
    let headers: [(&str, &[u8]); 7] = [
        ("traceparent", &[0xff]),
        ("other", &[0xff]),
        ("ce_time", b"2026-11-23T13:00:00+01:00"),
        ("ce_source", b"elsewhere"),
        ("ce_type", b"shop.ordered"),
        ("ce_id", b"any text / at all"),
        ("ce_specversion", b"1.0"),
    ];
    let context = read_context::<Ordered>(headers).expect("it is a CloudEvent");
    assert_eq!(context.id.as_str(), "any text / at all");
    assert_eq!(context.time.to_string(), "2026-11-23T12:00:00.000Z");
    assert_eq!(context.traceparent, None, "a trace that can't be read is no reason to lose an event");
}

#[test]
fn what_is_no_event_is_told_without_being_quoted() {
    let error = read_event::<Ordered>(b"{\"email\": \"jo@example.com").expect_err("it isn't JSON");
    assert_eq!(error.code(), "NOT_JSON");
    assert!(!error.to_string().contains("jo@"), "{error}");
    let error = read_event::<Ordered>(b"{\"email\": \"jo at example.com\"}").expect_err("fields are missing");
    assert!(matches!(&error, Unreadable::Invalid(faults) if faults.len() == 6), "{error}");
    assert!(!error.to_string().contains("jo at"), "{error}");
}

#[test]
fn personal_data_does_not_reach_debugging_output() {
    let record = Record::new(&ordered(), &context());
    for text in [format!("{:?}", ordered()), format!("{record:?}"), format!("{:?}", ordered().browser())] {
        assert!(!text.contains("jo@"), "{text}");
    }
}
