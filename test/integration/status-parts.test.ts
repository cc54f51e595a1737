import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { linkToPage } from '../../cli/stack/link-to-page.ts';
import { statusPages } from '../../lib/reporting/status/page/page.ts';
import { openBrowser } from '../../local/status-page/browser.ts';
import { largeFleet } from '../../local/status-page/example-fleet.ts';
import { LOW_CONTRASTS } from './low-contrasts.ts';

const AT = new Date('2026-11-20T02:30:00Z');
const HOSTILE = `</pre><script>globalThis.fired=1</script><img src="https://example.org/x" onerror="globalThis.fired=1">`;
const BUCKET = 'perennial-test';
const REGION = 'eu-central-1';

const opened = await openBrowser();
const missing = typeof opened === 'string' ? ` (${opened})` : '';

describe.skipIf(missing)(`the status page of 2,500 certificates in Chromium${missing}`, () => {
  const browser = opened as Browser;
  const fleet = largeFleet(2499, AT).certificates;
  const last = fleet.at(-1)?.name ?? '';
  const complaints: string[] = [];
  let folder: string;
  let server: Server;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-parts-'));
    const one = fleet.find(({ health }) => health === 'ok');
    if (!one) throw new Error('no example');
    const certificates = [...fleet, { ...one, name: HOSTILE, names: [HOSTILE] }];
    const title = 'perennial-test in eu-central-1';
    for (const { file, text } of statusPages({ title, stage: 'test', at: AT, certificates }))
      await writeFile(join(folder, file), text);
    server = createServer(async ({ url = '' }, response) => {
      const isSigned = await isSignedAs(url);
      response.writeHead(isSigned ? 200 : 403, { 'content-type': 'text/html; charset=utf-8' });
      response.end(
        isSigned ? await readFile(join(folder, basename(url.split('?')[0] ?? ''))) : 'AccessDenied',
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_SESSION_TOKEN', 'a+token/of=a session');
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    vi.unstubAllEnvs();
    server.closeAllConnections();
    server.close();
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Whether the address has the signature that S3 would ask for. */
  async function isSignedAs(url: string): Promise<boolean> {
    const asked = new URL(url, 'http://127.0.0.1');
    const [, date = '', time = ''] =
      /^(\d{8})T(\d{6})Z$/.exec(asked.searchParams.get('X-Amz-Date') ?? '') ?? [];
    const signingDate = new Date(
      `${date.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
    );
    if (Number.isNaN(signingDate.getTime())) return false;
    const object = new GetObjectCommand({
      Bucket: BUCKET,
      Key: asked.pathname.slice(`/${BUCKET}/`.length),
      ResponseContentType: 'text/html; charset=utf-8',
    });
    const expected = new URL(
      await getSignedUrl(new S3Client({ region: REGION }), object, { expiresIn: 60, signingDate }),
    );
    return asked.search === expected.search;
  }

  async function open(address: string, options: BrowserContextOptions = {}) {
    page = await (await browser.newContext(options)).newPage();
    complaints.length = 0;
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.clock.setFixedTime(AT);
    await page.goto(address);
  }
  const file = () => pathToFileURL(join(folder, 'index.html')).href;
  const link = (parts: number) => linkToPage({ region: REGION, bucket: BUCKET }, { parts, expiresIn: 60 });
  const shownRows = () => page.locator('tbody tr:visible');
  const elsewhere = () => page.locator('#elsewhere');

  it.each([
    ['from files', async () => file()],
    ['by the link that "open" prints', () => link(3)],
  ])('finds one of the third part and opens it, and searches all from there, %s', async (_, addressOf) => {
    await open(await addressOf());
    expect(await shownRows().count()).toBe(1000);
    await page.getByLabel('Search').fill(last.toUpperCase());
    expect(await shownRows().count()).toBe(0);
    expect(await elsewhere().locator('li').allTextContents()).toEqual([`${last} ok, part 3`]);
    await elsewhere().getByRole('link', { name: last }).click();
    await page.waitForURL(/part-3\.html/);
    expect(await shownRows().getByRole('rowheader').allTextContents()).toEqual([`${last}www.${last}`]);
    expect(await page.getByLabel('Search').inputValue()).toBe(last);
    await page.getByLabel('Search').fill('shop-01');
    await elsewhere().getByRole('link', { name: 'Search all parts for shop-01' }).click();
    await page.waitForURL(/index\.html/);
    expect(await page.getByLabel('Search').inputValue()).toBe('shop-01');
    const here = await shownRows().count();
    expect(await elsewhere().locator('p').textContent()).toBe(`${100 - here} in other parts:`);
    expect(complaints).toEqual([]);
  });

  it.each([
    ['from files', async () => file()],
    ['by the link that "open" prints', () => link(3)],
  ])('leads from part to part, there and back, %s', async (_, addressOf) => {
    await open(await addressOf());
    for (const [rel, shown] of [
      ['next', 'Part 2 of 3, certificates 1001 to 2000 of 2500'],
      ['next', 'Part 3 of 3, certificates 2001 to 2500 of 2500'],
      ['prev', 'Part 2 of 3'],
      ['prev', 'Part 1 of 3'],
    ] as const) {
      await page.locator(`a[rel=${rel}]`).first().click();
      await expect.poll(() => page.locator('nav').first().textContent()).toContain(shown);
    }
    expect(complaints).toEqual([]);
  });

  it('says of a link to one object that it has no other part, and searches all the same', async () => {
    await open(await link(1));
    expect(await page.locator('#alone').isVisible()).toBe(true);
    expect(await page.locator('a[href]').count()).toBe(0);
    await page.getByLabel('Search').fill(last);
    expect(await elsewhere().locator('li').allTextContents()).toEqual([`${last} ok, part 3`]);
  });

  it('shows a hundred of what is found elsewhere, and none that is well where that is asked for', async () => {
    await open(file());
    await page.getByLabel('Search').fill('shop');
    expect(await elsewhere().locator('p').textContent()).toBe('1499 in other parts:');
    expect(await elsewhere().locator('li').count()).toBe(101);
    expect(await elsewhere().locator('li').last().textContent()).toBe('and 1399 more');
    await page.getByLabel('only what is not well').check();
    expect(await elsewhere().textContent()).toBe('None in other parts');
    await page.getByLabel('Search').fill('');
    await page.getByLabel('only what is not well').uncheck();
    expect(await elsewhere().isVisible()).toBe(false);
  });

  it('shows a hostile name of another part as text', async () => {
    await open(file());
    await page.getByLabel('Search').fill('example.org');
    expect(await elsewhere().locator('li').allTextContents()).toEqual([`${HOSTILE} ok, part 3`]);
    await elsewhere().getByRole('link').click();
    await page.waitForURL(/part-3\.html/);
    expect(await shownRows().count()).toBe(1);
    expect(await page.evaluate('globalThis.fired')).toBeUndefined();
    expect(complaints).toEqual([]);
  });

  it('can be read without its scripts, and says where each certificate is', async () => {
    await open(file(), { javaScriptEnabled: false });
    expect(await page.getByRole('row').count()).toBe(1001);
    expect(await page.locator('#alone').isVisible()).toBe(false);
    await page.getByText('In which part each certificate is').click();
    expect(await page.locator('#all pre').nth(2).textContent()).toContain(last);
    await page.locator('#all').getByRole('link', { name: 'Part 3' }).click();
    await page.waitForURL(/part-3\.html/);
    expect(await page.getByRole('row').count()).toBe(501);
  });

  it.each(['light', 'dark'] as const)(
    'has enough contrast and fits a small phone in %s',
    async (colorScheme) => {
      await open(file(), { colorScheme, viewport: { width: 320, height: 640 } });
      await page.getByText('In which part each certificate is').click();
      await page.getByLabel('Search').fill('shop-01');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await page.evaluate(LOW_CONTRASTS)).toEqual([]);
    },
  );
});
