//! CloudWatch: how far consumers are behind, as MSK reports it. There are no alarms here, and no other metrics.
//!
//! In Smithy's RPC v2 CBOR, which SDKs speak to CloudWatch
//! (<https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>).

use aws_smithy_cbor::{Decoder, Encoder, data::Type, decode::DeserializeError};
use aws_smithy_types::DateTime;
use axum::response::Response;
use serde_json::{Map, Number, Value, json};

use super::{
    Aws, Request,
    reply::{self, Fault},
};
use crate::clock;

/// The service's name in its paths.
pub(super) const SERVICE: &str = "GraniteServiceVersion20100801";

/// Lists within lists of a request, at most.
const DEPTH: usize = 16;

pub(super) fn call(aws: &Aws, operation: &str, request: &Request) -> Response {
    let answer = match operation {
        "DescribeAlarms" => Ok(json!({ "MetricAlarms": [], "CompositeAlarms": [] })),
        "GetMetricData" => read(&request.body).and_then(|asked| metric_data(aws, &asked)),
        _ => Err(Fault::missing(&format!("cloudwatch {operation}"))),
    };
    reply::cbor(answer.as_ref().map(write))
}

/// The one point of each metric is what is true now; a metric that isn't here has none, as everywhere.
fn metric_data(aws: &Aws, asked: &Value) -> Result<Value, Fault> {
    let minute = clock::millis() / 60_000 * 60;
    let results: Result<Vec<Value>, Fault> = asked["MetricDataQueries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|query| {
            if !query["Expression"].is_null() {
                return Err(Fault::missing("cloudwatch GetMetricData with an expression"));
            }
            let value = lag(aws, &query["MetricStat"]["Metric"]);
            let (times, values) =
                value.map(|value| (minute, value)).into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
            Ok(json!({
                "Id": query["Id"],
                "Label": query["MetricStat"]["Metric"]["MetricName"],
                "Timestamps": times,
                "Values": values,
                "StatusCode": "Complete",
            }))
        })
        .collect();
    Ok(json!({ "MetricDataResults": results? }))
}

/// Records that the group has yet to finish.
fn lag(aws: &Aws, metric: &Value) -> Option<f64> {
    let dimension = |name: &str| {
        let all = metric["Dimensions"].as_array()?;
        all.iter().find(|dimension| dimension["Name"] == name)?["Value"].as_str()
    };
    let topic = aws.deployment.model.topic(dimension("Topic")?)?;
    let asked = (metric["Namespace"].as_str()?, dimension("Cluster Name")?, dimension("Consumer Group")?);
    if asked != ("AWS/Kafka", &aws.deployment.stack_name(), &topic.consumer.as_ref()?.group) {
        return None;
    }
    let lag = aws.flow.get()?.lag(&topic.name.name).into_values();
    let records = match metric["MetricName"].as_str()? {
        "SumOffsetLag" => lag.sum(),
        // A partition that nothing was written to is not behind.
        "MaxOffsetLag" => lag.max().unwrap_or(0),
        _ => return None,
    };
    u32::try_from(records).ok().map(f64::from)
}

/// A request's body.
fn read(body: &[u8]) -> Result<Value, Fault> {
    value(&mut Decoder::new(body), DEPTH)
        .map_err(|error| Fault::new(400, "SerializationException", format!("the body is not CBOR: {error}")))
}

fn value(from: &mut Decoder<'_>, depth: usize) -> Result<Value, DeserializeError> {
    if depth == 0 {
        return Err(DeserializeError::custom("too many lists within lists", from.position()));
    }
    Ok(match from.datatype()? {
        Type::Map | Type::MapIndef => {
            let mut left = from.map()?;
            let mut map = Map::new();
            while more(from, &mut left)? {
                let name = from.string()?;
                map.insert(name, value(from, depth - 1)?);
            }
            Value::Object(map)
        }
        Type::Array | Type::ArrayIndef => {
            let mut left = from.list()?;
            let mut list = vec![];
            while more(from, &mut left)? {
                list.push(value(from, depth - 1)?);
            }
            list.into()
        }
        Type::String | Type::StringIndef => from.string()?.into(),
        Type::Bool => from.boolean()?.into(),
        Type::Tag => from.timestamp()?.secs().into(),
        Type::F16 | Type::F32 | Type::F64 => Number::from_f64(from.double()?).into(),
        Type::Null | Type::Undefined => {
            from.skip()?;
            Value::Null
        }
        _ => from.long()?.into(),
    })
}

/// Whether a list goes on. One of unknown length ends with a mark.
fn more(from: &mut Decoder<'_>, left: &mut Option<u64>) -> Result<bool, DeserializeError> {
    match left {
        Some(0) => Ok(false),
        Some(left) => {
            *left -= 1;
            Ok(true)
        }
        None if from.datatype()? == Type::Break => from.skip().map(|()| false),
        None => Ok(true),
    }
}

/// An answer's body.
pub(super) fn write(answer: &Value) -> Vec<u8> {
    let mut to = Encoder::new(vec![]);
    put(&mut to, answer, false);
    to.into_writer()
}

fn put(to: &mut Encoder, value: &Value, is_time: bool) {
    match value {
        Value::Null => to.null(),
        Value::Bool(truth) => to.boolean(*truth),
        Value::String(text) => to.str(text),
        Value::Number(number) => match number.as_i64() {
            Some(seconds) if is_time => to.timestamp(&DateTime::from_secs(seconds)),
            Some(number) => to.long(number),
            None => to.double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::Array(list) => {
            to.array(list.len());
            for value in list {
                put(to, value, is_time);
            }
            to
        }
        Value::Object(map) => {
            to.map(map.len());
            for (name, value) in map {
                to.str(name);
                put(to, value, name == "Timestamps");
            }
            to
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let answer =
            json!({ "Values": [1.5, 0.0], "Timestamps": [60], "Id": "a", "Done": true, "None": null });
        let read = read(&write(&answer)).expect("it is CBOR");
        assert_eq!(read, answer);
    }

    #[test]
    fn lists_of_unknown_length_are_read() {
        let mut body = Encoder::new(vec![]);
        body.begin_map().str("A").begin_array().long(1).str("b").end().str("B").begin_map().end().end();
        assert_eq!(read(&body.into_writer()).expect("it is CBOR"), json!({ "A": [1, "b"], "B": {} }));
    }

    #[test]
    fn what_is_no_cbor_is_told() {
        for body in [&b""[..], b"{", &[0x9f; 64]] {
            let fault = read(body).expect_err("it is none");
            assert_eq!((fault.status, fault.code), (400, "SerializationException"), "{body:?}");
        }
    }
}
