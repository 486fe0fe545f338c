import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TIMING } from '../generated/lib/client.js';
import { MINUTE, RESUMED, SECOND, World } from './world.mjs';

const HOUR = 60 * MINUTE;

/** A server that renews tokens until the session is over. */
class Server {
  #next = 1;
  asked = [];
  /** Tokens that are good, and until when. */
  good = new Map();

  constructor(world, { life = HOUR, session = 12 * HOUR } = {}) {
    this.world = world;
    this.life = life;
    this.over = world.now + session;
    world.onSent = (socket, { action }) => {
      if (action === 'ping') socket.say({ type: 'PONG' });
      if (action === 'resume') socket.say(RESUMED);
      if (action === 'renew') this.renew(socket);
    };
  }

  issue() {
    const token = `token-${this.#next++}`;
    this.good.set(token, Math.min(this.world.now + this.life, this.over));
    return token;
  }

  isGood(token) {
    return (this.good.get(token) ?? 0) > this.world.now;
  }

  renew(socket) {
    this.asked.push(this.world.now);
    if (this.world.now >= this.over) {
      socket.say({ type: 'ERROR', detail: 'the session is over' });
      return;
    }
    const token = this.issue();
    const end = this.good.get(token);
    socket.say({
      type: 'TOKEN',
      token,
      tokenExpiresAt: new Date(end).toISOString(),
      expiresIn: (end - this.world.now) / SECOND,
    });
  }
}

async function connected(options = {}, about = {}) {
  const world = new World();
  const server = new Server(world, about);
  const first = server.issue();
  const renewed = [];
  const { client, told } = world.client({
    token: first,
    onToken: (token) => renewed.push(token),
    ...options,
  });
  client.connect();
  await world.pass(10);
  return { world, server, client, told, first, renewed };
}

const shown = (socket) => socket.url.searchParams.get('token');

test('a connection renews its token at once, and well before each one ends', async () => {
  const { world, server, told, renewed } = await connected();
  assert.equal(server.asked.length, 1);
  assert.deepEqual(Object.keys(renewed[0]).sort(), ['token', 'tokenExpiresAt']);
  for (let i = 0; i < 10 * 60; i += 1) {
    await world.pass(MINUTE);
    assert.ok(server.isGood(renewed.at(-1).token), `after ${i} minutes there is a good token`);
  }
  assert.ok(server.asked.length < 24, `${server.asked.length} renewals in ten hours`);
  assert.deepEqual(told.errors, []);
});

test('every connection is opened with a token that is good, for as long as the session lasts', async () => {
  const { world, server, told } = await connected();
  const refusals = [];
  for (let i = 0; i < 11 * 12; i += 1) {
    await world.pass(5 * MINUTE);
    world.socket.drop();
    await world.pass(10 * SECOND);
    if (!server.isGood(shown(world.socket))) refusals.push(i);
  }
  assert.deepEqual(refusals, []);
  assert.ok(world.sockets.length > 11 * 12);
  assert.deepEqual(told.errors, []);
});

test('a newer token of the source is used in place of one that was renewed', async () => {
  let token = 'from-step-1';
  const { world } = await connected({ token: () => token });
  world.socket.drop();
  await world.pass(SECOND);
  assert.equal(shown(world.socket), 'token-2', 'the same again is no news');
  token = undefined;
  world.socket.drop();
  await world.pass(SECOND);
  assert.equal(shown(world.socket), 'token-3', 'nor is none');
  token = 'from-step-2';
  world.socket.drop();
  await world.pass(SECOND);
  assert.equal(shown(world.socket), 'from-step-2');
});

test('a renewed token that the app keeps as its own goes round without harm', async () => {
  const kept = {};
  const { world, server } = await connected({
    token: () => kept.token ?? 'token-1',
    onToken: ({ token }) => (kept.token = token),
  });
  for (let i = 0; i < 5; i += 1) {
    world.socket.drop();
    await world.pass(SECOND);
    assert.ok(server.isGood(shown(world.socket)));
  }
});

test('without a token nothing is renewed', async () => {
  const { world, server } = await connected({ token: undefined });
  await world.pass(3 * HOUR);
  assert.deepEqual(server.asked, []);
});

test('where no token is needed, it is asked once a connection', async () => {
  const { world, told, renewed } = await connected();
  let asked = 0;
  world.onSent = (socket, { action }) => {
    if (action === 'resume') socket.say(RESUMED);
    if (action === 'ping') socket.say({ type: 'PONG' });
    if (action !== 'renew') return;
    asked += 1;
    socket.say({ type: 'TOKEN' });
  };
  world.socket.drop();
  await world.pass(90 * MINUTE);
  assert.equal(asked, 1);
  assert.equal(renewed.length, 1, 'the one before');
  assert.deepEqual(told.errors, []);
});

test('a lost answer is asked for again, three times in all', async () => {
  const { world, server, client } = await connected();
  server.renew = () => server.asked.push(world.now);
  server.asked = [];
  await world.pass(100 * MINUTE);
  assert.equal(server.asked.length, 3, 'then the next connection sees to it');
  assert.equal(client.state.status, 'open');
});

test('an end of the session is told, not asked about for ever', async () => {
  const { world, server, told } = await connected({}, { session: 90 * MINUTE });
  await world.pass(100 * MINUTE);
  const before = server.asked.length;
  assert.ok(before < 10, `${before} renewals`);
  world.socket.drop();
  await world.pass(90 * MINUTE);
  assert.equal(server.asked.length, before + 3);
  assert.deepEqual(
    told.errors.map(({ message }) => message),
    Array(3).fill('the server says: the session is over'),
  );
});

test('a token without an end is no token', async () => {
  const { world, told, renewed } = await connected();
  for (const frame of [{ token: 7 }, { token: 'x' }, { token: 'x', tokenExpiresAt: 'y', expiresIn: 'z' }]) {
    world.socket.say({ type: 'TOKEN', ...frame });
  }
  assert.deepEqual(
    told.errors.map(({ kind, message }) => [kind, message]),
    Array(3).fill(['frame', 'a token has no end']),
  );
  assert.equal(renewed.length, 1);
});

test('a closed client renews nothing', async () => {
  const { world, server, client } = await connected();
  client.close();
  await world.pass(2 * HOUR);
  assert.equal(server.asked.length, 1);
  assert.equal(world.timers, 0);
});

test('what a token says is in no error', async () => {
  const { told, world } = await connected({ onToken: () => { throw new Error('of the app'); } });
  world.socket.say({ type: 'TOKEN', token: 'secret' });
  assert.deepEqual(told.errors.map(({ kind }) => kind), ['listener', 'frame']);
  for (const error of told.errors) assert.doesNotMatch(JSON.stringify(error) + error.stack, /secret|token-\d/);
  assert.ok(TIMING.renewAt < 1);
});
