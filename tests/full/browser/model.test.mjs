// The page is made of the model: a topic that the manifest gains is on it, and other environments work as well.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { openPage, shot, startBrowser, startLocal, until } from './world.mjs';

const browser = await startBrowser();
after(() => browser.close());

const ident = (name) => ({ name, camel: name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()) });
const field = (name, ty, about = {}) => ({ name: ident(name), description: '', ty, required: true, computed: false, pii: false, browser: true, ...about });
const text = { type: 'string', min_length: 0, max_length: 40, pattern: null };

test('a topic that is added to the model is a step and a lane, with a form of all its fields', async () => {
  const local = await startLocal();
  const sent = [];
  const { page, faults } = await openPage(browser, local.url, {
    async prepare(page) {
      await page.route('**/_local/model', async (route) => {
        const answer = await (await route.fetch()).json();
        const { topics } = answer.model;
        const [like] = topics;
        topics.splice(5, 0, {
          ...like,
          name: ident('policy-cancelled'),
          description: 'The customer <b>withdrew</b>.',
          producer: { ...like.producer, function: ident('cancel-policy'), path: '/cancellation' },
          consumer: { ...like.consumer, function: ident('consumer-policy-cancelled'), table: 'applications' },
          push: { event_type: 'POLICY_CANCELLED' },
          alert: { channel: 'support', when: { field: ident('reason'), operator: 'is', values: ['COVER'] }, message: '' },
          fields: [
            field('customerId', text),
            field('applicationId', { type: 'uuid' }),
            field('reason', { type: 'enum', values: ['PRICE', 'BETTER_COVER'].map(ident) }),
            field('sure', { type: 'boolean' }),
            field('count', { type: 'integer', min: 3, max: 9 }),
            field('refund', { type: 'decimal', min: '0', max: '10', scale: 2 }),
            field('since', { type: 'date' }),
            field('note', text, { required: false, pii: true, description: 'Whatever <i>else</i> there is.' }),
            field('from', { type: 'object', fields: [field('city', text), field('street', text, { required: false })] }),
            field('tags', { type: 'list', items: text, min_items: 1, max_items: 2 }),
            field('cancelledAt', { type: 'timestamp' }, { computed: true }),
          ],
        });
        await route.fulfill({ json: answer });
      });
      await page.route('**/cancellation', async (route) => {
        sent.push(route.request().postDataJSON());
        const errors = [{ pointer: '#/from/city', detail: 'is no city' }, { pointer: '#/tags/1', detail: 'is too short' }];
        await route.fulfill({ status: 400, json: { title: 'Bad Request', detail: 'the request has 2 faults', errors } });
      });
    },
  });
  assert.equal(await page.locator('#steps > li').count(), 6);
  await page.locator('.lane[data-topic="policy-cancelled"]').getByText('when reason is COVER').waitFor();
  assert.equal(await page.locator('#topics tr', { hasText: 'policy-cancelled' }).count(), 1);
  const card = page.locator('#steps > li').last();
  await card.locator('summary').first().click();
  await card.getByText('The customer <b>withdrew</b>.').waitFor();
  await card.getByRole('button', { name: 'Fill in an example' }).click();
  assert.equal(await card.getByLabel('Cancelled at').count(), 0, 'a computed field is not asked for');
  await card.getByLabel('Reason').selectOption({ label: 'Better cover' });
  await card.getByLabel('Sure').selectOption({ label: 'Yes' });
  await card.getByLabel('Refund').fill('2.50');
  await card.getByLabel('Since').fill('2026-11-01');
  await card.getByLabel('City').fill('Paris');
  const add = card.getByRole('button', { name: 'Add to tags' });
  await add.click();
  assert.equal(await add.isDisabled(), true, 'as many as the model allows');
  await card.getByLabel('Tag 2').fill('second');
  await card.getByRole('button', { name: 'Send', exact: true }).click();
  await card.getByText('is no city').first().waitFor();
  assert.equal(await card.getByLabel('City').getAttribute('aria-invalid'), 'true');
  assert.equal(await card.getByLabel('Tag 2').getAttribute('aria-invalid'), 'true');
  const { customerId, applicationId, tags, ...rest } = sent[0];
  assert.equal(customerId, await page.locator('#customer-id').textContent());
  assert.match(applicationId ?? '', /^[0-9a-f-]{36}$|^$/);
  assert.equal(tags[1], 'second');
  assert.deepEqual(rest, { reason: 'BETTER_COVER', sure: true, count: 3, refund: '2.50', since: '2026-11-01', from: { city: 'Paris' } });
  await shot(page, 'another-topic');
  assert.deepEqual(faults, []);
  await page.context().close();
  assert.equal(await local.stop(), 0);
});

test('where tokens are needed, the first answer names the customer, and the journey goes on', async () => {
  const local = await startLocal({ env: 'staging' });
  const shown = [];
  const heard = [];
  const { page, faults } = await openPage(browser, local.url, {
    prepare(page) {
      page.on('websocket', (socket) => {
        shown.push(new URL(socket.url()).searchParams.get('token'));
        socket.on('framereceived', ({ payload }) => heard.push(JSON.parse(payload)));
      });
    },
  });
  assert.equal(await page.locator('#customer-id').textContent(), 'named by the first answer');
  await page.getByRole('button', { name: 'Run the whole journey' }).click();
  const last = page.locator('#steps .badge').last();
  await until('the journey', async () => (await last.textContent()).startsWith('Completed'));
  assert.match(await page.locator('#customer-id').textContent(), /^[0-9a-f-]{36}$/);
  assert.equal(await page.locator('#socket').getAttribute('data-status'), 'open');
  // The connection has renewed the token that it was opened with, and the API takes the new one.
  const { token, expiresIn } = await until('a fresh token', () => heard.find(({ type }) => type === 'TOKEN'));
  assert.ok(token !== undefined && expiresIn > 3_000, `${expiresIn} s`);
  const claims = (of) => JSON.parse(Buffer.from(of.split('.')[2], 'base64url'));
  const [first, fresh] = [claims(shown[0]), claims(token)];
  assert.deepEqual([fresh.sub, fresh.beg], [first.sub, first.beg], 'the same customer and session');
  const asked = (bearer) =>
    fetch(new URL('/documents', local.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      body: '{}',
    });
  assert.equal((await asked(token)).status, 400, 'let in, and told what is missing');
  assert.equal((await asked(`${token}x`)).status, 403);
  assert.deepEqual(faults, []);
  await page.context().close();
  assert.equal(await local.stop(), 0);
});
