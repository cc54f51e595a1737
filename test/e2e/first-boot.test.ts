import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedBy } from '../../local/demo/served.ts';
import { DeployedLine } from './deployed-line.ts';

const SITES = [{ serverName: 'example.com', lineage: 'example.com' }];
const [FIRST, SECOND, OTHER] = ['i-00000000000000001', 'i-00000000000000002', 'i-00000000000000003'];
const host = (id: string, group = 'web') => ({ id, tags: { 'perennial-group': group }, sites: SITES });
let line: DeployedLine;

beforeAll(async () => {
  line = await DeployedLine.start({ zones: ['example.com'], stateManager: true });
  await line.putAndWait('example.com', { names: ['example.com'], hosts: ['web'], profile: 'classic' });
});

afterAll(() => line?.stop());

async function served(id: string): Promise<string> {
  const port = line.cloud.hosts.get(id)?.tlsPort ?? 0;
  const answer = await servedBy(port, 'example.com', await line.cloud.caRoots());
  return answer instanceof Error ? `not valid: ${answer.message}` : answer.serial;
}

async function lineageOn(id: string) {
  return JSON.parse((await line.text(`hosts/${id}.json`)) ?? '{"lineages":{}}').lineages['example.com'];
}

const checks = () => line.cloud.calls.matching({ service: 'ssm', action: 'SendCommand' }).length;

describe('a host that registers with the tag of a group', () => {
  it('serves the certificates of its group before a check looks for it, and is recorded', async () => {
    await line.cloud.hosts.start(host(FIRST));
    await line.idle();
    expect(await served(FIRST)).toBe((await line.pointer('example.com'))?.serial);
    expect(await lineageOn(FIRST)).toMatchObject({
      version: (await line.pointer('example.com'))?.version,
      outcome: 'served',
      reason: 'new-certificate-served',
    });
    expect(checks()).toBe(0);
    const ready = join(line.cloud.hosts.get(FIRST)?.state ?? '', 'ready');
    expect(await readFile(ready, 'utf8')).toBe(await readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
  });

  it('is sent nothing by the next check', async () => {
    await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await line.idle();
    expect(checks()).toBe(0);
  });

  it('gets what the others serve, while the first one that was sent a new version fell back from it', async () => {
    const before = await served(FIRST);
    const canary = line.cloud.hosts.get(FIRST);
    if (!canary) throw new Error('no canary');
    canary.prepare = 'exit 1';
    await line.scan({ start: 'force', names: ['example.com'] });
    await line.idle();
    canary.prepare = undefined;
    expect((await line.pointer('example.com'))?.serial).not.toBe(before);
    await line.cloud.hosts.start(host(SECOND));
    await line.idle();
    expect(await served(SECOND)).toBe(before);
  });

  it('catches up with the check, as all do', async () => {
    await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await line.idle();
    const serial = (await line.pointer('example.com'))?.serial;
    expect([await served(FIRST), await served(SECOND)]).toEqual([serial, serial]);
    expect(await line.text('groups/web.json')).toContain((await line.pointer('example.com'))?.version);
  });

  it('that lost a certificate gets it back when the interval of the association is over', async () => {
    const first = line.cloud.hosts.get(FIRST);
    if (!first) throw new Error('no host');
    const sent = checks();
    first.prepare = 'rm -r /mnt/letsencrypt/live/example.com';
    await line.cloud.runAssociations();
    await line.idle();
    first.prepare = undefined;
    expect(await lineageOn(FIRST)).toMatchObject({ outcome: expect.stringMatching(/served|unchanged/) });
    const link = join(first.root, 'live/example.com/fullchain.pem');
    expect(await readFile(link, 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(checks()).toBe(sent);
  });

  it('of another group gets nothing of this one', async () => {
    await line.cloud.hosts.start(host(OTHER, 'db'));
    await line.idle();
    expect(await lineageOn(OTHER)).toBeUndefined();
  });
});
