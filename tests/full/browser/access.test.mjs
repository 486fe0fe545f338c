// Who can use the page: with a keyboard, a screen reader, little room, and in any light.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { openPage, shot, startWorld, until, violations } from './world.mjs';

const { local, browser } = await startWorld();

for (const dark of [false, true]) {
  for (const [size, width] of [['wide', 1500], ['narrow', 390]]) {
    test(`${dark ? 'dark' : 'light'} and ${size}: nothing stands in the way`, async () => {
      const { page, faults } = await openPage(browser, local.url, { dark, width, height: 900, calm: true });
      await page.locator('#socket[data-status=open]').waitFor();
      await page.getByRole('button', { name: 'Fill in an example' }).first().click();
      assert.deepEqual(await violations(page), []);
      // A step that is refused, and then the whole journey.
      await page.getByLabel('Email').first().fill('nobody');
      await page.getByRole('button', { name: 'Send', exact: true }).first().click();
      await page.locator('.faults:visible').waitFor();
      assert.deepEqual(await violations(page), []);
      await page.getByLabel('Email').first().fill('ada@example.com');
      await page.getByRole('button', { name: 'Run the whole journey' }).click();
      await page.locator('#status').getByText('The journey is complete').waitFor();
      for (const name of ['Topics', 'Tables', /^Alerts/, 'Events']) {
        await page.getByRole('tab', { name }).click();
        assert.deepEqual(await violations(page), []);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, 'the page is no wider than the window');
      await shot(page, `${size}-${dark ? 'dark' : 'light'}`);
      assert.deepEqual(faults, []);
      await page.context().close();
    });
  }
}

test('the journey goes with the keyboard alone', async () => {
  const { page } = await openPage(browser, local.url, { calm: true });
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.name);
  const tabTo = async (wanted) => {
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()) === wanted) return;
    }
    throw new Error(`the keyboard doesn't get to ${wanted}`);
  };
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to the journey');
  await page.keyboard.press('Enter');
  await tabTo('Fill in an example');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  assert.equal(await focused(), 'Send');
  await page.keyboard.press('Enter');
  await until('the push', async () => (await page.locator('#steps .badge').first().textContent()).startsWith('Delivered'));
  // Whoever used the form goes on in the next one.
  await until('the next step', async () => (await focused()).includes('Process documents'));
  await until('that it is told', async () => (await page.locator('#status').textContent()).startsWith('Submit user info: the browser was told.'));
  // Tabs by arrows.
  await page.getByRole('tab', { name: 'Events' }).focus();
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), 'Topics');
  assert.equal(await page.locator('#panel-topics').isVisible(), true);
  await page.keyboard.press('End');
  assert.match(await focused(), /^Alerts/);
  await page.context().close();
});
