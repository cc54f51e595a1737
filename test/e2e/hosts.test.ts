import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedBy } from '../../local/demo/served.ts';
import { DeployedLine } from './deployed-line.ts';

const SITES = [{ serverName: 'example.com', lineage: 'example.com' }];
const [FIRST, SECOND, LATER] = ['i-00000000000000001', 'mi-00000000000000002', 'i-00000000000000003'];
const host = (id: string) => ({ id, tags: { 'perennial-group': 'web' }, sites: SITES });
let line: DeployedLine;

beforeAll(async () => {
  line = await DeployedLine.start({
    hosts: [host(FIRST), host(SECOND)],
    zones: ['example.com'],
    deliveryLimitMs: 500,
  });
});

afterAll(() => line?.stop());

async function served(id: string): Promise<string> {
  const answer = await servedBy(
    line.cloud.hosts.get(id)?.tlsPort ?? 0,
    'example.com',
    await line.cloud.caRoots(),
  );
  return answer instanceof Error ? `not valid: ${answer.message}` : answer.serial;
}

async function lineageOn(id: string) {
  return JSON.parse((await line.text(`hosts/${id}.json`)) ?? '{"lineages":{}}').lineages['example.com'];
}

async function hourlyCheck(): Promise<void> {
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
}

describe('a host group', () => {
  it('serves the new certificate on the canary and on the rest, EC2 or not', async () => {
    await line.putAndWait('example.com', { names: ['example.com'], hosts: ['web'], profile: 'classic' });
    const serial = (await line.pointer('example.com'))?.serial;
    expect([await served(FIRST), await served(SECOND)]).toEqual([serial, serial]);
  });

  it('has a host that appears later served at the next check, without being asked', async () => {
    await line.cloud.hosts.start(host(LATER));
    await hourlyCheck();
    expect(await served(LATER)).toBe((await line.pointer('example.com'))?.serial);
    expect(await lineageOn(LATER)).toMatchObject({ outcome: 'served' });
  });

  it('keeps the old certificate everywhere when the canary fails its test, and says why', async () => {
    const before = await served(SECOND);
    const canary = line.cloud.hosts.get(FIRST);
    if (!canary) throw new Error('no canary');
    canary.prepare = 'exit 1';
    await line.scan({ start: 'force', names: ['example.com'] });
    await line.idle();
    canary.prepare = undefined;
    expect((await line.pointer('example.com'))?.serial).not.toBe(before);
    expect(await served(SECOND)).toBe(before);
    expect(await lineageOn(FIRST)).toMatchObject({ outcome: 'failed' });
  });

  it('catches up at the next check, once the canary is well again', async () => {
    await hourlyCheck();
    const serial = (await line.pointer('example.com'))?.serial;
    expect(await Promise.all([FIRST, SECOND, LATER].map(served))).toEqual([serial, serial, serial]);
  });

  it('leaves a host that is offline for a check that finds it online', async () => {
    const late = line.cloud.hosts.get(LATER);
    if (!late) throw new Error('no host');
    late.online = false;
    await line.scan({ start: 'force', names: ['example.com'] });
    await line.idle();
    const serial = (await line.pointer('example.com'))?.serial;
    expect(await served(LATER)).not.toBe(serial);
    late.online = true;
    await hourlyCheck();
    expect(await served(LATER)).toBe(serial);
  });

  it('gets the live version, without a new one, when a renewal file names it later', async () => {
    await line.putAndWait('later', { names: ['later.example.com'], profile: 'classic' });
    const before = await line.pointer('later');
    await line.putAndWait('later', { names: ['later.example.com'], hosts: ['web'], profile: 'classic' });
    const after = await line.pointer('later');
    expect(after).toMatchObject({ version: before?.version, hosts: ['web'] });
    const record = JSON.parse((await line.text(`hosts/${SECOND}.json`)) ?? '{}');
    expect(record.lineages.later).toMatchObject({
      version: before?.version,
      outcome: 'installed-not-served',
    });
  });
});
