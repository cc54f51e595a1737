import pMap from 'p-map';
import { accountParameter } from '../core/account-parameter.ts';
import { casOf } from '../core/ca-list.ts';
import { checkFile } from '../core/doctor/check-file.ts';
import { examine } from '../core/doctor/examine.ts';
import type { AccountFacts, CertificateFacts } from '../core/doctor/facts.ts';
import { countByStatus, type Diagnosis, type Finding, failing, type Result } from '../core/doctor/finding.ts';
import { parseRequest } from '../core/doctor/parse-request.ts';
import { identifierOf } from '../core/domain-name.ts';
import { nameOfKey, RENEWAL_PREFIX, renewalKey } from '../core/object-keys.ts';
import { isPersistent } from '../core/persist-record.ts';
import type { Wanted } from '../core/renewal-file.ts';
import { answerOf } from './doctor/answer-of.ts';
import type { DoctorDeps } from './doctor/deps.ts';
import { DnsLooks } from './doctor/look-at-dns.ts';
import { HostLooks } from './doctor/look-at-hosts.ts';
import { oneLineOf } from './failure.ts';
import { once } from './once.ts';
import { findState, readLive } from './read-objects.ts';

export type { DoctorDeps };

const CERTIFICATES_AT_ONCE = 8;

/** Looks at every precondition of the certificates that the event names, or of all, and changes nothing. */
export async function diagnose(deps: DoctorDeps, event: unknown, now: Date): Promise<Diagnosis> {
  const files = await filesFor(deps, parseRequest(event));
  const looks = looksOf(deps);
  const findings = await pMap(files, (file) => diagnoseFile(deps, file, { looks, now }), {
    concurrency: CERTIFICATES_AT_ONCE,
  });
  const all = findings.flat();
  return { at: now.toISOString(), certificates: files.length, counts: countByStatus(all), findings: all };
}

/** What several certificates share is looked at once. */
function looksOf(deps: DoctorDeps) {
  return {
    dnsOf: dnsLooksOf(deps),
    hosts: new HostLooks(deps),
    accountAt: once((directoryUrl) => lookAtAccount(deps, directoryUrl)),
  };
}

/** The looks through each zone role, made when a file first asks for them. */
function dnsLooksOf({ zonesOf, resolver }: DoctorDeps): (role: string | undefined) => DnsLooks {
  const made = new Map<string | undefined, DnsLooks>();
  return (role) => {
    const dns = made.get(role) ?? new DnsLooks(zonesOf(role), resolver);
    made.set(role, dns);
    return dns;
  };
}

interface Run {
  looks: ReturnType<typeof looksOf>;
  now: Date;
}

async function filesFor({ store }: DoctorDeps, names: 'all' | string[]): Promise<string[]> {
  if (names !== 'all') return names.map(renewalKey);
  return (await store.list(RENEWAL_PREFIX)).map(({ key }) => key);
}

async function diagnoseFile(deps: DoctorDeps, file: string, run: Run): Promise<Finding[]> {
  let certificate = file.slice(RENEWAL_PREFIX.length).replace(/\.json$/, '');
  try {
    certificate = nameOfKey(file, RENEWAL_PREFIX);
    const results = await diagnoseCertificate(deps, certificate, run);
    return results.map((result) => ({ certificate, ...result }));
  } catch (error) {
    const seen = oneLineOf(error).message;
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
  const limits = { ...stack, hostGroups: stack.hostGroups.map((group) => group.name) };
  const { results, wanted } = checkFile(stored.body, name, limits);
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
    groups: await looks.hosts.groups(wanted.hosts),
    now,
  };
}

async function lookAtAccount(deps: DoctorDeps, directoryUrl: string): Promise<AccountFacts> {
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
