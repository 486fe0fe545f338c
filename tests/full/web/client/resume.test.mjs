import assert from 'node:assert/strict';
import { test } from 'node:test';

import { TIMING } from '../generated/lib/client.js';
import { MINUTE, RESUMED, SECOND, World, polite } from './world.mjs';

const asked = (socket) =>
  socket.sent.filter(({ action }) => action === 'resume').map(({ after }) => after);

async function connected(options) {
  const world = new World();
  const { client, told } = world.client(options);
  client.connect();
  await world.pass(10);
  return { world, client, told };
}

test('a first connection asks for what the server keeps', async () => {
  const { world } = await connected();
  assert.deepEqual(world.socket.sent[0], { at: world.socket.madeAt + 1, action: 'resume' });
});

test('a client that is told where another stopped asks from there', async () => {
  const { world, client } = await connected({ after: 'event-7' });
  assert.deepEqual(asked(world.socket), ['event-7']);
  assert.equal(client.lastEventId, 'event-7');
  const event = world.event();
  world.socket.say(event);
  assert.equal(client.lastEventId, event.id);
});

test('it asks on while there is more', async () => {
  const { world, told } = await connected();
  const { socket } = world;
  const events = Array.from({ length: 5 }, () => world.event());
  socket.say(events[0]);
  socket.say(events[1]);
  socket.say({ type: 'RESUMED', count: 2, last: events[1].id, more: true });
  socket.say(events[2]);
  socket.say(events[3]);
  socket.say({ type: 'RESUMED', count: 2, last: events[3].id, more: true });
  socket.say(events[4]);
  socket.say({ type: 'RESUMED', count: 1, last: events[4].id, more: false });
  assert.deepEqual(asked(socket), [undefined, events[1].id, events[3].id]);
  assert.deepEqual(told.events, events);
  await world.pass(TIMING.answerTimeout * 5);
  assert.equal(asked(socket).length, 3);
});

test('a later connection asks from some time before the newest event', async () => {
  const { world } = await connected();
  world.onSent = polite;
  const early = world.event();
  world.socket.say(early);
  await world.pass(TIMING.overlap + MINUTE);
  const late = world.event();
  world.socket.say(late);
  world.socket.drop();
  await world.pass(SECOND);
  assert.deepEqual(asked(world.socket), [early.id]);
});

test('times tell which event is newer, ids do not', async () => {
  const { world, client } = await connected();
  world.onSent = polite;
  const early = { ...world.event(), id: 'z' };
  world.socket.say(early);
  await world.pass(TIMING.overlap);
  const middle = { ...world.event(), id: 'y' };
  world.socket.say(middle);
  await world.pass(TIMING.overlap);
  const late = { ...world.event(), id: 'x' };
  world.socket.say(late);
  world.socket.say({ ...world.event(), id: 'w', time: 'yesterday' });
  assert.equal(client.lastEventId, 'x');
  world.socket.drop();
  await world.pass(SECOND);
  assert.deepEqual(asked(world.socket), ['y']);
});

test('where all is young it asks for everything that is kept', async () => {
  const { world, told } = await connected({ after: 'event-7' });
  world.socket.say(RESUMED);
  const event = world.event();
  world.socket.say(event);
  world.socket.drop();
  await world.pass(SECOND);
  assert.deepEqual(asked(world.socket), ['event-7']);
  world.socket.say(event);
  assert.deepEqual(told.events, [event], 'what comes again is not shown again');
});

test('an event that was overtaken while nobody listened is not missed', async () => {
  const { world, told } = await connected();
  world.socket.say(RESUMED);
  await world.pass(TIMING.overlap * 2);
  const slow = world.event('PAID');
  await world.pass(MINUTE);
  const fast = world.event('SENT');
  world.socket.say(fast);
  world.socket.drop();
  // The server keeps both; it sends what is younger than the event that it is told.
  world.onSent = (socket, { action, after = '' }) => {
    if (action !== 'resume') return;
    for (const event of [slow, fast]) if (event.id > after) socket.say(event);
    socket.say({ type: 'RESUMED', count: 2, last: fast.id, more: false });
  };
  await world.pass(SECOND);
  assert.deepEqual(told.events, [fast, slow]);
});

test('a lost connection between two pages goes on with the next page', async () => {
  const { world } = await connected();
  const page = world.event();
  world.socket.say(page);
  world.socket.say({ type: 'RESUMED', count: 1, last: page.id, more: true });
  await world.pass(2 * TIMING.overlap);
  assert.ok(world.sockets.length > 1, 'a question without an answer ends a connection');
  // A live event that is far younger than what is still missing.
  world.socket.say(world.event());
  world.socket.drop();
  await world.pass(SECOND);
  assert.deepEqual(asked(world.socket), [page.id]);
});

test('pages that two connections brought are followed by one more question', async () => {
  const { world } = await connected();
  const page = world.event();
  world.socket.say(page);
  world.socket.say({ type: 'RESUMED', count: 1, last: 'place-1', more: true });
  world.socket.drop();
  await world.pass(SECOND);
  const { socket } = world;
  assert.deepEqual(asked(socket), ['place-1']);
  socket.say({ type: 'RESUMED', count: 0, last: null, more: false });
  // An event may have been put before that place meanwhile: from where all began.
  assert.deepEqual(asked(socket), ['place-1', undefined]);
  socket.say(RESUMED);
  assert.deepEqual(asked(socket), ['place-1', undefined], 'and that is all');
});

