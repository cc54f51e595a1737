import type { Health } from '../../../lib/scan/rules/health.ts';
import {
  fleetOf,
  type healthFacts,
  LIVE_VERSION,
  HEALTH_NOW as NOW,
  OLD_VERSION,
  reportOf,
} from '../../fakes/health-facts.ts';
import { hostGroup } from '../../fakes/stack.ts';

const web = { live: { hosts: ['web'] }, file: { hosts: ['web'] } };
const one = fleetOf(['i-1']);
const two = fleetOf(['i-1'], ['i-2']);
const failed = (reason: string, message: string, failures = 3) => ({
  failures,
  lastFailure: { at: '2026-11-19T00:00:00Z', reason, message },
  notBefore: '2026-11-20T02:00:00.000Z',
});
const held = (action: 'reject' | 'wait', reason: string, message: string, until?: string) => ({
  state: { failures: 0, held: { action, reason, message, ...(until && { until }) } },
});
const revoked = (
  version: string,
  reason: 'keyCompromise' | 'superseded' | 'cessationOfOperation',
  keyFingerprint = 'f'.repeat(64),
) => ({
  revocations: [
    {
      version,
      serial: version === OLD_VERSION ? 'aa' : 'ab',
      keyFingerprint,
      reason,
      askedAt: '2026-11-19T00:00:00Z',
    },
  ],
});
/** On Friday noon, the group's window opens on Monday, and what hosts have from before is good until then. */
const nightly = {
  live: web.live,
  file: web.file,
  hostGroups: [{ ...hostGroup('web'), window: ['Mon-Thu 02:00-05:00 Europe/Berlin'] }],
  lives: new Map([
    ['a', new Map([[OLD_VERSION, { notBefore: '2026-09-15T00:00:00Z', notAfter: '2026-12-14T00:00:00Z' }]])],
  ]),
};
const rejected = (message: string) => ({ rejected: message });
const acm = { acm: [{ region: 'eu-west-1' }] };
const imported = (version: string, more: object = {}) => ({
  acm: {
    name: 'a',
    imports: [
      { region: 'eu-west-1', version, at: '2026-11-02T00:00:00Z', outcome: 'imported' as const, ...more },
    ],
  },
});
const expired = { notBefore: '2026-08-01T00:00:00Z', notAfter: '2026-11-19T00:00:00Z' };
const dayPastDue = { notBefore: '2026-09-19T00:00:00Z', notAfter: '2026-12-18T00:00:00Z' };

export type World = Parameters<typeof healthFacts>[0] & { rejected?: string };
/** What a check mails of it by itself; what an event or another list tells is told there. */
type Mail = 'URGENT' | 'told' | 'group' | 'record' | '';
type Row = [state: string, world: World, health: Health, said: RegExp, mail?: Mail];

