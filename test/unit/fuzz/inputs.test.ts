import { createRequire } from 'node:module';
import { streamEncode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alternatesIn } from '../../../lib/adapters/acme/alternate-chains.ts';
import { toFound } from '../../../lib/adapters/aws/route53-forms.ts';
import { readDnsAnswer } from '../../../lib/adapters/net/dns-answer.ts';
import { AcmRecord } from '../../../lib/delivery/acm/rules/decide-imports.ts';
import { HostRecord } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { parseHostReport } from '../../../lib/delivery/deployment/rules/host-report.ts';
import { complaintAboutName } from '../../../lib/foundation/certificate/complaint-about-name.ts';
import { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { nameIn, renewalKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { parseJson, parseValue } from '../../../lib/foundation/common/parse-json.ts';
import { DeploymentDue, RenewalDue } from '../../../lib/foundation/events/events.ts';
import { parseRenewalInfo } from '../../../lib/issuance/ca/rules/renewal-window.ts';
import { judgeCaa } from '../../../lib/issuance/caa/rules/caa.ts';
import { planCaa } from '../../../lib/issuance/caa/rules/caa-plan.ts';
import { DnsError } from '../../../lib/issuance/dns/resolver.ts';
import { zonesFor } from '../../../lib/issuance/dns/rules/hosted-zones.ts';
import { OrderLock } from '../../../lib/issuance/renewal/order-lock.ts';
import { ClaimRecord, isStale } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { decideRenewal } from '../../../lib/issuance/renewal/rules/decide-renewal.ts';
import { rememberFailure, State } from '../../../lib/issuance/renewal/rules/state.ts';
import { readSettings } from '../../../lib/lambda/settings.ts';
import { parseDoctorRequest } from '../../../lib/reporting/doctor/doctor.ts';
import { plannedCertificate, plannedWithoutFile } from '../../../lib/scan/rules/plan.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { pointerOf, wantedOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';
import { assertTyped, KEY_MATERIAL } from './assert-typed.ts';
import { mutatedJson, mutatedText, mutatedValue } from './mutated.ts';

const LIMIT_MS = 600_000;
const NOW = new Date('2026-11-20T02:00:00Z');
const POINTER = pointerOf(new Date('2027-01-20T00:00:00Z'));
const STATE = {
  failures: 3,
  lastFailure: { at: '2026-11-19T00:00:00Z', reason: 'acme-malformed', message: 'no' },
  notBefore: '2026-11-21T00:00:00Z',
  suggested: { certId: POINTER.certId, at: '2026-12-01T00:00:00Z', askAgain: '2026-11-20T08:00:00Z' },
  lastCa: 'https://ca.test/directory',
};
const PENDING = {
  owner: 'a',
  leaseSeconds: 900,
  order: { url: 'https://ca.test/o', key: `-----BEGIN PRIVATE KEY-----\n${KEY_MATERIAL}\n`, request: '[]' },
  records: [{ zoneId: 'Z1', name: 'example.com', type: 'TXT', values: ['"a"'], ttl: 60 }],
};
const STACK = stackOf({ hostGroups: [hostGroup('web')], zoneRoles: [zoneRole('dns')] });
const RENEWAL_FILES = [
  { names: ['example.com', '*.example.com'], hosts: ['web'] },
  {
    names: ['a.example.com'],
    key: 'rsa-2048',
    serverNames: ['a.example.com'],
    ca: 'https://ca.test/directory',
    profile: 'classic',
    renewBeforeDays: 20,
    zoneRole: 'dns',
    acm: [{ region: 'us-east-1' }],
    caa: { mode: 'manage', restrict: true, alsoAllow: ['amazon.com'], iodef: 'mailto:a@example.com' },
  },
];

const where = { where: 'input', reason: 'event-invalid' } as const;
const fuzz = (name: string, test: () => Promise<void>) => it(name, test, LIMIT_MS);

/** What `scan` does with what it read of a certificate. */
function decide(live: LivePointer | undefined, state: State | undefined) {
  const wanted = wantedOf();
  const decision = decideRenewal({
    wanted,
    live,
    state,
    forced: false,
    leftOpen: false,
    caaDrifted: false,
    defaultCa: 'https://ca.test/directory',
    fallbackCas: ['https://other.test/directory'],
    now: NOW,
  });
  plannedCertificate(wanted, decision, { notAfter: live?.notAfter, ca: undefined });
  plannedWithoutFile('example.com', live, NOW);
}

describe('objects in the bucket are used, or refused as such', () => {
  fuzz('a renewal file', () =>
    assertTyped(mutatedJson(RENEWAL_FILES), (text) => parseRenewalFile(text, 'example.com', STACK), [
      InputError,
    ]),
  );
  fuzz('the key of an object', () =>
    assertTyped(
      mutatedText(['renewal/example.com.json']),
      (key) => {
        const found = nameIn(key, 'renewal/');
        if ('rejected' in found) throw found.error;
        expect(renewalKey(found.name)).toBe(key);
      },
      [InputError],
    ),
  );
  fuzz('a pointer, and what is decided by it', () =>
    assertTyped(mutatedJson([POINTER]), (text) => decide(parseJson(text, LivePointer, where), undefined), [
      InputError,
    ]),
  );
  fuzz('a state, and what is decided by it', () =>
    assertTyped(
      mutatedJson([STATE]),
      (text) => {
        const state = parseJson(text, State, where);
        decide(POINTER, state);
        rememberFailure(state, { reason: 'overdue', message: 'y' }, NOW);
      },
      [InputError],
    ),
  );
  fuzz('a claim, whose key stays out of every message', () =>
    assertTyped(
      mutatedJson([PENDING]),
      (text) => isStale(parseJson(text, ClaimRecord, { ...where, secret: true }), { modified: NOW, at: NOW }),
      [InputError],
    ),
  );
  fuzz("a host's record, ACM's record, an order's fence", () => {
    const record = {
      instanceId: 'i-00000001',
      group: 'web',
      lineages: { shop: { outcome: 'served', at: NOW, commandId: 'c' } },
    };
    const acm = { imports: [{ region: 'us-east-1', at: NOW, outcome: 'imported' }] };
    const issued = [{ name: 'shop', at: '2026-11-20T02:00:00Z' }];
    const fence = { name: 'shop', owner: 'a', leaseSeconds: 900, issued };
    return assertTyped(
      fc.tuple(fc.constantFrom(HostRecord, AcmRecord, OrderLock), mutatedJson([record, acm, fence])),
      ([schema, text]) => parseJson(text, schema, where),
      [InputError],
    );
  });
});

describe('events are used, or refused as such', () => {
  const starts = [
    { start: 'hourly-check' },
    { start: 'force', names: ['example.com'] },
    { 'detail-type': 'Object Created', detail: { object: { key: 'renewal/example.com.json' } } },
  ];
  const renewalDue = {
    ca: 'https://ca.test',
    zoneIds: ['Z1'],
    certificates: [{ name: 'shop', reason: 'forced', replacing: null }],
  };
  const deploymentDue = { group: 'web', reason: 'host-new', names: ['shop'] };
  fuzz("scan's start", () => assertTyped(mutatedValue(starts), parseStart, [InputError]));
  fuzz("doctor's request", () =>
    assertTyped(mutatedValue([{ names: ['a.example.com'] }]), parseDoctorRequest, [InputError]),
  );
  fuzz('Renewal Due', () =>
    assertTyped(mutatedValue([renewalDue]), (value) => parseValue(value, RenewalDue, where), [InputError]),
  );
  fuzz('Deployment Due', () =>
    assertTyped(mutatedValue([deploymentDue]), (value) => parseValue(value, DeploymentDue, where), [
      InputError,
    ]),
  );
});

describe('what a host prints is a report or none', () => {
  const report = {
    perennial: 1,
    results: [{ name: 'shop', version: '20260101T000000Z-0a1b2c', outcome: 'served', served: ['a'] }],
  };
  fuzz('as one line of JSON', () =>
    assertTyped(mutatedJson([report]), (text) => parseHostReport(`noise\n${text}\n`), []),
  );
  fuzz('as it comes', () =>
    assertTyped(mutatedText([`noise\n${JSON.stringify(report)}\n`]), parseHostReport, []),
  );
});

describe('the DNS', () => {
  const value = mutatedText([
    'ca.test; accounturi=https://ca.test/account/1; validationmethods=dns-01',
    ';',
    'mailto:a@b.test',
  ]);
  const property = fc.record({
    flags: fc.constantFrom(0, 128, 255),
    tag: fc.oneof(fc.constantFrom('issue', 'issuewild', 'iodef', 'ISSUE'), fc.string()),
    value,
  });
  const issuer = { identity: 'ca.test', accountUri: 'https://ca.test/account/1' };
  const name = mutatedText(['*.example.com', 'xn--bcher-kva.example.com']);
  fuzz('CAA values', () =>
    assertTyped(
      fc.tuple(name, fc.array(property, { maxLength: 4 })),
      ([at, properties]) => {
        const set = { at: 'example.com', properties };
        judgeCaa(at, set, issuer);
        planCaa(
          [{ name: at, set, isAlias: false }],
          { issuers: [issuer], restrict: true, alsoAllow: ['amazon.com'] },
          [],
        );
      },
      [],
    ),
  );
  fuzz('names', () => assertTyped(name, complaintAboutName, []));
  fuzz('hosted zones, for a name that was found good', () => {
    const good = name.filter((text) => complaintAboutName(text) === undefined);
    const zone = fc.record({ id: fc.constant('Z1'), name: good, isPrivate: fc.boolean() });
    return assertTyped(
      fc.tuple(good, fc.array(zone, { maxLength: 4 })),
      ([at, zones]) => zonesFor(at, zones),
      [InputError],
    );
  });
  fuzz('record sets of Route 53', () =>
    assertTyped(
      fc.record(
        {
          Name: name,
          Type: fc.constantFrom('TXT', 'CAA'),
          TTL: fc.nat(),
          ResourceRecords: fc.array(fc.record({ Value: value })),
        },
        { requiredKeys: [] },
      ),
      (set) => toFound(set as Parameters<typeof toFound>[0]),
      [],
    ),
  );
});

describe('settings are used, or refused as such', () => {
  const environment = {
    AWS_REGION: 'us-east-1',
    BUCKET: 'b',
    EVENT_BUS: 'e',
    DIRECTORY_URL: 'https://ca.test/directory',
    FALLBACK_DIRECTORY_URLS: '',
    CONTACT: 'a@example.com',
    AGREE_TO_TERMS: 'true',
    DOMAINS: 'example.com',
    ALSO_ALLOW: 'amazon.com',
    CHALLENGE_TARGETS: '',
    HOST_GROUPS: '{"web":{"reload":"container","container":"web","root":"/etc/letsencrypt","port":443}}',
    ZONE_ROLES: '{"dns":{"roleArn":"arn:aws:iam::123456789012:role/dns"}}',
    ORDERS_PER_RUN: '100',
    ACCOUNT_PREFIX: '/p',
  };
  fuzz('of a function', () =>
    assertTyped(
      fc.oneof(
        mutatedValue([environment]),
        mutatedText([environment.HOST_GROUPS]).map((HOST_GROUPS) => ({ ...environment, HOST_GROUPS })),
      ),
      (value) => readSettings(value as NodeJS.ProcessEnv),
      [InputError],
    ),
  );
  const params = createRequire(import.meta.url)('../../../resources/params.cjs');
  const given = {
    contact: 'a@example.com',
    agreeToTerms: true,
    domains: ['example.com'],
    alsoAllow: ['amazon.com'],
    challengeTargets: [],
    fallbackDirectoryUrls: [],
    hostGroups: { web: {} },
    kmsKeyArn: '',
    ordersPerRun: 100,
    checkEveryHours: 1,
    zoneRoles: {},
  };
  fuzz('of the stack', () =>
    assertTyped(
      mutatedValue([given]),
      (value) =>
        params({
          resolveVariable: async (asked: string) =>
            (value as Record<string, unknown> | null)?.[asked.replace(/^param:(\w+).*$/, '$1')],
        }),
      [RefusedError],
    ),
  );
});

/** Params throw plain errors whose stack is their message, which is what Serverless prints. */
class RefusedError extends Error {
  static override [Symbol.hasInstance](error: unknown): boolean {
    return error instanceof Error && error.stack === error.message;
  }
}

describe('the CA’s words beside its certificates', () => {
  const info = {
    suggestedWindow: { start: '2026-12-01T00:00:00Z', end: '2026-12-02T00:00:00Z' },
    explanationURL: 'https://ca.test/why',
  };
  fuzz('renewal information', () =>
    assertTyped(mutatedValue([info]), (value) => parseRenewalInfo(value, 'input'), [InputError]),
  );
  fuzz('links to other chains', () =>
    assertTyped(
      mutatedText(['<https://ca.test/c/1>;rel="alternate", </c/2>; rel=alternate']),
      (header) => alternatesIn(header, 'https://ca.test/c'),
      [],
    ),
  );
});

describe('DNS messages', () => {
  const answer = streamEncode({
    type: 'response',
    questions: [{ type: 'CAA', name: 'www.example.com' }],
    answers: [{ type: 'CAA', name: 'www.example.com', data: { flags: 0, tag: 'issue', value: 'ca.test' } }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        flags: 0,
        options: [{ code: 15, data: Buffer.from('\0\x07signature\nexpired') }],
      } as never,
    ],
  });
  const position = fc.record({ at: fc.nat(answer.length - 1), byte: fc.nat(255) });
  const mutated = fc
    .tuple(fc.array(position, { maxLength: 4 }), fc.nat(answer.length))
    .map(([changes, cut]) => {
      const bytes = Buffer.from(answer);
      for (const { at, byte } of changes) bytes[at] = byte;
      return cut % 3 === 0 ? bytes.subarray(0, cut) : bytes;
    });

  it('say why in one line', () => {
    expect(readDnsAnswer(answer)).toMatchObject({
      why: 'signature expired: signature expired',
      types: ['CAA'],
    });
  });
  fuzz('of a validating resolver are read, or refused', () =>
    assertTyped(mutated, (bytes) => expect(readDnsAnswer(bytes).why ?? '').not.toMatch(/\p{Cc}/u), [
      DnsError,
    ]),
  );
});
