import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostFaults } from '../../integration/host-faults/index.ts';
import { assertUnbroken, startProbe } from '../../integration/tls-probe.ts';
import { answered } from '../answers.ts';
import type { HostRow, Row } from '../row.ts';

const HOST = 'i-00000000000000034';
const NAME = 'hosted.example.com';
const site = { serverName: NAME, lineage: 'r34-1-1' };
const throttled = {
  status: 400,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }),
};

const ROW_34: Row = {
  number: 34,
  title: 'SendCommand throttled, no target, host offline, delivery timed out',
  options: { hosts: [{ id: HOST, tags: { 'perennial-group': 'web' }, sites: [site] }], deliveryLimitMs: 500 },
  async run(world) {
    const { cloud } = world.line;
    const subject = await world.subject({ names: [NAME] });
    assert.equal(subject.name, site.lineage, 'the host serves this lineage: seed 1');
    await world.put(subject, { hosts: ['web'] });
    const host = cloud.hosts.get(HOST);
    assert.ok(host, 'the host is there');
    const stopProbe = startProbe({ port: host.tlsPort, names: [NAME], ca: await cloud.caRoots() });
    cloud.faults.add({ action: 'SendCommand', times: 2, effect: answered(throttled) });
    await world.force(subject);
    host.online = false;
    await world.force(subject);
    const live = await world.line.pointer(subject.name);
    const failed = world.evidence.facts.filter(({ type }) => type === 'Certificate Deployment Failed');
    assert.ok(failed.length > 0, 'the offline host is told');
    host.online = true;
    await world.scan();
    await sleep(500);
    const seen = await stopProbe();
    assertUnbroken(seen);
    assert.equal(
      BigInt(`0x${seen.serials.at(-1)}`),
      BigInt(`0x${live?.serial}`),
      'served after the next scan',
    );
    return `redelivered; ${seen.answers} probes valid; I5`;
  },
};

const TITLES: Record<number, string> = {
  35: 'one of N hosts fails `nginx -t`',
  36: 'host killed between swap and reload',
  37: 'reload fine but the old certificate still served',
  38: 'disk full, read-only, wrong owner on the host',
  39: 'container absent or restarting',
  40: 'pointer moves while a host installs',
  41: 'hostile names and parameters',
};

/** Each runs all that is known of it on a host: the real script beside a real Nginx and the probe. */
export const HOST_ROWS: HostRow[] = Object.entries(TITLES).map(([row, title]) => ({
  number: Number(row),
  title,
  async onHosts(fixture) {
    const cases = hostFaults.filter((fault) => fault.row === Number(row));
    assert.ok(cases.length > 0, 'there is a case');
    for (const { fault, run } of cases) {
      await run(fixture).catch((cause) => {
        throw new Error(`${fault}: ${cause instanceof Error ? cause.message : cause}`, { cause });
      });
    }
    return `${cases.length} ${cases.length === 1 ? 'case' : 'cases'} on real Nginx; I1 I5 I6`;
  },
}));

export const ROWS_34: Row[] = [ROW_34];
