// Who works with the page keeps their place: focus, what is read and what was written, whatever happens meanwhile.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { openPage, startLocal, startWorld, until, violations } from './world.mjs';

const { local, browser } = await startWorld();

/** Longer than any browser takes to move the focus away. */
const SLOW = 600;

/** Whoever has the focus, by its text. */
const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());

/** Somebody else's event. */
async function other(number) {
  const body = JSON.stringify({ customerId: `other-${number}`, email: 'o@example.com', firstName: 'O' });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new URL('/user-info', local.url), { method: 'POST', headers, body });
  assert.equal(answer.status, 202);
  return (await answer.json()).eventId;
}

test('a button that was pressed keeps the focus until it is done, and after', async () => {
  const { page, faults } = await openPage(browser, local.url, {
    calm: true,
    async prepare(page) {
      for (const path of ['**/_local/fault', '**/user-info']) {
        await page.route(path, async (route) => {
          await sleep(SLOW);
          await route.continue();
        });
      }
    },
  });
  await page.locator('#socket[data-status=open]').waitFor();
  const press = async (id, done) => {
    const button = page.locator(`#${id}`);
    await button.focus();
    await page.keyboard.press('Enter');
    await page.locator(`#${id}[aria-disabled=true]`).waitFor();
    assert.equal(await focused(page), id, `${id}, while it works`);
    // Once more does nothing while it works.
    await page.keyboard.press('Enter');
    await done();
    await page.locator(`#${id}[aria-disabled=false]`).waitFor();
    assert.equal(await focused(page), id, `${id}, when it is done`);
  };
  const said = async (id, text) => {
    const place = page.locator(`#${id}`);
    await place.getByText(text).waitFor().catch(async (error) => {
      throw new Error(`#${id} says: ${await place.textContent()}`, { cause: error });
    });
  };
  await press('poison', () => said('fault-said', /^(A record that is no event|Quarantined)/));
  await press('broker', () => said('fault-said', 'The broker is down'));
  // The pointer may stand on it.
  await page.locator('#broker').hover();
  assert.deepEqual(await violations(page), []);
  // What can't work now says so at once.
  await page.locator('#poison').click();
  await said('fault-said', 'bring it back first');
  await page.locator('#crowd').click();
  await said('journey-said', 'The broker is down');
  await press('broker', () => said('fault-said', 'The broker is back'));
  await press('crowd', () => said('journey-said', '20 of 20 customers completed the journey'));
  await press('whole', () => said('journey-said', 'The journey is complete'));
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('an answer that takes its time leads into the next step', async () => {
  const { page } = await openPage(browser, local.url, {
    calm: true,
    async prepare(page) {
      await page.route('**/user-info', async (route) => {
        await sleep(SLOW);
        await route.continue();
      });
    },
  });
  await page.locator('#socket[data-status=open]').waitFor();
  await page.getByRole('button', { name: 'Fill in an example' }).first().click();
  const send = page.getByRole('button', { name: 'Send', exact: true }).first();
  await send.focus();
  await page.keyboard.press('Enter');
  await page.locator('#steps .badge').first().getByText('Sending').waitFor();
  assert.equal(await focused(page), 'Send');
  await until('the next step', async () => (await focused(page)).includes('Process documents'));
  await page.context().close();
});

test('what is read and chosen stays in place while others come', async () => {
  const own = await other('first');
  const { page, faults } = await openPage(browser, local.url, { calm: true });
  const row = page.locator('#events tr', { hasText: 'other-first' });
  await row.getByRole('button').click();
  const raw = page.locator('#event pre');
  await raw.getByText(own).waitFor();
  await raw.evaluate((node) => {
    node.focus();
    node.style.blockSize = '4rem';
    node.scrollTop = 30;
    getSelection().selectAllChildren(node);
  });
  const kept = () =>
    raw.evaluate((node) => ({ focus: document.activeElement === node, scroll: node.scrollTop, selected: getSelection().toString().length > 100 }));
  assert.deepEqual(await kept(), { focus: true, scroll: 30, selected: true });
  await other('second');
  await page.locator('#events tr', { hasText: 'other-second' }).waitFor();
  assert.deepEqual(await kept(), { focus: true, scroll: 30, selected: true });

  // More than are listed: the row that has the focus, and the one that is chosen, are still there.
  const second = page.locator('#events tr', { hasText: 'other-second' });
  await second.getByRole('button').focus();
  await Promise.all(Array.from({ length: 70 }, (_, number) => other(`crowd-${number}`)));
  await until('the crowd', async () => (await page.locator('#events tr', { hasText: 'other-crowd-' }).count()) === 60);
  assert.equal(await second.getByRole('button').evaluate((node) => document.activeElement === node), true);
  assert.equal(await row.count(), 1, 'the chosen one');
  await page.getByRole('tab', { name: 'Events' }).focus();
  await other('last');
  await page.locator('#events tr', { hasText: 'other-last' }).waitFor();
  await until('that the row is gone', async () => (await second.count()) === 0);
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('the journey fills in what is empty, and leaves what was written', async () => {
  const { page } = await openPage(browser, local.url, { calm: true });
  const step = page.locator('#steps > li').first();
  await step.getByLabel('First name').fill('Zoë');
  await page.getByRole('button', { name: 'Run the whole journey' }).click();
  await page.locator('#journey-said').getByText('The journey is complete').waitFor();
  assert.equal(await step.getByLabel('First name').inputValue(), 'Zoë');
  assert.match(await step.getByLabel('Email').inputValue(), /@/);
  await page.context().close();
});

test('tabs that nobody looks at keep no connection from those that are', async () => {
  const { page } = await openPage(browser, local.url, { calm: true });
  const context = page.context();
  const hide = (tab, hidden) =>
    tab.evaluate((hidden) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await hide(page, true);
  for (let number = 1; number < 8; number += 1) {
    const tab = await context.newPage();
    await tab.goto(local.url);
    await tab.locator('body[data-ready=true]').waitFor();
    await hide(tab, true);
  }
  await other('meanwhile');
  // Whoever comes back sees what happened.
  await hide(page, false);
  await page.locator('#events tr', { hasText: 'other-meanwhile' }).waitFor();
  assert.equal(await page.locator('#feed').textContent(), 'Live');
  await context.close();
});

test('another run under the same address is begun anew', async () => {
  let other;
  const { page } = await openPage(browser, local.url, {
    async prepare(page) {
      await page.route('**/_local/state', async (route) => {
        const answer = await (await route.fetch()).json();
        await route.fulfill({ json: other ? { ...answer, run: other } : answer });
      });
    },
  });
  const loaded = page.waitForEvent('load');
  other = 'another';
  await loaded;
  await page.context().close();
});

test('when the runner is gone, that is said, and what was shown stays', async () => {
  const own = await startLocal();
  const { page } = await openPage(browser, own.url, { calm: true });
  await page.getByRole('button', { name: 'Run the whole journey' }).click();
  await page.locator('#journey-said').getByText('The journey is complete').waitFor();
  await page.getByRole('tab', { name: 'Tables' }).click();
  await page.locator('#rows tr').first().waitFor();
  await page.getByRole('tab', { name: /^Alerts/ }).click();
  await page.locator('#alerts li').first().waitFor();
  assert.equal(await own.stop(), 0);
  await page.locator('#feed').getByText('Runner gone').waitFor();
  await page.locator('#alarm').getByText('The runner is gone').waitFor();
  await page.locator('#broker-state').getByText('Broker unknown').waitFor();
  await page.getByRole('tab', { name: 'Tables' }).click();
  await page.getByRole('tab', { name: /^Alerts/ }).click();
  // Longer than a list takes that is asked for again.
  await sleep(SLOW);
  assert.equal(await page.locator('#alerts li').count(), 1);
  await page.getByRole('tab', { name: 'Tables' }).click();
  assert.equal(await page.locator('#rows tr').count(), 1);
  await page.context().close();
});
