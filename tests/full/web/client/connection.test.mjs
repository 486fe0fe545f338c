import assert from 'node:assert/strict';
import { test } from 'node:test';

import { EventClient, TIMING } from '../generated/lib/client.js';
import { MINUTE, RESUMED, SECOND, TYPES, World, polite } from './world.mjs';

/** A client that is connected to a polite server. */
async function connected(options) {
  const world = new World();
  world.onSent = polite;
  const { client, told } = world.client(options);
  client.connect();
  await world.pass(10);
  return { world, client, told, first: world.socket };
}

const statuses = ({ states }) => states.map(({ status }) => status);

test('it says who it is, and shows its token', async () => {
  const { world } = await connected({ token: 'a.b-c_d' });
  assert.equal(world.socket.url.href, 'wss://events.example/dev?customerId=test-123&token=a.b-c_d');
});

test('without a token none is sent', async () => {
  for (const token of [undefined, '', () => undefined, async () => '']) {
    const { world } = await connected({ token });
    assert.equal(world.socket.url.href, 'wss://events.example/dev?customerId=test-123');
  }
});

test('each connection gets a fresh token', async () => {
  let count = 0;
  const { world } = await connected({ token: async () => `token-${(count += 1)}` });
  world.socket.drop();
  await world.pass(SECOND);
  const tokens = world.sockets.map(({ url }) => url.searchParams.get('token'));
  assert.deepEqual(tokens, ['token-1', 'token-2']);
});

test('a token source that fails is asked again', async () => {
  const world = new World();
  let fails = 2;
  const { client, told } = world.client({
    token: async () => {
      if (fails-- > 0) throw new Error('no network');
      return 'token';
    },
  });
  client.connect();
  await world.pass(5 * SECOND);
  assert.equal(client.state.status, 'open');
  assert.equal(world.sockets.length, 1);
  assert.deepEqual(
    told.errors.map(({ kind, cause }) => [kind, cause.message]),
    [
      ['token', 'no network'],
      ['token', 'no network'],
    ],
  );
});

test('the states of a life', async () => {
  const { world, client, told } = await connected();
  world.socket.drop();
  await world.pass(SECOND);
  client.close();
  assert.deepEqual(statuses(told), [
    'idle',
    'connecting',
    'open',
    'waiting',
    'connecting',
    'open',
    'closed',
  ]);
  assert.equal(told.states[3].reason, 'the connection was closed');
});

test('waits are random within a bound that doubles up to a limit', async () => {
  for (const chance of [0, 0.25, 0.999_999]) {
    const world = new World();
    world.onDial = 'refuse';
    world.chance = chance;
    const { client, told } = world.client();
    client.connect();
    await world.pass(10 * MINUTE * (chance || 0.001));
    const waits = told.states
      .filter(({ status }) => status === 'waiting')
      .map(({ retryAt }, index) => retryAt - (world.sockets[index].madeAt + 1));
    assert.ok(waits.length >= 12, `${waits.length} waits`);
    waits.slice(0, 12).forEach((wait, failed) => {
      const bound = Math.min(TIMING.backoffMax, TIMING.backoffBase * 2 ** failed);
      assert.ok(wait >= 0 && wait <= bound, `wait ${failed}: ${wait} of ${bound}`);
      assert.ok(Math.abs(wait - bound * chance) < 0.01, `wait ${failed}: ${wait}`);
    });
  }
});

test('a connection that brings something starts the waits anew, one that only opens does not', async () => {
  const world = new World();
  world.chance = 0.999_999;
  const { client, told } = world.client();
  client.connect();
  for (let i = 0; i < 4; i += 1) {
    await world.pass(20 * SECOND);
    assert.equal(client.state.status, 'open');
    world.socket.drop();
  }
  assert.equal(client.state.attempt, 4);
  await world.pass(20 * SECOND);
  world.socket.say(RESUMED);
  world.socket.drop();
  assert.equal(client.state.attempt, 1);
  assert.ok(client.state.retryAt - world.now <= TIMING.backoffBase);
  assert.deepEqual(told.errors, []);
});

