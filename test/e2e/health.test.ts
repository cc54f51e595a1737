import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../lib/reporting/doctor/rules/finding.ts';
import type { StatusAnswer } from '../../lib/reporting/status/show-status.ts';
import type { Health } from '../../lib/scan/rules/health.ts';
import { onMail, type PublishedMail } from '../../local/sns/on-mail.ts';
import { DeployedLine } from './deployed-line.ts';

const PROJECT = join(import.meta.dirname, '../..');
const HOST = 'i-0000000000000ea17';
const DAY_MS = 86_400_000;
const SERVED = 'served.example.com';

/** Certificates, by the state that they are brought into; the name of each is its state. */
const FILES: Record<string, unknown> = {
  served: { names: [SERVED], hosts: ['web'], profile: 'classic' },
  alone: { names: ['alone.example.com'], profile: 'classic' },
  'not-served': { names: ['unserved.example.com'], hosts: ['web'], profile: 'classic' },
  'given-up': { names: ['given-up.example.com'], hosts: ['web'], profile: 'classic' },
  spoilt: { names: ['spoilt.example.com'], profile: 'classic' },
  ended: { names: ['ended.example.com'], profile: 'classic' },
  failing: { names: ['failing.example.com'], profile: 'none-such' },
  forbidden: { names: ['forbidden.example.com'], caa: { mode: 'check' } },
  zoneless: { names: ['zoneless.example.net'] },
  outside: { names: ['www.example.org'] },
  broken: '{ "names": [',
};

interface Seen {
  /** by certificate, as the function `status` says it, and how the command ends */
  status: Record<string, { health: Health; trouble: string }>;
  exit: number;
  page: string;
  doctor: Diagnosis;
}

let line: DeployedLine;
const mails: PublishedMail[] = [];

beforeAll(async () => {
  line = await DeployedLine.start({
    zones: ['example.com'],
    deliveryLimitMs: 500,
    hosts: [
      {
        id: HOST,
        tags: { 'perennial-group': 'web' },
        sites: [{ serverName: SERVED, lineage: 'served' }],
      },
    ],
  });
  onMail(line.cloud.parts.aws.gateway, (mail) => mails.push(mail));
  await line.addRecord('example.com', {
    Name: 'forbidden.example.com',
    Type: 'CAA',
    values: ['0 issue "other-ca.test"'],
  });
  for (const [name, file] of Object.entries(FILES)) await line.put(`renewal/${name}.json`, file);
  await line.idle();
  await line.remove('renewal/given-up.json');
  await line.remove('renewal/ended.json');
  await line.invoke('revoke', { revoke: 'ended', confirm: 'ended', reason: 'cessationOfOperation' });
  await line.put('renewal/ended.json', FILES.ended);
  await line.idle();
});

afterAll(() => line?.stop());

function perennial(...args: string[]): Promise<{ exit: number; stdout: string }> {
  return new Promise((resolve) => {
    const options = { cwd: PROJECT, env: { ...process.env, ...line.cloud.env }, timeout: 60_000 };
    execFile('node', ['cli/main.ts', ...args], options, (error, stdout) =>
      resolve({ exit: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout }),
    ).stdin?.end();
  });
}

/** An hourly check, and then everything that shows how certificates are. */
async function look(): Promise<Seen> {
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
  const { exit } = await perennial('status', '--stage', 'local');
  const { certificates = [] } = await line.invoke<StatusAnswer>('status');
  await line.invoke('status', { page: true });
  return {
    status: Object.fromEntries(certificates.map(({ name, health, trouble }) => [name, { health, trouble }])),
    exit,
    page: (await line.text('status/index.html')) ?? '',
    doctor: await line.invoke<Diagnosis>('doctor'),
  };
}

/** What the page has of a certificate: its row. */
const rowOf = (page: string, name: string) =>
  page.split('<tr').find((row) => row.includes(`>${name}<`)) ?? '';

const toldOf = ({ findings }: Diagnosis, name: string) =>
  findings.filter(({ certificate, status }) => certificate === name && status !== 'ok');

describe.each<[string, () => Promise<void> | void, [name: string, health: Health, said: RegExp][]]>([
  [
    'a host online with its tag',
    () => {},
    [
      ['served', 'ok', /^$/],
      ['alone', 'ok', /^$/],
      ['not-served', 'not-served', new RegExp(HOST)],
      ['given-up', 'retired', /no renewal\/given-up\.json/],
      ['ended', 'revoked', /cessationOfOperation/],
      ['failing', 'failing', /profile-unknown/],
      ['forbidden', 'failing', /caa/],
      ['zoneless', 'rejected', /no public hosted zone/],
      ['outside', 'rejected', /domains/],
      ['broken', 'rejected', /JSON/],
    ],
  ],
  [
    'a pointer that somebody spoilt, and a host that is off',
    async () => {
      host().online = false;
      await line.put('live/spoilt.json', '{');
    },
    [
      ['served', 'hosts-offline', /web/],
      ['not-served', 'hosts-offline', /web/],
      ['alone', 'ok', /^$/],
    ],
  ],
  [
    'no host with the tag',
    () => {
      host().online = true;
      host().tags['perennial-group'] = 'retired';
    },
    [
      ['served', 'no-hosts', /perennial-group/],
      ['not-served', 'no-hosts', /web/],
      ['spoilt', 'ok', /^$/],
    ],
  ],
  [
    'a host that refuses the new version',
    async () => {
      host().tags['perennial-group'] = 'web';
      await host().nginx.writeConfiguration('nonsense;');
      await line.scan({ start: 'force', names: ['served'], ignoreBudget: true });
      await line.idle();
    },
    [['served', 'hosts-behind', /nginx-test-failed|rolled-back/]],
  ],
  [
    'a clock past the end of all',
    () => line.cloud.setFunctionClock({ offsetMs: 200 * DAY_MS, speed: 1 }),
    [['given-up', 'expired', /expired on/]],
  ],
])('with %s', (_, change, expected) => {
  let seen: Seen;
  beforeAll(async () => {
    await change();
    seen = await look();
  });

  it.each(expected)('%s is %s for status, page and doctor', (name, health, said) => {
    expect(seen.status[name]).toEqual({ health, trouble: expect.stringMatching(said) });
    expect(rowOf(seen.page, name)).toContain(health);
    const told = toldOf(seen.doctor, name);
    if (health === 'ok' || health === 'retired') expect(told).toEqual([]);
    else expect(told.find(({ check }) => check === 'health' || check === 'file')?.seen).toMatch(said);
  });

  it('ends status with 1', () => expect(seen.exit).toBe(1));
});

it('was mailed where a person has to see to it, and nothing was called well', async () => {
  await line.cloud.fireSchedule((expression) => expression.startsWith('cron'));
  await line.idle();
  const all = mails.map(({ subject, text }) => `${subject}\n${text}`).join('\n');
  for (const name of ['failing', 'forbidden', 'ended', 'outside', 'broken', 'zoneless'])
    expect(all).toContain(name);
  expect(all).not.toMatch(/all is well/i);
});

function host() {
  const found = line.cloud.hosts.get(HOST);
  if (!found) throw new Error(`no host ${HOST}`);
  return found;
}
