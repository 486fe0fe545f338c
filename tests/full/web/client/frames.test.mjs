import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { inspect } from 'node:util';

import { World, polite } from './world.mjs';

async function connected(options) {
  const world = new World();
  world.onSent = polite;
  const { client, told } = world.client(options);
  client.connect();
  await world.pass(10);
  return { world, client, told, socket: world.socket };
}

const good = new World().event('PAID', { amount: '1.50' });
const without = (name) => ({ ...good, [name]: undefined });

const malformed = [
  ['bytes', new ArrayBuffer(4), 'a frame is not text'],
  ['nothing', '', 'a frame is not JSON'],
  ['no JSON', 'hello', 'a frame is not JSON'],
  ['half an event', JSON.stringify(good).slice(0, -5), 'a frame is not JSON'],
  ['null', 'null', 'a frame is not an object'],
  ['a number', '42', 'a frame is not an object'],
  ['a list', JSON.stringify([good]), 'a frame is not an object'],
  ['an empty object', '{}', 'a frame has no type'],
  ['a type that is no text', { ...good, type: 1 }, 'a frame has no type'],
  ['no id', without('id'), 'an event has no id'],
  ['an empty id', { ...good, id: '' }, 'an event has no id'],
  ['no time', without('time'), 'an event has no time'],
  ['no topic', without('topic'), 'an event has no topic'],
  ['a version that is text', { ...good, version: '1' }, 'an event has no version'],
  ['no data', without('data'), 'an event has no data'],
  ['data that is null', { ...good, data: null }, 'an event has no data'],
  ['data that is a list', { ...good, data: [] }, 'an event has no data'],
];

for (const [name, frame, message] of malformed) {
  test(`malformed: ${name}`, async () => {
    const { told, socket, client } = await connected();
    if (typeof frame === 'string' || frame instanceof ArrayBuffer) socket.sayRaw(frame);
    else socket.say(frame);
    assert.deepEqual(
      told.errors.map((error) => [error.kind, error.message]),
      [['frame', message]],
    );
    assert.ok(told.errors[0] instanceof Error);
    assert.equal(told.events.length + told.unknown.length, 0);
    socket.say(good);
    assert.deepEqual(told.events, [good], 'the client goes on');
    assert.equal(client.state.status, 'open');
  });
}

test('an error holds the frame, but does not show it', async () => {
  const { told, socket } = await connected();
  socket.sayRaw('{"email": "a@b.example"');
  const [error] = told.errors;
  assert.equal(error.frame, '{"email": "a@b.example"');
  assert.doesNotMatch(inspect(error, { depth: 10, showHidden: true }), /b\.example/);
  assert.doesNotMatch(JSON.stringify(error), /b\.example/);
});

test('without onError the console is told, without the frame', async () => {
  const { socket } = await connected({ onError: undefined });
  const log = mock.method(console, 'error', () => {});
  socket.sayRaw('{"email": "a@b.example"');
  log.mock.restore();
  assert.equal(log.mock.callCount(), 1);
  assert.doesNotMatch(inspect(log.mock.calls[0].arguments, { depth: 10 }), /b\.example/);
});

test('events of unknown types are handed on, once', async () => {
  const { told, socket } = await connected();
  const event = new World().event('LATER_ADDED', { x: 1 });
  socket.say(event);
  socket.say(event);
  assert.deepEqual(told.unknown, [event]);
  assert.deepEqual([told.events, told.errors], [[], []]);
});

test('nobody has to care for unknown types', async () => {
  const { told, socket } = await connected({ onUnknown: undefined });
  socket.say(new World().event('LATER_ADDED'));
  assert.deepEqual([told.events, told.errors], [[], []]);
});

test('a younger server may add to the envelope', async () => {
  const { told, socket } = await connected();
  socket.say({ ...good, traceparent: '00-1-2-3' });
  assert.deepEqual(told.events, [good]);
});

test('types that are called as answers are events all the same', async () => {
  const { world, told, socket } = await connected();
  const events = ['PONG', 'RESUMED', 'ERROR'].map((type) => world.event(type));
  for (const event of events) socket.say(event);
  assert.deepEqual(told.unknown.map(({ type }) => type), ['PONG', 'RESUMED', 'ERROR']);
});

test('what the server says of itself is told', async () => {
  const { told, socket } = await connected();
  socket.say({ type: 'ERROR', detail: 'send {"action":"ping"}' });
  socket.say({ message: 'Forbidden', connectionId: 'c', requestId: 'r' });
  assert.deepEqual(
    told.errors.map(({ kind, message }) => [kind, message]),
    [
      ['server', 'the server says: send {"action":"ping"}'],
      ['server', 'the server says: Forbidden'],
    ],
  );
});
