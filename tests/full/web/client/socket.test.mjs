// Against a real WebSocket server on loopback.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { WebSocket, WebSocketServer } from 'ws';

import { EventClient } from '../generated/lib/client.js';

/** A server that keeps every event, pushes it to all connections, and sends what was missed. */
class Server {
  kept = [];
  connections = [];
  /** Answers nothing, as a server does that is gone without a word. */
  mute = false;
  #next = 0;

  static async start(options = {}) {
    const server = new Server();
    server.wss = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options });
    await once(server.wss, 'listening');
    server.endpoint = `ws://127.0.0.1:${server.wss.address().port}/dev`;
    server.wss.on('connection', (socket, request) => {
      socket.request = new URL(request.url, server.endpoint);
      server.connections.push(socket);
      socket.on('message', (text) => !server.mute && server.#answer(socket, JSON.parse(text)));
    });
    after(() => {
      for (const socket of server.wss.clients) socket.terminate();
      server.wss.close();
    });
    return server;
  }

  get open() {
    return this.connections.filter(({ readyState }) => readyState === WebSocket.OPEN);
  }

  push() {
    const number = (this.#next += 1);
    const time = new Date().toISOString();
    const id = String(number).padStart(8, '0');
    const event = { type: 'COUNTED', id, time, topic: 'counted', version: 1, data: { number } };
    this.kept.push(event);
    if (this.mute) return;
    for (const socket of this.open) socket.send(JSON.stringify(event));
  }

  #answer(socket, { action, after = '' }) {
    if (action === 'ping') socket.send('{"type":"PONG"}');
    if (action !== 'resume') return;
    const missed = this.kept.filter(({ id }) => id > after);
    const page = missed.slice(0, 10);
    for (const event of page) socket.send(JSON.stringify(event));
    const last = page.at(-1)?.id ?? null;
    const answer = { type: 'RESUMED', count: page.length, last, more: missed.length > 10 };
    socket.send(JSON.stringify(answer));
  }
}

const SOON = {
  backoffBase: 20,
  backoffMax: 100,
  connectTimeout: 1_000,
  answerTimeout: 300,
  pingAfter: 60_000,
};

function connect(server, { timing, ...options } = {}) {
  const errors = [];
  const client = new EventClient(['COUNTED'], {
    endpoint: server.endpoint,
    customerId: 'test-123',
    platform: { WebSocket },
    onError: (error) => errors.push(error),
    timing: { ...SOON, ...timing },
    ...options,
  });
  const numbers = [];
  client.on('COUNTED', ({ data }) => numbers.push(data.number));
  client.connect();
  after(() => client.close());
  return { client, numbers, errors };
}

async function until(holds, what) {
  for (let i = 0; i < 500; i += 1) {
    if (holds()) return;
    await sleep(10);
  }
  assert.fail(`not in 5 s: ${what}`);
}

const upTo = (count) => Array.from({ length: count }, (_, index) => index + 1);

test('it connects, gets what is kept, and then what happens', async () => {
  const server = await Server.start();
  for (let i = 0; i < 25; i += 1) server.push();
  const { client, numbers, errors } = connect(server, { token: async () => 'a.b' });
  await until(() => numbers.length === 25, 'three pages');
  server.push();
  await until(() => numbers.length === 26, 'one more');
  assert.deepEqual(numbers, upTo(26));
  assert.equal(server.connections[0].request.search, '?customerId=test-123&token=a.b');
  assert.equal(client.state.status, 'open');
  assert.deepEqual(errors, []);
});

test('connections that break lose nothing and repeat nothing', async () => {
  const server = await Server.start();
  const { numbers, errors } = connect(server);
  for (let i = 0; i < 150; i += 1) {
    server.push();
    if (i % 30 === 29) for (const socket of server.open) socket.terminate();
    if (i % 50 === 49) for (const socket of server.open) socket.close(1001);
    await sleep(3);
  }
  await until(() => numbers.length >= 150, 'all events');
  await sleep(100);
  assert.deepEqual([...numbers].sort((a, b) => a - b), upTo(150));
  assert.ok(server.connections.length > 5);
  assert.deepEqual(errors, []);
});

test('connections that are replaced lose nothing and repeat nothing', async () => {
  const server = await Server.start();
  const timing = { refreshAfter: 150, refreshSpread: 50, linger: 50 };
  const { client, numbers } = connect(server, { timing });
  const states = [];
  client.onState(({ status }) => states.push(status));
  await until(() => client.state.status === 'open', 'a connection');
  let fewest = Infinity;
  for (let i = 0; i < 300; i += 1) {
    server.push();
    fewest = Math.min(fewest, server.open.length);
    await sleep(4);
  }
  await until(() => numbers.length >= 300, 'all events');
  assert.deepEqual([...numbers].sort((a, b) => a - b), upTo(300));
  assert.ok(server.connections.length >= 5, `${server.connections.length} connections`);
  assert.equal(fewest, 1, 'there always was a connection');
  assert.deepEqual(states.slice(states.indexOf('open')), ['open'], 'nobody noticed');
});

test('a server that falls silent is left', async () => {
  const server = await Server.start();
  const { client, numbers } = connect(server, { timing: { pingAfter: 100 } });
  await until(() => client.state.status === 'open', 'a connection');
  await sleep(350);
  assert.equal(server.connections.length, 1, 'pings that are answered keep it');
  server.mute = true;
  server.push();
  await until(() => client.state.status !== 'open', 'that it is found out');
  server.mute = false;
  await until(() => numbers.length === 1, 'the event');
});

test('a server that is away is waited for', async () => {
  const server = await Server.start();
  const { port } = server.wss.address();
  const { client, numbers } = connect(server);
  await until(() => client.state.status === 'open', 'a connection');
  for (const socket of server.wss.clients) socket.terminate();
  await new Promise((resolve) => server.wss.close(resolve));
  await until(() => client.state.attempt > 3, 'some attempts');
  const again = await Server.start({ port });
  again.push();
  await until(() => numbers.length === 1, 'the event');
});

test('a server that refuses the token is asked with the next one', async () => {
  const server = await Server.start({
    verifyClient: ({ req }) => req.url.includes('token=good'),
  });
  const tokens = ['bad', 'bad', 'good'];
  const { client } = connect(server, { token: () => tokens.shift() });
  await until(() => client.state.status === 'open', 'a connection');
  assert.deepEqual(tokens, []);
});

test('bytes, junk and huge frames do no harm', async () => {
  const server = await Server.start();
  const { client, numbers, errors } = connect(server);
  await until(() => client.state.status === 'open', 'a connection');
  const [socket] = server.open;
  socket.send(Buffer.from([1, 2, 3]));
  socket.send('{');
  socket.send(JSON.stringify({ type: 'COUNTED', padding: 'x'.repeat(128 * 1024) }));
  server.push();
  await until(() => numbers.length === 1, 'the event');
  assert.deepEqual(errors.map(({ kind }) => kind), ['frame', 'frame', 'frame']);
});

test('close closes the socket, and nothing keeps the process', async () => {
  const server = await Server.start();
  const { client } = connect(server);
  await until(() => client.state.status === 'open', 'a connection');
  const [socket] = server.open;
  const closed = once(socket, 'close');
  client.close();
  assert.equal((await closed)[0], 1000);
});

test('close while it connects', async () => {
  const server = await Server.start({ verifyClient: (_, done) => setTimeout(done, 100, true) });
  const { client, errors } = connect(server);
  await sleep(30);
  client.close();
  await sleep(150);
  assert.deepEqual(errors, []);
  assert.equal(server.open.length, 0);
});
