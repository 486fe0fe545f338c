/**
 * What the runner tells, put together: each record with the stages that it passed, and numbers for each topic.
 * It knows nothing of the page.
 */

/** So many records are kept. */
const KEPT = 500;

/** Percentiles are of so many of the last records. */
const SAMPLES = 200;

/** The spans that have a target, with the model's name of it. */
export const SPANS = [
  { name: 'publish', target: 'publish_ms', from: 'requested', to: 'published', label: 'Publish' },
  { name: 'consume', target: 'consume_ms', from: 'published', to: 'applied', label: 'Consume' },
  { name: 'push', target: 'push_ms', from: 'applied', to: 'pushed', label: 'Push' },
  { name: 'end', target: 'end_to_end_ms', from: 'requested', to: 'pushed', label: 'End to end' },
];

/** Stages in the order in which a record passes them. */
export const STAGES = [
  ['requested', 'Request received'],
  ['published', 'In its partition'],
  ['answered', 'Request answered'],
  ['batched', 'Handed over'],
  ['failed', 'Consumer failed'],
  ['applied', 'Table written'],
  ['alerted', 'Channel told'],
  ['pushed', 'Browser told'],
  ['done', 'Consumer done'],
  ['dead_lettered', 'Set aside as a dead letter'],
];

export class Store extends EventTarget {
  /** Records by `topic/partition/offset`, oldest first. */
  records = new Map();
  #byEvent = new Map();
  /** What is known of an event whose record was not seen yet. */
  #early = new Map();
  #samples = new Map();
  #topics;
  notices = [];
  alerts = [];
  lastSeq = 0;
  brokerDown = false;

  /** @param topics The model's topics. */
  constructor(topics = []) {
    super();
    this.#topics = new Map(topics.map((topic) => [topic.name.name, topic]));
  }

  /** Takes one happening; what is told twice counts once. */
  take(happening) {
    if (happening.seq <= this.lastSeq) return;
    this.lastSeq = happening.seq;
    const { stage } = happening;
    if (stage === 'notice') this.#notice(happening);
    else if (stage === 'requested') this.#tell('requested', happening);
    else if (stage === 'connected' || stage === 'disconnected') this.#tell(stage, happening);
    else this.#stage(happening);
  }

  /** Takes from the runner's state whether the broker is down: what was said of it may be forgotten by now. */
  broker(down) {
    if (down === this.brokerDown) return;
    this.brokerDown = down;
    this.#tell('broker', { down });
  }

  #notice({ at, detail }) {
    this.notices.unshift({ at, detail });
    this.notices.length = Math.min(this.notices.length, 50);
    this.#tell('notice', { detail });
  }

  #stage(happening) {
    const { stage, at, eventId, offset, took, detail, status } = happening;
    if (stage === 'answered' && !(eventId && status < 400)) {
      this.#tell('refused', happening);
      return;
    }
    const record = offset === undefined ? this.#byEvent.get(eventId) : this.#place(happening);
    if (record === undefined) {
      if (stage === 'alerted') this.#quarantined(happening);
      // The answer to a request may be told before the record was seen in its partition.
      if (stage === 'answered') {
        this.#early.set(eventId, { requested: at - took, answered: at });
        for (const id of this.#early.keys()) if (this.#early.size > KEPT) this.#early.delete(id);
      }
      return;
    }
    if (stage === 'answered') record.at.requested = at - took;
    if (stage === 'batched') record.tries += 1;
    if (stage === 'pushed') record.pushes += 1;
    if (stage === 'alerted') record.alerts.push(detail);
    // Of what happens again, the first time counts, but for the end.
    if (record.at[stage] === undefined || stage === 'done') record.at[stage] = at;
    // Whoever watches the partition may see the record later than its consumer does.
    const { published, batched } = record.at;
    if (published > batched) record.at.published = batched;
    if (['answered', 'published', 'applied', 'pushed'].includes(stage)) this.#sample(record);
    this.#tell('stage', { record, stage });
  }

  /** The record at its place in a topic; made when it is heard of first. */
  #place({ topic, partition, offset, eventId, customerId }) {
    const key = `${topic}/${partition}/${offset}`;
    const found = this.records.get(key);
    if (found) return found;
    const early = this.#early.get(eventId);
    this.#early.delete(eventId);
    const record = {
      key,
      topic,
      partition,
      offset,
      eventId,
      customerId,
      tries: 0,
      pushes: 0,
      alerts: [],
      quarantined: undefined,
      at: { ...early },
    };
    this.records.set(key, record);
    if (eventId !== undefined) this.#byEvent.set(eventId, record);
    for (const [old, { eventId: id }] of this.records) {
      if (this.records.size <= KEPT) break;
      this.records.delete(old);
      this.#byEvent.delete(id);
    }
    return record;
  }

  /** Support is told of a record that was set aside; the text says which one. */
  #quarantined({ at, detail }) {
    const [topic, partition, offset] = ['Topic', 'Partition', 'Offset'].map(
      (name) => new RegExp(`^${name}: (.*)$`, 'm').exec(detail ?? '')?.[1],
    );
    const record = this.records.get(`${topic}/${partition}/${offset}`);
    if (record === undefined) return;
    record.quarantined = /^Reason: (.*)$/m.exec(detail)?.[1] ?? 'it can not be used';
    record.at.alerted = at;
    record.alerts.push(detail);
    this.#tell('stage', { record, stage: 'alerted' });
  }

  #sample(record) {
    const { topic } = record;
    if (!this.#samples.has(topic)) this.#samples.set(topic, new Map());
    for (const { name } of SPANS) {
      const value = took(record, name);
      if (value === undefined) continue;
      const samples = this.#samples.get(topic);
      if (!samples.has(name)) samples.set(name, new Map());
      const values = samples.get(name);
      values.set(record.key, value);
      for (const oldest of values.keys()) if (values.size > SAMPLES) values.delete(oldest);
    }
  }

  /** `{ p50, p99, count, target, late }` of one span of a topic; `late` when the slowest in a hundred miss the target. */
  numbers(topic, name) {
    const values = [...(this.#samples.get(topic)?.get(name)?.values() ?? [])].sort((a, b) => a - b);
    const target = this.target(topic, name);
    const at = (part) => values[Math.min(values.length - 1, Math.floor(values.length * part))];
    const p99 = at(0.99);
    return { p50: at(0.5), p99, count: values.length, target, late: p99 > target };
  }

  /** What the manifest wants of a span, in milliseconds. */
  target(topic, name) {
    const { target } = SPANS.find((span) => span.name === name);
    return this.#topics.get(topic)?.targets?.[target];
  }

  record(eventId) {
    return this.#byEvent.get(eventId);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** How long a record took for a span, in milliseconds; `undefined` where it did not get there. */
export function took(record, name) {
  const { from, to } = SPANS.find((span) => span.name === name);
  const { [from]: start, [to]: end } = record.at;
  return start === undefined || end === undefined ? undefined : Math.max(0, end - start);
}

/** What became of a record: a word for programs and one for people. */
export function fate(record) {
  if (record.quarantined) return ['quarantined', 'Quarantined'];
  if (record.at.dead_lettered) return ['dead', 'Dead letter'];
  if (record.at.done && record.at.applied) return ['done', record.at.pushed ? 'Delivered' : 'Applied'];
  if (record.at.done) return ['done', 'Done'];
  if (record.at.failed) return ['failed', `Tried ${record.tries}×`];
  return ['moving', record.at.batched ? 'In the consumer' : 'In the topic'];
}
