import * as z from 'zod/mini';
import type { Hosts } from '../../delivery/deployment/hosts.ts';
import { IndexedReads } from '../../foundation/bucket/indexed-reads.ts';
import type { ObjectStore, Reads } from '../../foundation/bucket/object-store.ts';
import {
  METRICS_KEY,
  STATUS_PAGE_KEY,
  STATUS_PARTS_PREFIX,
} from '../../foundation/certificate/object-keys.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { firstThatFit } from '../../foundation/common/first-that-fit.ts';
import { parseRequest } from '../../foundation/common/parse-json.ts';
import { isWell } from '../../scan/rules/health.ts';
import type { Subscriptions } from '../notices/mailbox.ts';
import { unheard } from '../notices/rules/unheard.ts';
import { type Page, statusPages } from './page/page.ts';
import { readStatus } from './read-status.ts';
import type { CertificateStatus } from './rules/certificate-status.ts';
import { writeMetrics } from './rules/write-metrics.ts';

/** For each of six kinds of object: together as many connections as an S3 client keeps. */
const READS_AT_ONCE = 12;
/** Of certificates in an answer: Lambda refuses one of over 6 MB (6,291,556 bytes; its documentation, "Lambda quotas"). */
const MOST_LISTED_BYTES = 5_000_000;
const Request = z.strictObject({ page: z._default(z.boolean(), false) });

export interface StatusDeps {
  store: Reads & Pick<ObjectStore, 'put' | 'remove'>;
  hosts: Pick<Hosts, 'inGroup'>;
  stack: Stack;
  subscriptions: Subscriptions;
  stage: string;
  /** The version that is deployed. */
  release?: string;
  region: string;
}

export interface StatusAnswer {
  at: string;
  counts: { all: number; unwell: number };
  /** The soonest trouble first; absent when the page was written, which shows them. */
  certificates?: CertificateStatus[];
  /** How many more there are than an answer may have. */
  left?: number;
  /** The key of the page. */
  page?: string;
}

/** The status of every certificate; with `{ "page": true }` in the bucket, instead of in the answer: as a page, and for Prometheus. */
export async function showStatus(deps: StatusDeps, event: unknown, now: Date): Promise<StatusAnswer> {
  const { store, stage, region, subscriptions, release } = deps;
  const request = parseStatusRequest(event);
  const certificates = await readAll(deps, now);
  const unwell = certificates.filter((certificate) => !isWell(certificate)).length;
  const answer = { at: now.toISOString(), counts: { all: certificates.length, unwell } };
  if (!request.page) {
    const shown = firstThatFit(certificates, MOST_LISTED_BYTES);
    const left = certificates.length - shown.length;
    return { ...answer, certificates: shown, ...(left > 0 && { left }) };
  }
  const title = `perennial-${stage} in ${region}`;
  const deaf = await whoIsDeaf(subscriptions);
  await writePages(store, { title, stage, at: now, certificates, deaf, ...(release && { release }) });
  await store.put(METRICS_KEY, writeMetrics(certificates, { stage, region, at: now }));
  return { ...answer, page: STATUS_PAGE_KEY };
}

/** What was read is forgotten with this function's end, before the page is made. */
async function readAll({ store, hosts, stack }: StatusDeps, now: Date): Promise<CertificateStatus[]> {
  const reads = { store: await IndexedReads.open(store), hosts, stack };
  return readStatus(reads, { now, readsAtOnce: READS_AT_ONCE });
}

/** Writes one part after the other, then removes those that are left over. */
async function writePages(store: StatusDeps['store'], page: Page): Promise<void> {
  const written = new Set<string>();
  for (const { file, text } of statusPages(page)) {
    const key = `status/${file}`;
    await store.put(key, text);
    written.add(key);
  }
  const parts = await store.list(STATUS_PARTS_PREFIX);
  for (const { key } of parts) if (!written.has(key)) await store.remove(key);
}

/** Who is to be told of trouble and hears nothing, or why that is not known, each in one sentence. */
async function whoIsDeaf({ wanted, topic, list }: Subscriptions): Promise<string[]> {
  if (wanted.length === 0) return [];
  try {
    const deaf = unheard(wanted, { found: await list(), topic });
    return deaf.map(({ seen, remedy }) => `${seen}: ${remedy}`);
  } catch (error) {
    return [describeError(error).message];
  }
}

export function parseStatusRequest(event: unknown): { page: boolean } {
  return parseRequest(event, Request, '{ "page": true } for the page too, or nothing');
}