test('a connection that does not open in time is given up', async () => {
  const world = new World();
  world.onDial = 'nothing';
  const { client } = world.client();
  client.connect();
  await world.pass(TIMING.connectTimeout - 1);
  assert.equal(client.state.status, 'connecting');
  await world.pass(1);
  assert.equal(client.state.status, 'waiting');
  assert.equal(client.state.reason, 'no connection in time');
  assert.equal(world.sockets[0].closedBy, 'client');
});

test('a token source that never answers does not hold it up for ever', async () => {
  const world = new World();
  let asked = 0;
  const { client } = world.client({
    token: () => ((asked += 1) === 1 ? new Promise(() => {}) : 'token'),
  });
  client.connect();
  await world.pass(TIMING.connectTimeout + SECOND);
  assert.equal(client.state.status, 'open');
});

test('a browser that refuses to connect is asked again, and the address is told to nobody', async () => {
  const world = new World();
  const { client, told } = world.client({
    token: 'secret',
    platform: {
      ...world.platform,
      WebSocket: class {
        constructor(url) {
          throw new SyntaxError(`bad url ${url}`);
        }
      },
    },
  });
  client.connect();
  await world.pass(SECOND);
  assert.ok(statuses(told).includes('waiting'));
  assert.doesNotMatch(JSON.stringify(told), /secret/);
});

test('silence is followed by a ping, long before API Gateway ends the connection', async () => {
  const { world, first } = await connected();
  await world.pass(9 * MINUTE);
  assert.deepEqual(first.actions, ['resume', 'ping']);
  assert.equal(world.sockets.length, 1);
  await world.pass(40 * MINUTE);
  const sent = first.sent.map(({ at }) => at);
  for (let i = 1; i < sent.length; i += 1) assert.ok(sent[i] - sent[i - 1] < 6 * MINUTE);
});

test('what arrives puts the ping off', async () => {
  const { world, first, told } = await connected();
  for (let i = 0; i < 10; i += 1) {
    await world.pass(4 * MINUTE);
    first.say(world.event());
  }
  assert.deepEqual(first.actions, ['resume']);
  assert.equal(told.events.length, 10);
});

test('a ping that is not answered ends the connection', async () => {
  const { world, client, first } = await connected();
  world.onSent = (socket, frame) => {
    if (frame.action === 'resume') polite(socket, frame);
  };
  await world.pass(TIMING.pingAfter + TIMING.answerTimeout - 20);
  assert.equal(client.state.status, 'open');
  await world.pass(20);
  assert.equal(first.closedBy, 'client');
  await world.pass(SECOND);
  assert.equal(client.state.status, 'open');
  assert.equal(world.sockets.length, 2);
});

test('any frame is an answer to a ping', async () => {
  const { world, first } = await connected();
  world.onSent = () => {};
  await world.pass(TIMING.pingAfter + SECOND);
  first.say(world.event());
  await world.pass(TIMING.answerTimeout);
  assert.equal(world.sockets.length, 1);
});

test('a connection is replaced before two hours: the new one is open before the old one is closed', async () => {
  for (const chance of [0, 0.999_999]) {
    const { world, client, told, first } = await connected();
    world.chance = chance;
    first.drop();
    await world.pass(SECOND);
    const old = world.socket;
    await world.pass(TIMING.refreshAfter - TIMING.refreshSpread - 2 * SECOND);
    assert.equal(world.socket, old, 'not too soon');
    await world.pass(TIMING.refreshSpread + 3 * SECOND);
    const fresh = world.socket;
    assert.notEqual(fresh, old);
    const age = fresh.madeAt - old.madeAt;
    assert.ok(age < 2 * 60 * MINUTE - 5 * MINUTE && age > 90 * MINUTE, `${age / MINUTE} min`);
    await world.pass(TIMING.linger);
    assert.equal(old.closedBy, 'client');
    assert.equal(old.code, 1000);
    assert.ok(old.closedAt >= fresh.madeAt + TIMING.linger);
    assert.deepEqual(world.openSockets, [fresh]);
    assert.equal(statuses(told).at(-1), 'open', 'nobody notices');
    assert.equal(statuses(told).filter((status) => status === 'open').length, 2);
    client.close();
  }
});

