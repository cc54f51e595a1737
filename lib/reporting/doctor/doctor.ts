import pMap from 'p-map';
import * as z from 'zod/mini';
import { readLive } from '../../foundation/bucket/read-pointer.ts';
import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import { LineageName } from '../../foundation/certificate/lineage.ts';
import {
  type KeyName,
  nameIn,
  RENEWAL_PREFIX,
  renewalKey,
} from '../../foundation/certificate/object-keys.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { once } from '../../foundation/common/once.ts';
import { parseRequest } from '../../foundation/common/parse-json.ts';
import { accountParameter } from '../../issuance/ca/rules/account-parameter.ts';
import { casOf } from '../../issuance/ca/rules/ca-list.ts';
import { isPersistent } from '../../issuance/dns/rules/persist-record.ts';
import { findState } from '../../issuance/renewal/read-state.ts';
import { answerOf } from './answer-of.ts';
import type { DoctorDeps } from './deps.ts';
import { dnsReader } from './read-dns.ts';
import { hostReader } from './read-hosts.ts';
import { checkFile } from './rules/check-file.ts';
import { examine } from './rules/examine.ts';
import type { AccountFacts, CertificateFacts } from './rules/facts.ts';
import { countByStatus, type Diagnosis, type Finding, failing, type Result } from './rules/finding.ts';

export type { DoctorDeps };

const CERTIFICATES_AT_ONCE = 8;
const EXAMPLE = '{ "names": ["example.com"] } (the names of renewal files), or "*" or nothing for all';

const Request = z.strictObject({
  names: z._default(
    z.union([z.literal('*'), z.array(LineageName).check(z.minLength(1, `names nobody; give ${EXAMPLE}`))], {
      error: `must be as in ${EXAMPLE}`,
    }),
    '*',
  ),
});

/** Looks at every precondition of the certificates that the event names, or of all, and changes nothing. */
export async function diagnose(deps: DoctorDeps, event: unknown, now: Date): Promise<Diagnosis> {
  const names = await namesFor(deps, parseDoctorRequest(event));
  const looks = readersOf(deps);
  const findings = await pMap(names, (name) => diagnoseFile(deps, name, { looks, now }), {
    concurrency: CERTIFICATES_AT_ONCE,
  });
  const all = findings.flat();
  return { at: now.toISOString(), certificates: names.length, counts: countByStatus(all), findings: all };
}

/** What several certificates share is looked at once. */
function readersOf(deps: DoctorDeps) {
  return {
    dnsOf: once((role: string | undefined) => dnsReader(deps.zonesOf(role), deps.resolver)),
    groupsOf: hostReader(deps),
    accountAt: once((directoryUrl: string) => readAccount(deps, directoryUrl)),
  };
}

interface Run {
  looks: ReturnType<typeof readersOf>;
  now: Date;
}

async function namesFor({ store }: DoctorDeps, names: 'all' | string[]): Promise<KeyName[]> {
  if (names !== 'all') return names.map((name) => ({ name }));
  return (await store.list(RENEWAL_PREFIX)).map(({ key }) => nameIn(key, RENEWAL_PREFIX));
}

async function diagnoseFile(deps: DoctorDeps, found: KeyName, run: Run): Promise<Finding[]> {
  const [certificate, file] =
    'name' in found ? [found.name, renewalKey(found.name)] : [found.rejected, found.key];
  try {
    if ('rejected' in found) throw found.error;
    const results = await diagnoseCertificate(deps, found.name, run);
    return results.map((result) => ({ certificate, ...result }));
  } catch (error) {
    const seen = describeError(error).message;
    return [{ certificate, ...failing('file', seen, `mend ${file} and upload it again`) }];
  }
}

async function diagnoseCertificate(deps: DoctorDeps, name: string, run: Run): Promise<Result[]> {
  const { store, stack } = deps;
  const stored = await store.get(renewalKey(name));
  if (!stored)
    return [
      failing(
        'file',
        `renewal/${name}.json does not exist`,
        'put it into the bucket (README, "Add a certificate")',
      ),
    ];
  const { results, wanted } = checkFile(stored.body, name, stack);
  return wanted ? [...results, ...examine(await gather(deps, wanted, run))] : results;
}

async function gather(
  { store, stack }: DoctorDeps,
  wanted: Wanted,
  { looks, now }: Run,
): Promise<CertificateFacts> {
  const dns = looks.dnsOf(wanted.zoneRole);
  const identifiers = [...new Set(wanted.names.map(identifierOf))];
  const live = await answerOf(readLive(store, wanted.name));
  return {
    wanted,
    stack,
    identifiers: await Promise.all(identifiers.map((identifier) => dns.identifier(identifier))),
    caa: await Promise.all(
      wanted.names.map(async (name) => ({ name, set: await answerOf(dns.relevantSet(identifierOf(name))) })),
    ),
    account: await looks.accountAt(casOf(wanted, stack)[0] ?? stack.defaultCa),
    ...(isPersistent(wanted) && {
      standing: {
        places: await Promise.all(identifiers.map((identifier) => dns.standing(identifier))),
        state: await answerOf(findState(store, wanted.name).then(({ state }) => state)),
      },
    }),
    live: 'found' in live ? { found: live.found?.pointer } : live,
    groups: await looks.groupsOf(wanted.hosts),
    now,
  };
}

async function readAccount(deps: DoctorDeps, directoryUrl: string): Promise<AccountFacts> {
  const { accountPrefix, agreeToTerms, caaIdentity } = deps.stack;
  const parameter = accountParameter(directoryUrl, accountPrefix);
  const [directory, kept] = await Promise.all([
    answerOf(deps.readDirectory(directoryUrl)),
    answerOf(deps.describeAccount(directoryUrl)),
  ]);
  return {
    directoryUrl,
    directory:
      'found' in directory
        ? { found: { ...directory.found, caaIdentity: directory.found.caaIdentity ?? caaIdentity } }
        : directory,
    parameter,
    kept,
    agreeToTerms,
  };
}

export function parseDoctorRequest(event: unknown): 'all' | string[] {
  const { names } = parseRequest(event, Request, EXAMPLE);
  return names === '*' ? 'all' : [...new Set(names)];
}
