// What a person does with the page, and sees.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPage, shot, startWorld, until } from './world.mjs';

const { local, browser } = await startWorld();

/** One step of the journey, by its title. */
const step = (page, title) => page.locator('#steps > li', { has: page.getByText(title, { exact: true }) });
const lane = (page, topic) => page.locator(`.lane[data-topic="${topic}"]`);
const badge = (page, title) => step(page, title).locator('.badge');

test('the journey is clicked through, and every stop is seen', async () => {
  const { page, faults } = await openPage(browser, local.url);
  await page.locator('#socket[data-status=open]').waitFor();
  const customer = await page.locator('#customer-id').textContent();
  const steps = [
    ['Submit user info', 'Delivered', 'user-info-submitted'],
    ['Process documents', 'Documents complete', 'documents-processed'],
    ['Perform KYC', 'Verified', 'kyc-verified'],
    ['Generate recommendations', 'Delivered', 'policy-recommended'],
    ['Submit policy selection', 'Completed', 'workflow-completed'],
  ];
  assert.deepEqual(await page.locator('#steps .what > b').allTextContents(), steps.map(([title]) => title));
  for (const [title, outcome, topic] of steps) {
    const card = step(page, title);
    // The next step opens by itself.
    await card.locator('details[open]').waitFor();
    await card.getByRole('button', { name: 'Fill in an example' }).click();
    if (title === 'Submit policy selection') {
      // What was recommended can be chosen.
      const choices = card.locator('.choice');
      assert.ok((await choices.count()) > 1);
      await choices.last().click();
      assert.equal(await card.getByLabel('Policy ID').inputValue(), await choices.last().getAttribute('data-value'));
    }
    await card.getByRole('button', { name: /^Send/ }).click();
    await until(`the push of ${topic}`, async () => (await badge(page, title).textContent()).startsWith(`${outcome} · `));
    await lane(page, topic).locator('.whole .meter b').waitFor();
    await lane(page, topic).getByText('1 record, no lag').waitFor();
  }
  await lane(page, 'workflow-completed').locator('.table').getByText('1 row').waitFor();

  // The events, with the chosen one whole: its way and its raw record.
  const rows = page.locator('#events tr');
  assert.equal(await rows.count(), steps.length);
  for (const row of await rows.all()) {
    assert.equal(await row.locator('.pill').textContent(), 'Delivered');
    assert.ok((await row.textContent()).includes(customer));
    for (const span of await row.locator('td.number').allTextContents()) assert.match(span, /^[\d.]+ m?s$/);
  }
  const stages = await page.locator('#event .timeline li > span:first-child').allTextContents();
  assert.deepEqual([...stages].sort(), [
    'Browser told', 'Channel told', 'Consumer done', 'Handed over', 'In its partition', 'Request answered', 'Request received', 'Table written',
  ]);
  await page.locator('#event pre').getByText(`ce_subject: ${customer}`).waitFor();
  await shot(page, 'journey');

  // The rows and the alert.
  await page.getByRole('tab', { name: 'Tables' }).click();
  await page.locator('#table-names').getByRole('button', { name: /^applications-dev/ }).click();
  const row = page.locator('#rows tr', { hasText: customer });
  await row.getByText('COMPLETED', { exact: true }).waitFor();
  await page.getByRole('tab', { name: /^Alerts/ }).click();
  await page.locator('#alerts').getByText(`Customer ${customer} completed onboarding`).waitFor();
  await page.getByRole('tab', { name: 'Topics' }).click();
  await page.locator('#topics tr', { hasText: 'kyc-verified' }).locator('td').nth(5).getByText(/ms|s/).first().waitFor();
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('every fault of a request is shown at its field', async () => {
  const { page } = await openPage(browser, local.url);
  const card = step(page, 'Submit user info');
  await card.getByLabel('Email').fill('nobody');
  await card.getByRole('button', { name: 'Send' }).click();
  await card.getByRole('alert').getByRole('link', { name: 'email' }).waitFor();
  await card.getByRole('alert').getByRole('link', { name: 'firstName' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'firstName');
  assert.equal(await card.getByLabel('Email').getAttribute('aria-invalid'), 'true');
  assert.match(await badge(page, 'Submit user info').textContent(), /400/);
  await card.getByLabel('Email').fill('ada@example.com');
  await card.getByLabel('First name').fill('Ada');
  await page.keyboard.press('Enter');
  await until('the push', async () => (await badge(page, 'Submit user info').textContent()).startsWith('Delivered'));
  assert.equal(await card.getByRole('alert').isVisible(), false);
  await page.context().close();
});

test('a poison record is set aside, and what follows it goes on', async () => {
  const { page, faults } = await openPage(browser, local.url, { dark: true });
  await page.getByLabel('Poison record into').selectOption('documents-processed');
  await page.getByRole('button', { name: 'Send it' }).click();
  await page.locator('#fault-said').getByText('Quarantined: ').waitFor();
  await page.locator('#event .pill').getByText('Quarantined').waitFor();
  await page.locator('#event pre').getByText('{ this is no event').waitFor();
  await page.getByRole('tab', { name: 'Topics' }).click();
  const cells = page.locator('#topics tr', { hasText: 'documents-processed' }).locator('td');
  await until('the count', async () => (await cells.nth(3).textContent()) === '1');
  await page.getByRole('tab', { name: /^Alerts/ }).click();
  await page.locator('#alerts').getByText('Quarantined: documents-processed').waitFor();
  await page.getByRole('tab', { name: 'Tables' }).click();
  await page.locator('#table-names').getByRole('button', { name: /^error-logs-dev/ }).click();
  await page.locator('#rows').getByText('QUARANTINED', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Run the whole journey' }).click();
  await until('the journey', async () => (await badge(page, 'Submit policy selection').textContent()).startsWith('Completed'));
  await lane(page, 'documents-processed').getByText('no lag').waitFor();
  await page.getByRole('tab', { name: 'Events' }).click();
  await shot(page, 'poison-dark');
  assert.deepEqual(faults, []);
  await page.context().close();
});

test('a broker outage is seen, refused with 503, and over when the broker is back', async () => {
  const { page } = await openPage(browser, local.url);
  await page.locator('#socket[data-status=open]').waitFor();
  await page.getByRole('button', { name: 'Take the broker down' }).click();
  await page.locator('#broker-state').getByText('Broker down').waitFor();
  await page.locator('#lanes.outage').waitFor();
  const card = step(page, 'Submit user info');
  await card.getByRole('button', { name: 'Fill in an example' }).click();
  await card.getByRole('button', { name: 'Send' }).click();
  await until('the refusal', async () => (await badge(page, 'Submit user info').textContent()) === 'Refused: 503');
  await shot(page, 'outage');
  // Another page, opened meanwhile, knows of it as well.
  const other = await openPage(browser, local.url);
  await other.page.locator('#broker-state').getByText('Broker down').waitFor();
  await other.page.context().close();
  await page.getByRole('button', { name: 'Bring the broker back' }).click();
  await page.locator('#broker-state').getByText('Broker up').waitFor();
  await until('that the step goes through', async () => {
    const text = await badge(page, 'Submit user info').textContent();
    if (text.startsWith('Refused')) await card.getByRole('button', { name: 'Send' }).click();
    return text.startsWith('Delivered');
  });
  await page.context().close();
});

test('a crowd arrives', async () => {
  const { page, faults } = await openPage(browser, local.url);
  await page.getByRole('button', { name: '20 at once' }).click();
  await page.locator('#status').getByText('20 of 20 customers completed the journey').waitFor();
  await until('that nothing waits', async () => {
    const { topics } = await local.get('/_local/state');
    return Object.values(topics).every(({ totalLag }) => totalLag === 0);
  });
  assert.deepEqual(faults, []);
  await page.context().close();
});
