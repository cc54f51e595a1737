import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CertificateStatus } from '../../lib/reporting/status/rules/certificate-status.ts';
import { HEALTHS } from '../../lib/scan/rules/health.ts';
import { openBrowser } from '../../local/status-page/browser.ts';
import { exampleFleet, largeFleet } from '../../local/status-page/example-fleet.ts';
import { firstPart } from '../../local/status-page/first-part.ts';
import { LOW_CONTRASTS } from './low-contrasts.ts';

const AT = new Date('2026-11-20T02:30:00Z');
const HOSTILE = `</script><script>globalThis.fired=1</script><img src="https://example.org/x" onerror="globalThis.fired=1">`;
const PHONE = { viewport: { width: 390, height: 844 } };
const NARROW = { viewport: { width: 320, height: 640 } };

const opened = await openBrowser();
const missing = typeof opened === 'string' ? ` (${opened})` : '';

describe.skipIf(missing)(`the status page in Chromium${missing}`, () => {
  const browser = opened as Browser;
  let folder: string;
  let page: Page;
  /** What the page asked for besides itself, and what the browser complained of. */
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-page-'));
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens the page as a file, as somebody does who has fetched it from the bucket. */
  async function open(certificates: readonly CertificateStatus[], options: BrowserContextOptions = {}) {
    const file = join(folder, 'index.html');
    await writeFile(
      file,
      firstPart({ title: 'perennial-test in eu-central-1', stage: 'test', at: AT, certificates }),
    );
    page = await (await browser.newContext({ ...options })).newPage();
    complaints.length = 0;
    const address = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== address) complaints.push(request.url());
    });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    // A clock that is set hides the browser's own times.
    if (options.viewport !== null) await page.clock.setFixedTime(AT);
    await page.goto(address);
  }
  const shownRows = () => page.locator('tbody tr:visible').count();
  const example = exampleFleet(AT).certificates;

  it('of 1,000 certificates is there and searched at once', async () => {
    await open(largeFleet(1000, AT).certificates, { viewport: null });
    expect(await shownRows()).toBe(1000);
    const openedMs = await page.evaluate('performance.getEntriesByType("navigation")[0].loadEventEnd');
    const searchMs = await page.evaluate(`(() => {
      const started = performance.now();
      const search = document.getElementById('q');
      search.value = 'shop-07';
      search.dispatchEvent(new Event('input'));
      document.body.offsetHeight;
      return performance.now() - started;
    })()`);
    expect(await shownRows()).toBe(100);
    console.log(
      `1,000 certificates: opened in ${Math.round(Number(openedMs))} ms, searched in ${Math.round(Number(searchMs))} ms`,
    );
    expect(openedMs).toBeLessThan(3_000);
    expect(searchMs).toBeLessThan(500);
    expect(complaints).toEqual([]);
  });

  it('finds by name, host, reason and several words, and shows trouble only', async () => {
    await open(example);
    const search = page.getByLabel('Search');
    for (const [words, rows] of [
      ['MAIL.example.com', 1],
      ['caa-forbids', 1],
      ['i-0b2c3d4e5f6071829 rolled-back', 1],
      ['example.net edge', 1],
      ['nothing like it', 0],
      ['', 25],
    ] as const) {
      await search.fill(words);
      expect(await shownRows(), words).toBe(rows);
    }
    await page.getByLabel('only what is not well').check();
    expect(await shownRows()).toBe(16);
    expect(await page.getByRole('status').textContent()).toBe('16 of 25');
  });

  it('shows what is hostile as text, and lets nothing of it run or load', async () => {
    const hosts = [
      {
        instanceId: HOSTILE,
        group: 'web',
        outcome: HOSTILE,
        version: HOSTILE,
        online: true,
        isLive: false,
        isUnserved: false,
      },
    ];
    const last = { at: HOSTILE, outcome: 'failed' as const, reason: HOSTILE };
    const [first] = example;
    if (!first) throw new Error('no example');
    await open([
      { ...first, name: HOSTILE, names: [HOSTILE, 'a'], trouble: HOSTILE, ca: HOSTILE, hosts, last },
    ]);
    expect(await page.locator('tbody th').textContent()).toContain(HOSTILE);
    expect(await page.evaluate('globalThis.fired')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('runs no script that somebody got into it all the same', async () => {
    await open(example);
    await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.fired = 1';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src="https://example.org/x" onerror="globalThis.fired = 1">');
    })()`);
    await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
    expect(await page.evaluate('globalThis.fired')).toBeUndefined();
    expect(complaints.join(' ')).toContain('Content Security Policy');
  });

  it('can be read without its script', async () => {
    await open(example, { javaScriptEnabled: false });
    expect(await page.getByRole('row').count()).toBe(26);
  });

  it.each([
    ['a desk', {}],
    ['a phone', PHONE],
  ])('is a table with headers for who cannot see it, on %s', async (_, options) => {
    await open(example, options);
    const table = page.getByRole('table', { name: 'Certificates, the soonest trouble first' });
    const row = table.getByRole('row', { name: /^mail\.example\.com/ });
    expect(await row.getByRole('rowheader').textContent()).toBe('mail.example.com');
    expect(await row.getByRole('cell').count()).toBe(4);
    expect(await table.getByRole('columnheader').allTextContents()).toEqual([
      'Certificate',
      'State',
      'Life',
      'From, last try',
      'Hosts',
    ]);
  });

  it.each(['light', 'dark'] as const)('has enough contrast in %s', async (colorScheme) => {
    await open(example, { colorScheme });
    expect(await page.evaluate(LOW_CONTRASTS)).toEqual([]);
  });

  it.each([
    ['a desk', {}],
    ['a phone', PHONE],
    ['a small phone', NARROW],
  ])('fits %s, whatever the names', async (_, options) => {
    const [first] = example;
    if (!first) throw new Error('no example');
    await open([...example, { ...first, name: `${'a'.repeat(60)}.${'b'.repeat(60)}` }], options);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });

  const SIZES = [320, 360, 375, 390, 412, 430, 600, 768, 820, 1024, 1280, 1600];

  it.each(SIZES.flatMap((width) => [1, 2].map((text) => [width, text] as const)))(
    'has the room that names and reasons need at %i px, with text %i times as large',
    async (width, text) => {
      await open(example, { viewport: { width, height: 900 } });
      await page.evaluate(`document.documentElement.style.fontSize = '${text * 100}%'`);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const rows: { name: number; reason: number; lines: number }[] = await page.evaluate(`
        [...document.querySelectorAll('tbody tr')].map((row) => {
          const range = document.createRange();
          range.selectNodeContents(row.children[0].firstChild);
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
          const [name, reason] = [...row.children].map((cell) => cell.getBoundingClientRect().width);
          return { name, reason, lines };
        })`);
      // As a line of a book: wide enough for its words, in the letters that the reader chose.
      const letter = 15 * text;
      for (const { name, reason, lines } of rows) {
        expect(lines).toBeLessThanOrEqual(2);
        expect(name).toBeGreaterThanOrEqual(Math.min(10 * letter, 0.75 * width));
        expect(reason).toBeGreaterThanOrEqual(Math.min(18 * letter, 0.75 * width));
      }
    },
  );

  it('shows each state that there is', async () => {
    await open(example);
    const shown = await page.locator('tbody td:nth-child(2) b').allTextContents();
    expect(new Set(shown)).toEqual(new Set(HEALTHS));
  });

  it('has the command to run, which a button copies', async () => {
    await open(example);
    const row = page.getByRole('row', { name: /^mail\.example\.com/ });
    const command = 'npx --no-install perennial-tls doctor mail.example.com --stage test';
    expect(await row.locator('code').textContent()).toBe(command);
    const button = row.getByRole('button', { name: `copy the command ${command}` });
    await button.click();
    expect(await button.textContent()).toMatch(/^(copied|marked)$/);
    expect(await page.evaluate('getSelection().toString()')).toBe(command);
    expect(complaints).toEqual([]);
  });

  it('is titled with the stack and its region', async () => {
    await open(example);
    expect(await page.title()).toBe('16 not well – perennial-test in eu-central-1');
  });

  it('says when it is old', async () => {
    await open(example);
    expect(await page.locator('#old').textContent()).toBe('');
    await page.clock.setFixedTime(new Date(AT.getTime() + 3 * 86_400_000));
    await page.reload();
    expect(await page.locator('#old').textContent()).toBe(', which is 3 days ago');
    expect(await page.title()).toBe('Old: 16 not well – perennial-test in eu-central-1');
  });
});
