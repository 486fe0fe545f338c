//! Environments.

use model::{Auth, BrokerKind, Brokers, Environment, Removal, quota};

use super::{Context, number::clamp};
use crate::{code::Code, diagnostic::Diagnostic, raw, tree::Place};

const DAY: u64 = 86_400_000;

pub(super) fn resolve(context: &mut Context<'_>) -> Vec<Environment> {
    let places = context.root.get("environments");
    let manifest = context.manifest;
    manifest
        .environments
        .iter()
        .enumerate()
        .map(|(index, (name, raw))| environment(context, index, name, raw, places.get(name)))
        .collect()
}

fn environment(
    context: &mut Context<'_>,
    index: usize,
    name: &str,
    raw: &raw::Environment,
    place: Place<'_>,
) -> Environment {
    if raw.production {
        production(context, raw, place);
    }
    Environment {
        name: name.into(),
        production: raw.production,
        auth: match raw.auth {
            raw::Auth::None => Auth::None,
            raw::Auth::Token => Auth::Token,
        },
        zones: clamp(raw.zones),
        network: raw
            .network
            .as_ref()
            .map_or_else(|| format!("10.{}", (20 + index) % 256), |network| network.to_string()),
        brokers: brokers(context, raw, place),
        log_retention_days: log_retention(context, &raw.log_retention, place.get("log_retention")),
        removal: match raw.removal {
            raw::Removal::Destroy => Removal::Destroy,
            raw::Removal::Retain => Removal::Retain,
        },
        deletion_protection: raw.deletion_protection.unwrap_or(raw.production),
        recovery_days: clamp(raw.recovery_days),
        audit: raw.audit,
        http_rate: clamp(raw.http_rate),
    }
}

/// Refuses what is only fit for development.
fn production(context: &mut Context<'_>, raw: &raw::Environment, place: Place<'_>) {
    let marked = place.get("production").span();
    let mut refuse = |key: Place<'_>, message: &str, note: &str, help: &str| {
        context.push(
            Diagnostic::new(Code::NotForProduction, key.span(), message)
                .also(marked, "real customers use this environment")
                .note(note)
                .help(help),
        );
    };
    if raw.auth == raw::Auth::None {
        refuse(
            place.get("auth"),
            "`auth: none` can't be in production",
            "anyone could act and listen as any customer, by naming their id",
            "write `auth: token`, or take the line out",
        );
    }
    if raw.removal == raw::Removal::Destroy {
        refuse(
            place.get("removal"),
            "`removal: destroy` can't be in production",
            "a table or key that leaves the template would be deleted with all its data",
            "write `removal: retain`, or take the line out",
        );
    }
    if raw.brokers.replication == Some(1) {
        refuse(
            place.get("brokers").get("replication"),
            "a single copy of each partition can't be in production",
            "MSK restarts brokers to patch them; with one copy each restart stops its partitions, and a lost disk loses them",
            "write `replication: 3`, or take the key out",
        );
    }
}

fn brokers(context: &mut Context<'_>, raw: &raw::Environment, environment: Place<'_>) -> Brokers {
    let place = environment.get("brokers");
    let written = &raw.brokers;
    let brokers = Brokers {
        instance_type: written.instance_type.to_string(),
        count: clamp(written.count),
        storage_gib: clamp(written.storage_gib.unwrap_or_default()),
        replication: clamp(written.replication.unwrap_or(written.count.min(3))),
    };
    let zones = raw.zones.max(1);
    if written.count % zones != 0 {
        let (below, above) =
            (written.count / zones * zones, (written.count / zones).saturating_add(1).saturating_mul(zones));
        let diagnostic = Diagnostic::new(
            Code::BrokersAndZones,
            place.get("count").span(),
            format!("{} brokers can't be spread evenly over {zones} zones", written.count),
        )
        .label(format!("not a multiple of {zones}"))
        .note("MSK puts the same number of brokers into each zone");
        let diagnostic = match environment.get("zones") {
            zones if zones.is_written() => diagnostic.also(zones.span(), "the zones"),
            _ => diagnostic.note("`zones` is 3 where nothing is said"),
        };
        context.push(diagnostic.help(if below >= 2 {
            format!("write `count: {below}` or `count: {above}`")
        } else {
            format!("write `count: {above}`")
        }));
    }
    match brokers.kind() {
        BrokerKind::Express => express(context, raw, environment),
        BrokerKind::Standard => {
            if written.storage_gib.is_none() {
                context.push(
                    Diagnostic::new(Code::StorageMissing, place.key(), "Standard brokers need `storage_gib`")
                        .label("`storage_gib` is missing")
                        .note("each broker of this type keeps its records on an EBS volume")
                        .help("write for example `storage_gib: 100`; it can grow later, but never shrink"),
                );
            }
            if let Some(copies) = written.replication
                && copies > written.count
            {
                context.push(
                    Diagnostic::new(
                        Code::Replication,
                        place.get("replication").span(),
                        format!("{copies} copies need {copies} brokers, and there are {}", written.count),
                    )
                    .also(place.get("count").span(), "the brokers")
                    .note("each copy of a partition is on a broker of its own")
                    .help(format!("write `replication: {}`, or take the key out", written.count.min(3))),
                );
            }
        }
    }
    brokers
}

/// What Express brokers leave no choice about.
fn express(context: &mut Context<'_>, raw: &raw::Environment, environment: Place<'_>) {
    let place = environment.get("brokers");
    let kind = place.get("type").span();
    let mut refuse = |span, message: &str, help: &str| {
        context.push(Diagnostic::new(Code::Express, span, message).also(kind, "Express brokers").help(help));
    };
    if raw.zones != 3 {
        refuse(environment.get("zones").span(), "Express brokers need 3 zones", "write `zones: 3`");
    }
    if raw.brokers.storage_gib.is_some() {
        refuse(
            place.get("storage_gib").key(),
            "Express brokers have storage of their own",
            "take `storage_gib` out: MSK refuses a volume size for them",
        );
    }
    if raw.brokers.replication.is_some_and(|copies| copies != 3) {
        refuse(
            place.get("replication").span(),
            "Express brokers always keep 3 copies",
            "take `replication` out",
        );
    }
}

fn log_retention(context: &mut Context<'_>, raw: &raw::Duration, place: Place<'_>) -> u16 {
    let steps = quota::LOG_RETENTION_DAYS;
    let wanted = raw.milliseconds().unwrap_or(30 * DAY);
    let nearest = steps
        .iter()
        .copied()
        .min_by_key(|days| (u64::from(*days) * DAY).abs_diff(wanted))
        .unwrap_or_default();
    if u64::from(nearest) * DAY != wanted {
        let list: Vec<_> = steps.iter().map(|days| format!("{days}d")).collect();
        context.push(
            Diagnostic::new(
                Code::LogRetention,
                place.span(),
                format!("CloudWatch can't keep logs for `{}`", &**raw),
            )
            .label(format!("the nearest step is `{nearest}d`"))
            .note(format!("it keeps them for one of {}", list.join(", ")))
            .help(format!("write `{nearest}d`")),
        );
    }
    nearest
}
