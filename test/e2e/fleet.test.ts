import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedBy } from '../../local/demo/served.ts';
import { startLargeFleet } from '../../local/hosts/large-fleet.ts';
import { DeployedLine } from './deployed-line.ts';

/** `npm run bench -- hosts` does the same with 200; test/integration/ssm-hosts.test.ts has what begins at 50. */
const HOSTS = 12;
const NAME = 'example.com';
/** Each host runs the real script, which takes seconds of a processor. */
const LIMIT_MS = 400_000;
const ids = Array.from(
  { length: HOSTS },
  (_, number) => `${number % 2 === 0 ? 'i' : 'mi'}-${String(number).padStart(17, '0')}`,
);
let line: DeployedLine;
const peaks: Record<string, number> = {};

beforeAll(async () => {
  line = await DeployedLine.start({ zones: [NAME] });
  line.cloud.onInvocation((name, { report }) => {
    const short = name.replace('perennial-local-', '');
    peaks[short] = Math.max(peaks[short] ?? 0, report.maxMemoryMb);
  });
  await startLargeFleet(
    line.cloud.hosts,
    ids.map((id) => ({
      id,
      tags: { 'perennial-group': 'web' },
      sites: [{ serverName: NAME, lineage: NAME }],
    })),
  );
  await line.put(`renewal/${NAME}.json`, { names: [NAME], hosts: ['web'], profile: 'classic' });
  await line.cloud.idle(LIMIT_MS);
  // Whom a stopped wave spared gets it at the next check.
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.cloud.idle(LIMIT_MS);
}, 2 * LIMIT_MS);

afterAll(() => line?.stop());

describe('a fleet', () => {
  it('serves the new certificate on every host', async () => {
    const serial = (await line.pointer(NAME))?.serial;
    const roots = await line.cloud.caRoots();
    const served = await Promise.all(
      line.cloud.hosts.all().map(({ tlsPort }) => servedBy(tlsPort, NAME, roots)),
    );
    expect(served.map((one) => (one instanceof Error ? one.message : one.serial))).toEqual(
      ids.map(() => serial),
    );
  });

  it('is written down, host by host', async () => {
    expect((await line.keys('hosts/')).sort()).toEqual(ids.map((id) => `hosts/${id}.json`).sort());
  });

  it('is looked at by deploy once a second at most', () => {
    const looks = line.cloud.calls
      .matching({ service: 'ssm', action: 'GetCommandInvocation', principal: /DeployRole/ })
      .map(({ at }) => at.getTime());
    expect(looks.length).toBeGreaterThan(0);
    for (const [index, at] of looks.slice(1).entries())
      expect(at - (looks[index] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('takes no more of the functions than their 256 MB by far', () => {
    expect(peaks.deploy).toBeLessThan(128);
    expect(peaks.confirm).toBeLessThan(128);
  });
});