/** A client whose connection is being replaced: both are open. */
async function refreshing() {
  const all = await connected();
  await all.world.pass(TIMING.refreshAfter - TIMING.refreshSpread / 2);
  assert.equal(all.world.openSockets.length, 2);
  return { ...all, old: all.first, fresh: all.world.socket };
}

test('while it is replaced, what comes on either connection is shown once', async () => {
  const { world, told, old, fresh } = await refreshing();
  const [both, oldOnly, freshOnly] = [world.event(), world.event(), world.event()];
  old.say(both);
  fresh.say(both);
  old.say(oldOnly);
  fresh.say(freshOnly);
  assert.deepEqual(told.events, [both, oldOnly, freshOnly]);
});

test('once the old connection is closed, the new one asks for what slipped through', async () => {
  const { world, told, fresh } = await refreshing();
  const lost = world.event();
  world.onSent = (socket, { action }) => {
    if (action !== 'resume') return;
    socket.say(lost);
    socket.say({ type: 'RESUMED', count: 1, last: lost.id, more: false });
  };
  assert.deepEqual(fresh.actions, []);
  await world.pass(TIMING.linger);
  assert.deepEqual(fresh.actions, ['resume']);
  assert.deepEqual(told.events, [lost]);
});

test('when the old connection ends by itself, the new one asks at once', async () => {
  const { world, old, fresh, told } = await refreshing();
  old.drop();
  assert.deepEqual(fresh.actions, ['resume']);
  await world.pass(MINUTE);
  assert.deepEqual(fresh.actions, ['resume']);
  assert.deepEqual(statuses(told), ['idle', 'connecting', 'open']);
});

test('a new connection that does not last leaves the old one in its place', async () => {
  const { world, old, fresh, told } = await refreshing();
  fresh.drop();
  assert.deepEqual(world.openSockets, [old]);
  const event = world.event();
  old.say(event);
  assert.deepEqual(told.events, [event]);
  await world.pass(MINUTE);
  assert.equal(world.openSockets.length, 1);
  assert.notEqual(world.socket, fresh, 'a third connection replaces it');
  assert.equal(old.closedBy, 'client');
  assert.deepEqual(statuses(told), ['idle', 'connecting', 'open']);
});

test('the old connection stays while no new one can be had', async () => {
  const { world, client, told, first } = await connected();
  world.onDial = 'refuse';
  await world.pass(TIMING.refreshAfter + 5 * MINUTE);
  assert.ok(world.sockets.length > 5);
  assert.equal(first.state, 'open');
  assert.deepEqual(statuses(told), ['idle', 'connecting', 'open']);
  first.drop();
  assert.equal(client.state.status, 'waiting');
  world.onDial = 'open';
  await world.pass(MINUTE);
  assert.equal(client.state.status, 'open');
  assert.equal(world.openSockets.length, 1);
});

test('when the old connection ends while the new one is on its way, that one takes over', async () => {
  const { world, client, first } = await connected();
  world.onDial = 'nothing';
  await world.pass(TIMING.refreshAfter - TIMING.refreshSpread / 2);
  const fresh = world.socket;
  first.drop();
  assert.equal(client.state.status, 'connecting');
  fresh.open();
  assert.equal(client.state.status, 'open');
  assert.deepEqual(fresh.actions, ['resume']);
});

test('when the network comes back it does not wait', async () => {
  const { world, client } = await connected();
  world.hint('offline');
  world.socket.drop();
  assert.equal(client.state.retryAt - world.now, TIMING.backoffMax);
  await world.pass(SECOND);
  world.hint('online');
  await world.pass(10);
  assert.equal(client.state.status, 'open');
});

