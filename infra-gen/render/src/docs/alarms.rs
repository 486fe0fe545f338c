//! Alarms, as phrases.

use model::{Alarm, AlarmMetric, Comparison};

use super::words;

/// `p99 above 100 ms, 3 × 5 minutes`.
pub(super) fn when(alarm: &Alarm) -> String {
    let unit = match alarm.metric {
        AlarmMetric::FunctionDuration(_) => " ms",
        AlarmMetric::ConsumerLag(_) => " records",
        AlarmMetric::BrokerDisk => " %",
        _ => "",
    };
    let comparison = match alarm.comparison {
        Comparison::Above if alarm.threshold == 0.0 => "any".to_owned(),
        Comparison::Above => format!("above {}{unit}", alarm.threshold),
        Comparison::AtLeast => format!("at least {}{unit}", alarm.threshold),
        Comparison::Below => format!("below {}{unit}", alarm.threshold),
    };
    let statistic =
        if alarm.statistic.starts_with('p') { format!("{} ", alarm.statistic) } else { String::new() };
    let period = words::duration(u64::from(alarm.period_seconds) * 1000);
    let times =
        if alarm.periods == 1 { format!("in {period}") } else { format!("{} × {period}", alarm.periods) };
    format!("{statistic}{comparison}, {times}")
}
