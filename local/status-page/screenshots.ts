import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser } from './browser.ts';
import { exampleFleet } from './example-fleet.ts';
import { firstPart } from './first-part.ts';

const FOLDER = join(import.meta.dirname, '../../docs/images');
const AT = new Date('2026-11-20T02:30:00Z');
const SHOTS = [
  {
    name: 'status-light',
    colorScheme: 'light',
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1,
  },
  { name: 'status-dark', colorScheme: 'dark', viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  {
    name: 'status-tablet',
    colorScheme: 'light',
    viewport: { width: 820, height: 1180 },
    deviceScaleFactor: 1,
  },
  { name: 'status-phone', colorScheme: 'light', viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
] as const;

/** `npm run screenshots`: the status page of an example fleet, for docs/operate/status-page.md. */
async function main(): Promise<void> {
  const browser = await openBrowser();
  if (typeof browser === 'string') throw new Error(browser);
  try {
    await mkdir(FOLDER, { recursive: true });
    const { at, certificates } = exampleFleet(AT);
    const content = firstPart({
      title: 'perennial-production in eu-central-1',
      stage: 'production',
      at,
      certificates,
    });
    for (const { name, ...options } of SHOTS) {
      const page = await browser.newPage(options);
      await page.clock.setFixedTime(AT);
      await page.setContent(content);
      await page.screenshot({ path: join(FOLDER, `${name}.png`) });
      console.log(`docs/images/${name}.png`);
    }
  } finally {
    await browser.close();
  }
}

await main();
