import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { World, polite } from './world.mjs';

async function connected(options) {
  const world = new World();
  world.onSent = polite;
  const { client, told } = world.client(options);
  client.connect();
  await world.pass(10);
  return { world, client, told, socket: world.socket };
}

test('a listener gets its type alone, a subscriber every one, in the order of their coming', async () => {
  const { world, client, socket } = await connected();
  const heard = [];
  client.on('PAID', ({ type }) => heard.push(`on ${type}`));
  client.subscribe(({ type }) => heard.push(`all ${type}`));
  socket.say(world.event('PAID'));
  socket.say(world.event('SENT'));
  assert.deepEqual(heard, ['on PAID', 'all PAID', 'all SENT']);
});

test('a listener can be taken off, also by another, also twice', async () => {
  const { world, client, socket } = await connected();
  const heard = [];
  const offs = [];
  client.on('PAID', () => {
    heard.push('first');
    offs[0]();
  });
  offs.push(client.on('PAID', () => heard.push('second')));
  socket.say(world.event('PAID'));
  offs[0]();
  socket.say(world.event('PAID'));
  assert.deepEqual(heard, ['first', 'first']);
});

test('the same function may listen twice', async () => {
  const { world, client, socket } = await connected();
  let count = 0;
  const listener = () => (count += 1);
  const off = client.on('PAID', listener);
  client.on('PAID', listener);
  socket.say(world.event());
  off();
  socket.say(world.event());
  assert.equal(count, 3);
});

test('a listener that throws harms nobody', async () => {
  const { world, client, told, socket } = await connected();
  const heard = [];
  client.on('PAID', () => {
    throw new Error('mine');
  });
  client.on('PAID', async () => {
    throw new Error('mine, later');
  });
  client.on('PAID', (event) => heard.push(event));
  client.onState(({ status }) => {
    if (status === 'waiting') throw new Error('of a state');
  });
  socket.say(world.event());
  socket.drop();
  await world.pass(1_000);
  assert.equal(heard.length, 1);
  assert.deepEqual(
    told.errors.map(({ kind, cause }) => [kind, cause.message]),
    [
      ['listener', 'mine'],
      ['listener', 'of a state'],
      ['listener', 'mine, later'],
    ],
  );
  assert.equal(client.state.status, 'open');
});

test('what onUnknown and onError throw harms nobody either', async () => {
  const { world, socket, client } = await connected({
    onUnknown: () => {
      throw new Error('unknown');
    },
    onError: () => {
      throw new Error('error');
    },
  });
  const log = mock.method(console, 'error', () => {});
  socket.say(world.event('OTHER'));
  socket.sayRaw('junk');
  log.mock.restore();
  assert.equal(log.mock.callCount(), 2);
  assert.equal(client.state.status, 'open');
});

test('a state listener hears the state at once', async () => {
  const { client } = await connected();
  const heard = [];
  const off = client.onState(({ status }) => heard.push(status));
  off();
  client.close();
  client.onState(({ status }) => heard.push(status));
  assert.deepEqual(heard, ['open', 'closed']);
});

test('events can be read one by one', async () => {
  const { world, client, socket } = await connected();
  const events = client.events();
  const [first, second, third] = [world.event(), world.event(), world.event()];
  socket.say(first);
  socket.say(second);
  assert.deepEqual(await events.next(), { done: false, value: first });
  assert.deepEqual(await events.next(), { done: false, value: second });
  const next = events.next();
  socket.say(third);
  assert.deepEqual(await next, { done: false, value: third });
  const waiting = events.next();
  client.close();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(await events.next(), { done: true, value: undefined });
});

test('a loop over the client ends with it, and what waits is read first', async () => {
  const { world, client, socket } = await connected();
  const read = [];
  const loop = (async () => {
    for await (const event of client) read.push(event);
  })();
  const events = [world.event(), world.event()];
  for (const event of events) socket.say(event);
  client.close();
  await loop;
  assert.deepEqual(read, events);
});

test('a loop that is left takes its listener off', async () => {
  const { world, client, socket } = await connected();
  const read = [];
  const loop = (async () => {
    for await (const event of client.events({ limit: 1 })) {
      read.push(event);
      break;
    }
  })();
  socket.say(world.event());
  await loop;
  for (let i = 0; i < 5; i += 1) socket.say(world.event());
  assert.equal(read.length, 1);
});

test('each reader has its own events', async () => {
  const { world, client, socket } = await connected();
  const [one, other] = [client.events(), client.events()];
  const event = world.event();
  socket.say(event);
  assert.deepEqual((await one.next()).value, event);
  assert.deepEqual((await other.next()).value, event);
});

test('a signal ends the reading', async () => {
  const { world, client, socket } = await connected();
  const stop = new AbortController();
  const events = client.events({ signal: stop.signal });
  const next = events.next();
  stop.abort();
  socket.say(world.event());
  assert.deepEqual(await next, { done: true, value: undefined });
  assert.equal((await client.events({ signal: AbortSignal.abort() }).next()).done, true);
});

test('a reader that falls behind learns it', async () => {
  const { world, client, told, socket } = await connected();
  const events = client.events({ limit: 2 });
  const made = [world.event(), world.event(), world.event()];
  for (const event of made) socket.say(event);
  assert.deepEqual((await events.next()).value, made[0]);
  assert.deepEqual((await events.next()).value, made[1]);
  await assert.rejects(() => events.next(), /more than 2 events/);
  assert.equal((await events.next()).done, true);
  assert.deepEqual(told.events, made, 'nobody else is held up');
});

test('after close nobody can listen', async () => {
  const { client } = await connected();
  client.close();
  client.subscribe(() => assert.fail('called'))();
  assert.equal((await client.events().next()).done, true);
});
