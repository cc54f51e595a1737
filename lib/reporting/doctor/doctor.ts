import pMap from 'p-map';
import * as z from 'zod/mini';
import { LineageName } from '../../foundation/certificate/lineage.ts';
import {
  type KeyName,
  LIVE_PREFIX,
  namesIn,
  RENEWAL_PREFIX,
  renewalFilesIn,
  renewalKey,
} from '../../foundation/certificate/object-keys.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { parseRequest } from '../../foundation/common/parse-json.ts';
import { ownRemedy } from '../../foundation/reasons/reasons.ts';
import { judgeHealth } from '../../scan/rules/judge-health.ts';
import { readHealthFacts } from '../status/read-status.ts';
import { type DoctorDeps, factsGatherer } from './gather-facts.ts';
import { answerOf } from './read-dns.ts';
import { checkFile } from './rules/check-file.ts';
import { resultOf } from './rules/check-health.ts';
import { checkNotify } from './rules/check-notify.ts';
import { examine } from './rules/examine.ts';
import { type Diagnosis, type Finding, failing, inRoom, type Result, STACK } from './rules/finding.ts';

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

/** Checks every precondition of the certificates that the event names, or of all, and changes nothing. */
export async function diagnose(deps: DoctorDeps, event: unknown, now: Date): Promise<Diagnosis> {
  const asked = parseDoctorRequest(event);
  const names = await namesFor(deps, asked);
  const gather = factsGatherer(deps, now);
  const diagnoseCertificate = async (name: string): Promise<Result[]> => {
    const stored = await deps.store.get(renewalKey(name));
    if (!stored) {
      const remedy = 'put it into the bucket (docs/reference/renewal-file.md)';
      return [failing('file', `renewal/${name}.json does not exist`, remedy)];
    }
    const { results, wanted } = checkFile(stored.body, name, deps.stack);
    return wanted ? [...results, ...examine(await gather(wanted))] : results;
  };
  const perFile = await pMap(names, (name) => diagnoseFile(name, diagnoseCertificate), {
    concurrency: CERTIFICATES_AT_ONCE,
  });
  const others = asked === 'all' ? await healthWithoutFile(deps, names, now) : [];
  const findings = [...(await ofTheStack(deps)), ...perFile.flat(), ...others];
  const counts = { ok: 0, warning: 0, failing: 0 };
  for (const { status } of findings) counts[status] += 1;
  return inRoom({ at: now.toISOString(), certificates: names.length + others.length, counts, findings });
}

/** What is wrong whatever certificate is asked about. */
async function ofTheStack({ subscriptions: { wanted, topic, list } }: DoctorDeps): Promise<Finding[]> {
  const found = wanted.length > 0 ? await answerOf(list()) : { found: [] };
  return checkNotify({ wanted, topic, found }).map((result) => ({ certificate: STACK, ...result }));
}

/** What is wrong with certificates that have no renewal file: nothing of a renewal, but one may be revoked and served. */
async function healthWithoutFile(deps: DoctorDeps, files: readonly KeyName[], now: Date): Promise<Finding[]> {
  const wanted = new Set(files.flatMap((file) => ('name' in file ? file.name : [])));
  const live = namesIn(await deps.store.list(LIVE_PREFIX), LIVE_PREFIX);
  const only = new Set(live.filter((name) => !wanted.has(name)));
  if (only.size === 0) return [];
  const facts = await readHealthFacts(deps, { now, readsAtOnce: CERTIFICATES_AT_ONCE, only });
  return facts.flatMap((one): Finding[] => {
    const result = resultOf(judgeHealth(one));
    return result.status === 'ok' ? [] : [{ certificate: one.name, ...result }];
  });
}

async function namesFor({ store }: DoctorDeps, names: 'all' | string[]): Promise<KeyName[]> {
  if (names !== 'all') return names.map((name) => ({ name }));
  return renewalFilesIn(await store.list(RENEWAL_PREFIX, { deep: true }));
}

async function diagnoseFile(
  found: KeyName,
  diagnoseCertificate: (name: string) => Promise<Result[]>,
): Promise<Finding[]> {
  const [certificate, file] =
    'name' in found ? [found.name, renewalKey(found.name)] : [found.rejected, found.key];
  try {
    if ('rejected' in found) throw found.error;
    const results = await diagnoseCertificate(found.name);
    return results.map((result) => ({ certificate, ...result }));
  } catch (error) {
    const { reason, message: seen } = describeError(error);
    // Not every error is the file's: another object, or S3 itself, may be to blame.
    const remedy = ownRemedy(reason) || `look at ${file}`;
    return [{ certificate, ...failing('file', seen, remedy) }];
  }
}

export function parseDoctorRequest(event: unknown): 'all' | string[] {
  const { names } = parseRequest(event, Request, EXAMPLE);
  return names === '*' ? 'all' : [...new Set(names)];
}
