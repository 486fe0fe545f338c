// A local run as a user starts it, and a browser that looks at it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import axe from 'axe-core';
import { chromium } from 'playwright-core';

/** Generous: a machine may be busy. In milliseconds. */
export const PATIENCE = 60_000;

/** Starts `local dev`; ends when the address of the page is printed. */
export async function startLocal({ manifest, env = 'dev' } = {}) {
  const free = ['--http-port', '--websocket-port', '--aws-port', '--dynamodb-port'].flatMap((port) => [port, '0']);
  const args = ['dev', '--no-open', '--env', env, ...free, ...(manifest ? ['--manifest', manifest] : [])];
  const child = spawn(process.env.LOCAL, args, { cwd: process.env.MANIFEST_FOLDER, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  let url;
  const found = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      const [, address] = /^\s+page\s+(\S+)/.exec(line) ?? [];
      if (address) resolve((url = address));
    });
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    child.on('exit', (code) => reject(new Error(`the local run ended with ${code}:\n${said.join('\n')}`)));
    setTimeout(() => reject(new Error(`the local run doesn't get ready:\n${said.join('\n')}`)), PATIENCE).unref();
  });
  found.catch(() => {});
  await found;
  return {
    url,
    /** What the runner answers, as JSON. */
    get: async (path) => (await fetch(new URL(path, url))).json(),
    /** Ctrl-C; the exit code. */
    async stop() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

export async function startBrowser() {
  // No sandbox for root, which is what tests in a container run as; the page is our own.
  const args = process.getuid() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: process.env.CHROMIUM, args });
}

/** Both of them, for all tests of a file. */
export async function startWorld() {
  const local = await startLocal();
  const browser = await startBrowser().catch(async (error) => {
    await local.stop();
    throw error;
  });
  after(async () => {
    await browser.close();
    assert.equal(await local.stop(), 0, 'Ctrl-C ends the run cleanly');
  });
  return { local, browser };
}

/** Opens the page; `faults` gets whatever the browser complains about. */
export async function openPage(browser, url, { dark = false, width = 1500, height = 1000, calm = false, prepare } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: calm ? 'reduce' : 'no-preference',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
  page.on('console', (message) => {
    // That a request is refused is for the page to show.
    const refused = /the server responded with a status of (400|503)/.test(message.text());
    if (message.type() === 'error' && !refused) faults.push(`console: ${message.text()}`);
  });
  // Nothing may come from elsewhere.
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && hostname !== '127.0.0.1') faults.push(`asked ${request.url()}`);
  });
  await prepare?.(page);
  await page.goto(url);
  await page.locator('body[data-ready=true]').waitFor();
  return { page, faults };
}

export const shot = (page, name) => page.screenshot({ path: join(process.env.ARTEFACTS, `${name}.png`), fullPage: true });

/** What axe finds against WCAG 2.2 A and AA and its own best practices. */
export async function violations(page) {
  // As a script of the browser's own, which the page's policy doesn't hold up.
  const found = await page.evaluate(`${axe.source}; axe.run(document, { resultTypes: ['violations'] })`);
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`);
}

/** Waits until `look` gives something. */
export async function until(what, look) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`in vain waited for ${what}`);
    await sleep(100);
  }
}
