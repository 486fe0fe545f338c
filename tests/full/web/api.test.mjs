import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, test } from 'node:test';

import { ApiError, OnboardAiApi } from './generated/lib/index.js';

const USER = { email: 'test@example.com', firstName: 'John' };
const ACCEPTED = { eventId: 'e', customerId: 'c', token: 't' };

/** An API that answers each call with the next of these: `[status, body, headers]`. */
async function api(answers, options = {}) {
  const calls = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    calls.push({ method, url, headers, body: JSON.parse(body) });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === 'hang') return;
    if (answer === 'drop') return request.socket.destroy();
    const [status, content, more = {}] = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...more });
    response.end(typeof content === 'string' ? content : JSON.stringify(content));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const waits = [];
  const client = new OnboardAiApi({
    endpoint: `http://127.0.0.1:${server.address().port}/`,
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...options,
  });
  return { client, calls, waits };
}

async function refused(promise) {
  const error = await promise.then(() => assert.fail('it was accepted'), (error) => error);
  assert.ok(error instanceof ApiError, String(error));
  return error;
}

test('a step is sent as its route says', async () => {
  const { client, calls } = await api([[202, ACCEPTED]]);
  assert.deepEqual(await client.submitUserInfo(USER), ACCEPTED);
  const [{ method, url, headers, body }] = calls;
  assert.deepEqual([method, url, body], ['POST', '/user-info', USER]);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers.authorization, undefined);
});