/** The state of the world; the word; the sentence; what the hourly check mails of it. */
export const ROWS: Row[] = [
  // Well.
  ['nobody serves it, and it is young', {}, 'ok', /^$/],
  ['one host serves it', { ...web, fleet: one, records: [reportOf('i-1', 'served')] }, 'ok', /^$/],
  [
    'a host says that it had it already',
    { ...web, fleet: one, records: [reportOf('i-1', 'unchanged')] },
    'ok',
    /^$/,
  ],
  [
    'all of several hosts serve it',
    { ...web, fleet: two, records: [reportOf('i-1', 'served'), reportOf('i-2', 'served')] },
    'ok',
    /^$/,
  ],
  [
    'one of two hosts is off, and had it',
    {
      ...web,
      fleet: fleetOf(['i-1'], ['i-2', false]),
      records: [reportOf('i-1', 'served'), reportOf('i-2', 'served')],
    },
    'ok',
    /^$/,
  ],
  [
    'it has been due for its age since today',
    { live: { notBefore: '2026-09-20T12:00:00Z', notAfter: '2026-12-19T12:00:00Z' } },
    'ok',
    /^$/,
  ],
  ['it failed before, and was renewed', { state: { failures: 0 } }, 'ok', /^$/],
  [
    'a host of a group that it left is behind',
    { fleet: one, records: [reportOf('i-1', 'served', { version: OLD_VERSION })] },
    'ok',
    /^$/,
  ],
  [
    'a host that is gone was behind',
    {
      ...web,
      fleet: one,
      records: [reportOf('i-1', 'served'), reportOf('i-9', 'failed', { version: OLD_VERSION })],
    },
    'ok',
    /^$/,
  ],
  [
    'an older version was revoked, and no host has it',
    { ...web, fleet: one, records: [reportOf('i-1', 'served')], ...revoked(OLD_VERSION, 'keyCompromise') },
    'ok',
    /^$/,
  ],
  ['ACM has it', { file: acm, ...imported(LIVE_VERSION) }, 'ok', /^$/],
  [
    'ACM keeps an import of a region that it left',
    { ...imported(OLD_VERSION, { outcome: 'kept' }) },
    'ok',
    /^$/,
  ],
  // Revoked.
  [
    'it is revoked, and a host serves it',
    { ...web, fleet: one, records: [reportOf('i-1', 'served')], ...revoked(LIVE_VERSION, 'keyCompromise') },
    'revoked',
    /keyCompromise.*nothing newer is live/,
    'URGENT',
  ],
  [
    'it is revoked, and nobody is to have it',
    revoked(LIVE_VERSION, 'superseded'),
    'revoked',
    /ordered at once/,
    'URGENT',
  ],
  [
    'it is revoked, and its replacement fails',
    { ...revoked(LIVE_VERSION, 'keyCompromise'), state: failed('caa-forbids', 'CAA lets it not') },
    'revoked',
    /caa-forbids \(3 in a row\)/,
    'URGENT',
  ],
  [
    'it is revoked, and its replacement waits',
    {
      ...revoked(LIVE_VERSION, 'keyCompromise'),
      ...held('wait', 'ca-limited', 'the CA limits it', '2026-11-21T00:00:00Z'),
    },
    'revoked',
    /ca-limited until 2026-11-21 00:00 UTC/,
    'URGENT',
  ],
  [
    'it is revoked, and its file cannot be used',
    { ...revoked(LIVE_VERSION, 'keyCompromise'), ...rejected('unknown key "host"') },
    'revoked',
    /unknown key "host"/,
    'URGENT',
  ],
  [
    'it is revoked and over',
    { live: expired, ...revoked(LIVE_VERSION, 'keyCompromise') },
    'revoked',
    /is revoked/,
    'URGENT',
  ],
  [
    'it has the key of one that was compromised',
    revoked(OLD_VERSION, 'keyCompromise', 'b'.repeat(64)),
    'revoked',
    /is revoked/,
    'URGENT',
  ],
  [
    'it has the key of one that was superseded',
    revoked(OLD_VERSION, 'superseded', 'b'.repeat(64)),
    'ok',
    /^$/,
  ],
  [
    'it was revoked for good, and is wanted',
    revoked(LIVE_VERSION, 'cessationOfOperation'),
    'revoked',
    /remove renewal\/a\.json/,
    'URGENT',
  ],
  [
    'a host still has the revoked version',
    {
      ...web,
      fleet: one,
      records: [reportOf('i-1', 'rolled-back', { version: OLD_VERSION })],
      ...revoked(OLD_VERSION, 'keyCompromise'),
    },
    'revoked',
    /still on i-1/,
    'URGENT',
  ],
  [
    'a host that is off still has the revoked version',
    {
      ...web,
      fleet: fleetOf(['i-1'], ['i-2', false]),
      records: [reportOf('i-1', 'served'), reportOf('i-2', 'served', { version: OLD_VERSION })],
      ...revoked(OLD_VERSION, 'keyCompromise'),
    },
    'revoked',
    /still on i-2/,
    'URGENT',
  ],
  [
    'a host that is gone had the revoked version',
    {
      ...web,
      fleet: one,
      records: [reportOf('i-1', 'served'), reportOf('i-9', 'served', { version: OLD_VERSION })],
      ...revoked(OLD_VERSION, 'keyCompromise'),
    },
    'ok',
    /^$/,
  ],
  [
    'a host of a group that it left still has the revoked version',
    {
      live: { hosts: ['api'] },
      file: { hosts: ['api'] },
      fleet: new Map([...one, ['api', [{ instanceId: 'i-2', online: true }]]]),
      records: [
        reportOf('i-1', 'served', { version: OLD_VERSION }),
        { ...reportOf('i-2', 'served'), group: 'api' },
      ],
      ...revoked(OLD_VERSION, 'keyCompromise'),
    },
    'revoked',
    /still on i-1; no group there is to have it any more: take it off there/,
    'URGENT',
  ],
  [
    'it is revoked and not wanted, and a host has it',
    {
      wanted: false,
      live: { hosts: ['web'] },
      fleet: one,
      records: [reportOf('i-1', 'served')],
      ...revoked(LIVE_VERSION, 'cessationOfOperation'),
    },
    'revoked',
    /take it off there/,
    'URGENT',
  ],
  [
    'it is revoked and not wanted, and no host has it',
    { wanted: false, ...revoked(LIVE_VERSION, 'superseded') },
    'retired',
    /no renewal\/a\.json.*revoked \(superseded\).*no host has it/,
  ],
  // Expired.
  ['it has expired', { live: expired }, 'expired', /expired on 2026-11-19 00:00 UTC.*doctor a/],
  [
    'it has expired, and fails',
    { live: expired, state: failed('zone-missing', 'no hosted zone') },
    'expired',
    /zone-missing/,
  ],
  [
    'it has expired, and its file cannot be used',
    { live: expired, ...rejected('unknown key "host"') },
    'expired',
    /unknown key "host"/,
  ],
  ['it has expired, and nobody wants it', { live: expired, wanted: false }, 'expired', /expired on/],
  ['it is over this very moment', { live: { notAfter: NOW.toISOString() } }, 'expired', /expired on/],
  [
    'what is live begins tomorrow',
    { live: { notBefore: '2026-11-21T00:00:00Z' } },
    'waiting',
    /valid only from 2026-11-21/,
  ],
  // The bucket and the file.
  [
    'nobody can read what was revoked',
    { ...web, fleet: one, records: [reportOf('i-1', 'served')], revocations: 'unreadable' },
    'unreadable',
    /revoked\/a\.json cannot be read.*delete it, and revoke again/,
    'record',
  ],
  [
    'its pointer is none',
    { pointer: 'unreadable' },
    'unreadable',
    /no pointer.*next hourly check makes it anew/,
    'record',
  ],
  [
    'its pointer is none, and nobody wants it',
    { pointer: 'unreadable', wanted: false },
    'unreadable',
    /no pointer.*without renewal\/a\.json nothing makes it anew: remove it, or put the file back/,
    'record',
  ],
  [
    'its file cannot be used',
    rejected('renewal/a.json: unknown key "host"'),
    'rejected',
    /unknown key "host"/,
  ],
  [
    'its file cannot be used, and nothing was issued',
    { pointer: undefined, ...rejected('renewal/a.json: not JSON') },
    'rejected',
    /not JSON/,
  ],
  [
    'no hosted zone is there for a first one',
    { pointer: undefined, ...held('reject', 'no-hosted-zone', 'no public hosted zone holds a') },
    'rejected',
    /no public hosted zone/,
  ],
  [
    'its hosted zone is gone',
    held('reject', 'no-hosted-zone', 'no public hosted zone holds a'),
    'rejected',
    /no public hosted zone/,
  ],
  [
    'its zone role is denied',
    held('reject', 'zone-role-denied', 'may not be assumed'),
    'rejected',
    /may not be assumed/,
  ],
  [
    'checks are too far apart for its life',
    held('reject', 'schedule-too-coarse', 'set params.checkEveryHours to 4'),
    'rejected',
    /checkEveryHours/,
  ],
  ['nobody wants it any more', { wanted: false }, 'retired', /no renewal\/a\.json.*put the file back/],
  ['it came another way', { wanted: false, live: { ca: undefined } }, 'unmanaged', /no renewal\/a\.json/],
  [
    'nobody wants it, and a host is behind',
    { wanted: false, live: { hosts: ['web'] }, fleet: one },
    'retired',
    /no renewal/,
  ],
  // Renewal.
  [
    'it failed last time',
    { state: failed('caa-forbids', 'CAA lets it not.') },
    'failing',
    /^caa-forbids \(3 in a row\): .*next try after 2026-11-20 02:00 UTC; let the CAA/,
  ],
  [
    'it failed, and was never issued',
    { pointer: undefined, state: failed('challenge-invalid', 'not found') },
    'failing',
    /challenge-invalid/,
  ],
  [
    'a repair of it failed',
    { state: { failures: 0, repairs: { 'copies-behind': failed('store-unavailable', 'S3 is down', 2) } } },
    'failing',
    /store-unavailable \(2 in a row\)/,
  ],
  [
    'it failed for a reason of another release',
    { state: failed('new-reason', 'something') },
    'failing',
    /^new-reason \(3 in a row\): something; next try/,
  ],
  [
    'it was added a moment ago',
    { pointer: undefined },
    'never-issued',
    /nothing is issued yet; it takes a minute/,
  ],
  [
    'its first one waits for the CA',
    { pointer: undefined, ...held('wait', 'ca-limited', 'too many', '2026-11-21T00:00:00Z') },
    'waiting',
    /ca-limited until 2026-11-21 00:00 UTC: too many/,
  ],
  [
    'its renewal waits for our own budget',
    held('wait', 'budget-spent', '', '2026-11-21T00:00:00Z'),
    'waiting',
    /^budget-spent until 2026-11-21 00:00 UTC; nothing: it goes on by itself$/,
  ],
  ['it is a day past its time', { live: dayPastDue }, 'overdue', /past its time.*plan a/],
  [
    'it is a day past its time, and waits',
    { live: dayPastDue, ...held('wait', 'ca-limited', 'too many') },
    'overdue',
    /ca-limited: too many/,
  ],
  [
    'a short life is past half of what was left',
    { live: { notBefore: '2026-11-14T00:00:00Z', notAfter: '2026-11-20T16:00:00Z' } },
    'overdue',
    /past its time/,
  ],
  [
    'its file wants other names',
    { file: { names: ['example.com', 'www.example.com'] } },
    'waiting',
    /names-changed/,
  ],
  ['its file wants another key', { file: { key: 'rsa-2048' } }, 'waiting', /key-changed/],
  [
    'its file wants a group that cannot read it yet',
    { file: { hosts: ['web'] }, fleet: one },
    'waiting',
    /hosts-changed/,
  ],
  // Hosts.
  [
    'no host carries the tag',
    { ...web, fleet: fleetOf() },
    'no-hosts',
    /perennial-group=web.*tag a host/,
    'group',
  ],
  [
    'all its hosts are off',
    { ...web, fleet: fleetOf(['i-1', false], ['i-2', false]), records: [reportOf('i-1', 'served')] },
    'hosts-offline',
    /no host of web is online/,
    'group',
  ],
  [
    'its only host is off, and had it',
    { ...web, fleet: fleetOf(['i-1', false]), records: [reportOf('i-1', 'served')] },
    'hosts-offline',
    /no host of web is online/,
    'group',
  ],
  [
    'its hosts cannot be listed',
    { ...web, records: [reportOf('i-1', 'served')] },
    'hosts-unknown',
    /ssm:DescribeInstanceInformation/,
    'told',
  ],
  [
    'one of two groups has no host',
    {
      live: { hosts: ['web', 'api'] },
      file: { hosts: ['web', 'api'] },
      fleet: new Map([...one, ['api', []]]),
      records: [reportOf('i-1', 'served')],
    },
    'no-hosts',
    /perennial-group=api/,
    'group',
  ],
  ['a host never reported', { ...web, fleet: one }, 'hosts-behind', /i-1 never-reported/],
  [
    'one of two hosts never reported',
    { ...web, fleet: two, records: [reportOf('i-1', 'served')] },
    'hosts-behind',
    /i-2 never-reported/,
  ],
  [
    'a host rolled back',
    { ...web, fleet: one, records: [reportOf('i-1', 'rolled-back', { version: OLD_VERSION })] },
    'hosts-behind',
    /i-1 rolled-back/,
  ],
  [
    'a host has it, and its last run failed',
    { ...web, fleet: one, records: [reportOf('i-1', 'failed')] },
    'hosts-behind',
    /i-1 failed/,
  ],
  [
    'the one that is behind is off',
    {
      ...web,
      fleet: fleetOf(['i-1'], ['i-2', false]),
      records: [reportOf('i-1', 'served'), reportOf('i-2', 'served', { version: OLD_VERSION })],
    },
    'hosts-behind',
    /i-2 served, offline; start them/,
  ],
  [
    'nothing on a host serves it',
    {
      ...web,
      fleet: one,
      records: [reportOf('i-1', 'installed-not-served', { reason: 'nothing-serves-it' })],
    },
    'not-served',
    /not seen to be served on i-1/,
    'told',
  ],
  [
    'one of two hosts does not serve it',
    {
      ...web,
      fleet: two,
      records: [
        reportOf('i-1', 'served'),
        reportOf('i-2', 'installed-not-served', { reason: 'nothing-serves-it' }),
      ],
    },
    'not-served',
    /on i-2/,
    'told',
  ],
  [
    'it has only wildcards, and no name to ask',
    { ...web, fleet: one, records: [reportOf('i-1', 'installed-not-served', { reason: 'no-name-to-ask' })] },
    'not-served',
    /serverNames/,
    'told',
  ],
  [
    'a host reports what no release of ours did',
    { ...web, fleet: one, records: [reportOf('i-1', 'perhaps')] },
    'not-served',
    /on i-1/,
    'told',
  ],
  // A version that a person put back.
  [
    'an older version is pinned',
    {
      pin: { version: OLD_VERSION, until: new Date('2027-01-15T00:00:00Z'), isLive: true },
      live: { restoredFrom: OLD_VERSION },
    },
    'pinned',
    new RegExp(
      `version ${OLD_VERSION} is pinned; it is not renewed before 2027-01-15 00:00 UTC; "restore a --release"`,
    ),
  ],
  [
    'one is pinned past its time, and the file wants another key',
    {
      pin: { version: OLD_VERSION, until: new Date('2026-12-03T00:00:00Z'), isLive: true },
      live: { ...dayPastDue, restoredFrom: OLD_VERSION },
      file: { key: 'rsa-2048' },
    },
    'pinned',
    /is pinned; it is not renewed before/,
  ],
  [
    'one is pinned, and not live yet',
    { pin: { version: OLD_VERSION, until: new Date('2027-01-15T00:00:00Z'), isLive: false } },
    'pinned',
    /and about to be live again/,
  ],
  [
    'one is pinned, and a host is behind',
    {
      ...web,
      live: { ...web.live, restoredFrom: OLD_VERSION },
      pin: { version: OLD_VERSION, until: new Date('2027-01-15T00:00:00Z'), isLive: true },
      fleet: one,
    },
    'hosts-behind',
    /i-1 never-reported/,
  ],
  // Windows of its hosts.
  [
    'a host has the version before, and its window is closed',
    { ...nightly, fleet: one, records: [reportOf('i-1', 'served', { version: OLD_VERSION })] },
    'waits-for-window',
    /i-1 of web until 2026-11-23 01:00 UTC; nothing/,
  ],
  [
    'a host has others, and waits for its first of this one',
    {
      ...nightly,
      fleet: one,
      records: [{ ...reportOf('i-1', 'served'), lineages: { b: reportOf('i-1', 'served').lineages.a } }],
    },
    'waits-for-window',
    /i-1 of web until/,
  ],
  [
    'the window is closed, and the host had failed',
    { ...nightly, fleet: one, records: [reportOf('i-1', 'rolled-back', { version: OLD_VERSION })] },
    'hosts-behind',
    /i-1 rolled-back; their group is not to be touched before 2026-11-23 01:00 UTC, when they are told again/,
  ],
  [
    'the window is closed, and a host is new',
    { ...nightly, fleet: one },
    'hosts-behind',
    /never-reported; the next hourly check/,
  ],
  [
    'the window is closed, and the last sixth of what a host has has begun',
    {
      ...nightly,
      lives: new Map([['a', new Map([[OLD_VERSION, { ...expired, notAfter: '2026-11-30T00:00:00Z' }]])]]),
      fleet: one,
      records: [reportOf('i-1', 'served', { version: OLD_VERSION })],
    },
    'hosts-behind',
    /i-1 served; the next hourly check/,
  ],
  [
    'the window is open',
    {
      ...nightly,
      now: new Date('2026-11-23T01:00:00Z'),
      fleet: one,
      records: [reportOf('i-1', 'served', { version: OLD_VERSION })],
    },
    'hosts-behind',
    /i-1 served; the next hourly check/,
  ],
  // ACM.
  ['ACM lacks it', { file: acm }, 'not-imported', /lacks the live version in eu-west-1/],
  ['ACM has the version before', { file: acm, ...imported(OLD_VERSION) }, 'not-imported', /eu-west-1/],
  [
    'ACM refused it',
    {
      file: acm,
      ...imported(OLD_VERSION, { outcome: 'failed', reason: 'acm-limit-exceeded', message: 'too many' }),
    },
    'not-imported',
    /acm-limit-exceeded: too many/,
  ],
];
