import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enterFloor } from '../../bench/peers/floor/enter.ts';
import { enterLegoLibrary } from '../../bench/peers/lego-library.ts';
import { isMissing, type Participant, type Target } from '../../bench/peers/participant.ts';
import { type LocalDns, startDns } from '../../local/dns/start.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { findProgram } from '../../local/setup/find-program.ts';
import { type LocalRoute53, startLocalRoute53 } from './local-route53.ts';

const ZONE = 'example.com';
let aws: LocalRoute53;
let dns: LocalDns;
let pebble: Pebble;
let target: Target;

beforeAll(async () => {
  aws = await startLocalRoute53();
  dns = await startDns({ zones: aws.route53.published });
  pebble = await startPebble({
    pebble: aws.setup.pebble,
    dir: join(aws.dir, 'pebble'),
    dnsServer: `127.0.0.1:${dns.port}`,
    retryAfter: { authz: 0, order: 0 },
    nonceReject: 0,
    authzReuse: 0,
  });
  await aws.createZone(ZONE);
  const environmentOf = (principal: string) => ({
    AWS_ENDPOINT_URL: aws.gateway.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: aws.gateway.calls.accessKeyFor(principal),
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  target = {
    endpoint: aws.gateway.endpoint,
    dnsPort: dns.port,
    directoryUrl: pebble.directoryUrl,
    caTlsFile: pebble.tlsCaFile,
    parts: { venvBin: aws.setup.venvBin, aws: { environmentOf } },
  };
});

afterAll(async () => {
  await pebble?.stop();
  await dns?.stop();
  await aws?.stop();
});

const issuedCount = async () => {
  const log = await readFile(join(aws.dir, 'pebble/pebble.log'), 'utf8');
  return log.match(/Issued certificate serial/g)?.length ?? 0;
};
const namesOf = (start: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${start}-${index}.${ZONE}`);
const route53Calls = ({ principal }: Participant, since: Date) =>
  aws.gateway.calls.matching({ service: 'route53', principal, since }).map(({ action }) => action);

describe('the floor', () => {
  it('issues a certificate for each name, with one change of DNS before and one after', async () => {
    const floor = enterFloor(target, ZONE);
    const before = await issuedCount();
    const since = new Date();
    const taken = await floor.renew(namesOf('floor', 5), 0);
    expect((await issuedCount()) - before).toBe(5);
    expect(route53Calls(floor, since)).toEqual(['ChangeResourceRecordSets', 'ChangeResourceRecordSets']);
    expect(taken.wallMs).toBeGreaterThan(0);
    // Order, authorization, challenge, a look at least, finalize, a look or none, certificate.
    expect(taken.counted?.caRequests).toBeGreaterThanOrEqual(5 * 6);
    expect(taken.counted?.route53Calls).toBe(1);
  });

  it('waits for the propagation once', async () => {
    aws.route53.setPropagation(1000);
    const { wallMs } = await enterFloor(target, ZONE).renew(namesOf('slow', 3), 1000);
    aws.route53.setPropagation(0);
    expect(wallMs).toBeGreaterThan(1000);
  });
});

const hasGo = findProgram('go') !== undefined;

describe.skipIf(!hasGo)(`lego's library${hasGo ? '' : ' SKIPPED: go is missing, which builds it'}`, () => {
  it('issues, and renews what it has issued', async () => {
    const lego = await enterLegoLibrary(target, aws.dir);
    if (isMissing(lego)) throw new Error(lego.why);
    const names = namesOf('lego', 2);
    const before = await issuedCount();
    await lego.issue(names);
    const first = await readFile(join(aws.dir, 'lego-library', `${names[0]}.crt`), 'utf8');
    const since = new Date();
    const { wallMs } = await lego.renew(names, 0);
    expect((await issuedCount()) - before).toBe(4);
    expect(await readFile(join(aws.dir, 'lego-library', `${names[0]}.crt`), 'utf8')).not.toBe(first);
    expect(route53Calls(lego, since).filter((action) => action === 'ChangeResourceRecordSets')).toHaveLength(
      4,
    );
    // It looks at the DNS for the first time after four seconds.
    expect(wallMs).toBeGreaterThan(8000);
  });
});
