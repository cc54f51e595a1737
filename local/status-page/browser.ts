import { type Browser, chromium } from 'playwright-core';
import { findDebianProgram } from '../setup/debian-program.ts';

/** Chromium without a window, from the distribution; unpacked below .local/, where it is fetched once. */
const CHROMIUM = {
  name: 'chromium-headless-shell',
  packageName: 'chromium-headless-shell',
  file: 'usr/lib/chromium/chromium-headless-shell',
};

/** A running Chromium for the caller to close, or one line that says why there is none. */
export async function openBrowser(): Promise<Browser | string> {
  const found = await findDebianProgram(CHROMIUM);
  if (typeof found === 'string') return found;
  // Root may not use the sandbox, and the pages are our own.
  return chromium.launch({ executablePath: found.program, chromiumSandbox: false });
}