test('it tries all the same when the browser thinks that it is offline', async () => {
  const { world, client } = await connected();
  world.hint('offline');
  world.socket.drop();
  await world.pass(TIMING.backoffMax + 10);
  assert.equal(client.state.status, 'open');
});

test('a page that is seen again looks after its connection', async () => {
  const { world, client, first } = await connected();
  world.hint('visible');
  assert.deepEqual(first.actions, ['resume', 'ping']);
  first.drop();
  world.hint('visible');
  await world.pass(5);
  assert.equal(client.state.status, 'open');
});

test('after a sleep of the machine a dead connection is found soon', async () => {
  const { world, client, first } = await connected();
  world.onSent = (socket, frame) => socket !== first && polite(socket, frame);
  world.now += 3 * 60 * MINUTE;
  world.hint('visible');
  await world.pass(TIMING.answerTimeout + SECOND);
  assert.equal(client.state.status, 'open');
  assert.notEqual(world.socket, first);
});

test('a clock that is set back does not stop the pings', async () => {
  const { world, first } = await connected();
  world.now -= 24 * 60 * MINUTE;
  await world.pass(0);
  // The timers of this world go by the same clock; a browser's don't.
  world.now += 24 * 60 * MINUTE;
  await world.pass(2 * TIMING.pingAfter);
  assert.ok(first.actions.includes('ping'));
});

test('close ends everything', async () => {
  const { world, client, told, old, fresh } = await refreshing();
  client.close();
  assert.deepEqual([old.closedBy, fresh.closedBy], ['client', 'client']);
  assert.equal(world.timers, 0);
  assert.equal(world.watching, false);
  assert.equal(client.state.status, 'closed');
  const shown = told.events.length;
  fresh.say(world.event());
  assert.equal(told.events.length, shown);
  await world.pass(60 * MINUTE);
  assert.equal(world.sockets.length, 2);
  client.close();
  assert.throws(() => client.connect(), /closed/);
});

test('close is final whenever it comes', async () => {
  // Before it connects, while it waits for a token, while it connects, while it waits to connect.
  for (const moment of ['idle', 'token', 'connecting', 'waiting']) {
    const world = new World();
    world.onDial = moment === 'waiting' ? 'refuse' : 'nothing';
    let give;
    const token = moment === 'token' ? () => new Promise((resolve) => (give = resolve)) : undefined;
    const { client } = world.client({ token });
    if (moment !== 'idle') client.connect();
    await world.pass(10);
    const made = world.sockets.length;
    client.close();
    give?.('token');
    await world.pass(MINUTE);
    assert.equal(world.sockets.length, made, moment);
    assert.equal(world.timers, 0, moment);
    assert.equal(client.state.status, 'closed', moment);
  }
});

test('a listener may close the client', async () => {
  const { world, client, told, first } = await connected();
  client.on('PAID', () => client.close());
  const later = [];
  client.on('PAID', (event) => later.push(event));
  first.say(world.event());
  assert.equal(client.state.status, 'closed');
  assert.deepEqual(later, []);
  assert.deepEqual(told.errors, []);
});

test('connecting twice makes one connection', async () => {
  const { world, client } = await connected();
  client.connect();
  await world.pass(SECOND);
  assert.equal(world.sockets.length, 1);
});

test('a wrong endpoint is refused at once', () => {
  const make = (endpoint) => () => new EventClient(TYPES, { endpoint, customerId: 'a' });
  assert.throws(make('https://events.example/dev'), /wss:/);
  assert.throws(make('events.example'), TypeError);
});

test('where there is no WebSocket one must be passed', { skip: 'WebSocket' in globalThis }, () => {
  const options = { endpoint: 'wss://events.example/dev', customerId: 'a' };
  assert.throws(() => new EventClient(TYPES, options), /platform\.WebSocket/);
});