test('each call names its event with a UUID of version 7, of this moment', async () => {
  const { client, calls } = await api([[202, ACCEPTED]]);
  const before = Date.now();
  for (let i = 0; i < 20; i += 1) await client.submitUserInfo(USER);
  const keys = calls.map(({ headers }) => headers['idempotency-key']);
  assert.equal(new Set(keys).size, 20);
  for (const key of keys) {
    assert.match(key, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const millis = Number.parseInt(key.replace('-', '').slice(0, 12), 16);
    assert.ok(millis >= before && millis <= Date.now());
  }
});

test('the token of an answer is used for the next steps', async () => {
  const { client, calls } = await api([
    [202, ACCEPTED],
    [202, { eventId: 'f', customerId: 'c' }],
  ]);
  assert.equal(client.token, undefined);
  await client.submitUserInfo(USER);
  assert.equal(client.token, 't');
  const step = { customerId: 'c', applicationId: 'a', policyId: 'p' };
  await client.submitPolicySelection(step);
  await client.submitPolicySelection(step, { token: 'other' });
  assert.deepEqual(
    calls.map(({ headers }) => headers.authorization),
    [undefined, 'Bearer t', 'Bearer other'],
  );
  assert.equal(client.token, 't');
});

test('a token that has expired is forgotten', async () => {
  const at = (milliseconds) => new Date(Date.now() + milliseconds).toISOString();
  const { client, calls } = await api([
    [202, { ...ACCEPTED, tokenExpiresAt: at(60_000) }],
    [202, { ...ACCEPTED, tokenExpiresAt: at(-1) }],
    [202, ACCEPTED],
  ]);
  for (let i = 0; i < 3; i += 1) await client.submitUserInfo(USER);
  assert.deepEqual(
    calls.map(({ headers }) => headers.authorization),
    [undefined, 'Bearer t', undefined],
  );
  assert.equal(client.token, 't');
});

test('a token source is asked before each call', async () => {
  let count = 0;
  const { client, calls } = await api([[202, ACCEPTED]], { token: async () => `t${(count += 1)}` });
  await client.submitUserInfo(USER);
  await client.submitUserInfo(USER);
  assert.deepEqual(
    calls.map(({ headers }) => headers.authorization),
    ['Bearer t1', 'Bearer t2'],
  );
});

test('a refusal tells everything that is wrong', async () => {
  const errors = [
    { pointer: '#/email', detail: 'is not a mail address' },
    { pointer: '#/firstName', detail: 'is missing' },
  ];
  const problem = {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'the request has 2 faults that must be mended',
    code: 'INVALID_REQUEST',
    errors,
    idempotencyKey: 'k',
  };
  const { client, calls } = await api([[400, problem, { 'content-type': 'application/problem+json' }]]);
  const error = await refused(client.submitUserInfo({ ...USER, email: 'x' }));
  assert.equal(error.status, 400);
  assert.equal(error.code, 'INVALID_REQUEST');
  assert.equal(error.message, problem.detail);
  assert.deepEqual(error.violations, errors);
  assert.deepEqual(error.problem, problem);
  assert.equal(error.retryable, false);
  assert.equal(calls.length, 1);
});

test("API Gateway's own answers are problems, too", async () => {
  for (const [status, message] of [
    [401, 'Unauthorized'],
    [403, 'Forbidden'],
    [404, 'Not Found'],
  ]) {
    const { client } = await api([[status, { message }]]);
    const error = await refused(client.submitUserInfo(USER));
    assert.deepEqual(
      [error.status, error.code, error.message, error.violations, error.retryable],
      [status, `HTTP_${status}`, message, [], false],
    );
  }
});

test('an answer that makes no sense is an error', async () => {
  for (const answer of [[200, 'hello'], [200, '[]'], [204, ''], [500, '<html>'], [200, 'null']]) {
    const { client } = await api([answer]);
    const error = await refused(client.submitUserInfo(USER));
    assert.equal(error.code, `HTTP_${answer[0]}`);
  }
});

test('a busy server is asked again, with the same key, when it says', async () => {
  const busy = { title: 'Service Unavailable', status: 503, code: 'BROKER_UNREACHABLE' };
  const { client, calls, waits } = await api([
    [503, busy, { 'retry-after': '3' }],
    [429, { message: 'Too Many Requests' }],
    [202, ACCEPTED],
  ]);
  assert.deepEqual(await client.submitUserInfo(USER), ACCEPTED);
  assert.equal(new Set(calls.map(({ headers }) => headers['idempotency-key'])).size, 1);
  assert.equal(waits.length, 2);
  assert.equal(waits[0], 3_000);
  assert.ok(waits[1] <= 1_000);
});

test('a step that comes too early is tried again where the server says so', async () => {
  const conflict = { title: 'Conflict', status: 409, code: 'KYC_NOT_YET' };
  const early = await api([[409, conflict, { 'retry-after': '1' }], [202, ACCEPTED]]);
  assert.deepEqual(await early.client.submitUserInfo(USER), ACCEPTED);
  const never = await api([[409, conflict]]);
  assert.equal((await refused(never.client.submitUserInfo(USER))).code, 'KYC_NOT_YET');
  assert.equal(never.calls.length, 1);
});

test('in the end it gives up', async () => {
  for (const [answer, code] of [
    [[503, { code: 'BROKER_UNREACHABLE', title: 'x', status: 503 }], 'BROKER_UNREACHABLE'],
    ['drop', 'NO_ANSWER'],
    ['hang', 'TIMEOUT'],
  ]) {
    const { client, calls } = await api([answer], { timeout: 100, retries: 3 });
    const error = await refused(client.submitUserInfo(USER));
    assert.deepEqual([error.code, error.retryable, calls.length], [code, true, 4]);
    assert.equal(error.status, code === 'BROKER_UNREACHABLE' ? 503 : undefined);
  }
});

test('a failed call can be repeated under its key', async () => {
  const { client, calls } = await api([[202, ACCEPTED]]);
  const idempotencyKey = '018f0000-0000-7000-8000-000000000000';
  await client.submitUserInfo(USER, { idempotencyKey });
  assert.equal(calls[0].headers['idempotency-key'], idempotencyKey);
});

test('a call can be given up', async () => {
  const { client, calls } = await api(['hang']);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 50);
  await assert.rejects(client.submitUserInfo(USER, { signal: stop.signal }), { name: 'AbortError' });
  assert.equal(calls.length, 1);
  await assert.rejects(client.submitUserInfo(USER, { signal: AbortSignal.abort() }), {
    name: 'AbortError',
  });
});

test('a wrong endpoint is refused at once', () => {
  assert.throws(() => new OnboardAiApi({ endpoint: 'wss://a.example' }), TypeError);
});

test('a token source that fails fails the call', async () => {
  const token = () => Promise.reject(new Error('mine'));
  const { client, calls } = await api([[202, ACCEPTED]], { token });
  await assert.rejects(client.submitUserInfo(USER), /mine/);
  assert.equal(calls.length, 0);
});

test('a token that the connection renewed is used from then on, as long as it is good', async () => {
  const { client, calls } = await api([
    [202, ACCEPTED],
    [202, { eventId: 'f', customerId: 'c' }],
  ]);
  await client.submitUserInfo(USER);
  assert.equal(client.token, 't');
  client.useToken({ token: 'renewed', tokenExpiresAt: new Date(Date.now() + 60_000).toISOString() });
  assert.equal(client.token, 'renewed');
  await client.submitUserInfo(USER);
  assert.equal(calls.at(-1).headers.authorization, 'Bearer renewed');
  client.useToken({ token: 'old', tokenExpiresAt: new Date(Date.now() - 1_000).toISOString() });
  assert.equal(client.token, undefined);
});