test('a question that is not answered is asked again, three times in all', async () => {
  const { world, client } = await connected();
  const { socket } = world;
  await world.pass(3 * TIMING.answerTimeout - 100);
  assert.equal(asked(socket).length, 3);
  assert.equal(socket.state, 'open');
  await world.pass(200);
  assert.equal(socket.closedBy, 'client');
  await world.pass(SECOND);
  assert.equal(client.state.status, 'open');
});

test('a failure of the server is told, and the question asked again', async () => {
  const { world, told } = await connected();
  const { socket } = world;
  socket.say({ message: 'Internal server error', connectionId: 'c', requestId: 'r' });
  assert.deepEqual(
    told.errors.map(({ kind, message }) => [kind, message]),
    [['server', 'the server says: Internal server error']],
  );
  await world.pass(TIMING.answerTimeout);
  assert.equal(asked(socket).length, 2);
});

test('two answers to one question do not end the asking', async () => {
  const { world, told } = await connected();
  const { socket } = world;
  await world.pass(TIMING.answerTimeout);
  assert.equal(asked(socket).length, 2);
  const [first, second] = [world.event(), world.event()];
  for (let i = 0; i < 2; i += 1) {
    socket.say(first);
    socket.say({ type: 'RESUMED', count: 1, last: first.id, more: true });
  }
  assert.deepEqual(asked(socket).slice(2), [first.id]);
  socket.say(second);
  socket.say({ type: 'RESUMED', count: 1, last: second.id, more: false });
  assert.deepEqual(told.events, [first, second]);
});

test('a server that has more, but says not from where, is not asked for ever', async () => {
  const { world, told } = await connected();
  world.socket.say({ type: 'RESUMED', count: 100, more: true });
  assert.deepEqual(told.errors.map(({ kind }) => kind), ['server']);
  await world.pass(4 * TIMING.answerTimeout);
  assert.equal(asked(world.socket).length, 1);
  assert.equal(world.sockets.length, 1);
});

test('an answer that nobody asked for changes nothing', async () => {
  const { world, told } = await connected();
  world.socket.say(RESUMED);
  world.socket.say({ type: 'RESUMED', count: 1, last: 'event-1', more: true });
  assert.equal(asked(world.socket).length, 1);
  assert.deepEqual(told.errors, []);
});

test('the memory of what was seen is bounded', async () => {
  const { world, told } = await connected();
  const events = Array.from({ length: 2_048 }, () => world.event());
  for (const event of events) world.socket.say(event);
  for (const event of events) world.socket.say(event);
  assert.equal(told.events.length, 2_048, 'as far as it goes nothing is shown twice');
  world.socket.say(world.event());
  world.socket.say(events[0]);
  world.socket.say(events[2_047]);
  assert.equal(told.events.length, 2_050, 'the oldest is forgotten, the youngest is not');
});

/** A generator of numbers that look random and are the same for the same seed (mulberry32). */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('whatever the network does, each event is shown exactly once', async () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const roll = dice(seed);
    /** What goes wrong, until the network gets better. */
    let rough = true;
    const fails = (chance) => rough && roll() < chance;
    const world = new World();
    world.chance = roll;
    /** What the server keeps, in the order in which it was applied. */
    const kept = [];
    world.onSent = (socket, { action, after }) => {
      if (fails(0.1)) return; // The question is lost.
      world.after(roll() * 200, () => {
        if (socket.state !== 'open') return;
        if (action === 'ping') return socket.say({ type: 'PONG' });
        const missed = kept.slice(kept.findIndex(({ id }) => id === after) + 1);
        const page = missed.slice(0, 3);
        for (const event of page) {
          if (fails(0.02)) return socket.drop();
          socket.say(event);
        }
        const last = page.at(-1)?.id ?? null;
        socket.say({ type: 'RESUMED', count: page.length, last, more: missed.length > 3 });
      });
    };
    const { client, told } = world.client({ timing: { refreshAfter: MINUTE, refreshSpread: SECOND } });
    client.connect();
    const made = [];
    for (let i = 0; i < 80; i += 1) {
      const event = world.event();
      made.push(event);
      // It is applied and pushed after a while, so that events overtake each other.
      world.after(roll() * 5 * SECOND, () => {
        kept.push(event);
        for (const socket of world.openSockets) {
          if (fails(0.3)) continue; // The push is lost.
          world.after(roll() * 100, () => socket.state === 'open' && socket.say(event));
        }
      });
      world.onDial = roll() < 0.3 ? 'refuse' : 'open';
      if (roll() < 0.1) for (const socket of world.openSockets) socket.drop();
      if (roll() < 0.05) world.hint(roll() < 0.5 ? 'online' : 'offline');
      await world.pass(roll() * 3 * SECOND);
    }
    rough = false;
    world.onDial = 'open';
    await world.pass(5 * MINUTE);
    const ids = told.events.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, `seed ${seed}: twice`);
    assert.deepEqual([...ids].sort(), made.map(({ id }) => id).sort(), `seed ${seed}: lost`);
    assert.deepEqual(told.errors, []);
    client.close();
    await world.pass(MINUTE);
    assert.equal(world.timers, 0, `seed ${seed}: timers`);
  }
});
