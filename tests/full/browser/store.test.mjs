// What the page makes of the runner's feed.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Store, fate, took } from './page/store.js';

const TOPIC = { name: { name: 'paid' }, targets: { publish_ms: 100, consume_ms: 500, push_ms: 100, end_to_end_ms: 1_000 } };

/** A store, and how to tell it things: each comes a millisecond after the last unless it says `at`. */
function told() {
  const store = new Store([TOPIC]);
  let seq = 0;
  const tell = (stage, about = {}) => store.take({ seq: (seq += 1), at: 1_000 + seq, stage, topic: 'paid', ...about });
  return { store, tell };
}

const PLACE = { partition: 2, offset: 7 };
const EVENT = { ...PLACE, eventId: 'e-1', customerId: 'c-1' };

test('the stages of one event come together, in whatever order they are told', () => {
  const stages = [
    ['published', { ...EVENT, at: 20 }],
    ['answered', { eventId: 'e-1', status: 202, took: 30, at: 32 }],
    ['batched', { ...EVENT, at: 25 }],
    ['applied', { ...EVENT, at: 40 }],
    ['pushed', { eventId: 'e-1', at: 55 }],
    ['done', { ...EVENT, at: 60, took: 35 }],
  ];
  // A push is always told after what has the event's place.
  const orders = [[0, 1, 2, 3, 4, 5], [1, 2, 0, 3, 4, 5], [2, 3, 4, 1, 0, 5], [2, 0, 3, 5, 1, 4]];
  for (const order of orders) {
    const { store, tell } = told();
    for (const index of order) tell(...stages[index]);
    assert.equal(store.records.size, 1, String(order));
    const record = store.record('e-1');
    assert.deepEqual(
      ['publish', 'consume', 'push', 'end'].map((name) => took(record, name)),
      [18, 20, 15, 53],
      String(order),
    );
    assert.deepEqual(fate(record), ['done', 'Delivered']);
  }
});

test('whoever looks at a partition may be slower than its consumer', () => {
  const { store, tell } = told();
  tell('batched', { ...EVENT, at: 25 });
  tell('published', { ...EVENT, at: 90 });
  tell('applied', { ...EVENT, at: 40 });
  assert.equal(took(store.record('e-1'), 'consume'), 15);
});

test('what is told twice counts once', () => {
  const { store } = told();
  const happening = { seq: 5, at: 1, stage: 'batched', topic: 'paid', ...EVENT };
  store.take(happening);
  store.take(happening);
  assert.equal(store.record('e-1').tries, 1);
});

test('a record that fails is tried again, and may be a dead letter in the end', () => {
  const { store, tell } = told();
  for (let i = 0; i < 3; i += 1) {
    tell('batched', EVENT);
    tell('failed', EVENT);
  }
  assert.deepEqual(fate(store.record('e-1')), ['failed', 'Tried 3×']);
  tell('dead_lettered', EVENT);
  assert.deepEqual(fate(store.record('e-1')), ['dead', 'Dead letter']);
});

test('the word to support says which record was set aside', () => {
  const { store, tell } = told();
  tell('published', PLACE);
  tell('batched', PLACE);
  tell('alerted', { topic: undefined, eventId: 'error-1', detail: 'support: A record.\n\nTopic: paid\nPartition: 2\nOffset: 7\nReason: NOT_JSON\n' });
  tell('done', PLACE);
  const record = store.records.get('paid/2/7');
  assert.equal(record.quarantined, 'NOT_JSON');
  assert.deepEqual(fate(record), ['quarantined', 'Quarantined']);
  assert.doesNotThrow(() => tell('alerted', { topic: undefined, eventId: 'error-2', detail: 'support: something else' }));
});

test('a refusal is told, and is no record', () => {
  const { store, tell } = told();
  const refused = [];
  store.addEventListener('refused', ({ detail }) => refused.push(detail.status));
  tell('answered', { status: 400, took: 3 });
  tell('answered', { status: 503, took: 3, eventId: 'e-9' });
  assert.deepEqual([refused, store.records.size], [[400, 503], 0]);
});

test('percentiles are against the target, of the last records only', () => {
  const { store, tell } = told();
  assert.equal(store.numbers('paid', 'consume').count, 0);
  for (let offset = 0; offset < 1_000; offset += 1) {
    const event = { partition: 0, offset, eventId: `e-${offset}`, customerId: 'c' };
    tell('published', { ...event, at: 10_000 });
    // The last ones are 1 to 200 ms slow, the earlier ones far slower.
    tell('applied', { ...event, at: 10_000 + (offset < 800 ? 9_000 : offset - 799) });
  }
  const { p50, p99, count, target, late } = store.numbers('paid', 'consume');
  assert.deepEqual([count, p50, p99, target, late], [200, 101, 199, 500, false]);
  assert.ok(store.records.size <= 500, 'and so is the memory of records');
  assert.equal(store.record('e-0'), undefined);
  assert.ok(store.record('e-999'));
});

test('an outage is known from the state, and told once', () => {
  const { store } = told();
  const heard = [];
  store.addEventListener('broker', ({ detail: { down } }) => heard.push(down));
  for (const down of [false, true, true, false, false]) store.broker(down);
  assert.deepEqual(heard, [true, false]);
  assert.equal(store.brokerDown, false);
});
