import type { StackCas } from '../core/ca-list.ts';
import { STATUS_PAGE_KEY } from '../core/object-keys.ts';
import type { StackLimits } from '../core/renewal-file.ts';
import type { CertificateStatus } from '../core/status/certificate-status.ts';
import { isWell } from '../core/status/judge-health.ts';
import { parseRequest } from '../core/status/parse-request.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { statusPage } from '../status-page/page.ts';
import { IndexedReads } from './indexed-reads.ts';
import { readStatus } from './read-status.ts';

/** Of each of four kinds of object: together as many connections as an S3 client keeps. */
const READS_AT_ONCE = 12;

export interface StatusDeps {
  store: Pick<ObjectStore, 'list' | 'get' | 'put'>;
  stack: StackLimits & StackCas & { bucket: string };
}

export interface StatusAnswer {
  at: string;
  counts: { all: number; unwell: number };
  /** The soonest trouble first; left out where the page was written, which shows them. */
  certificates?: CertificateStatus[];
  /** Where the page is, in the bucket. */
  page?: string;
}

/** How every certificate is; with `{ "page": true }` drawn as a page in the bucket, instead of in the answer. */
export async function showStatus(
  { store, stack }: StatusDeps,
  event: unknown,
  now: Date,
): Promise<StatusAnswer> {
  const request = parseRequest(event);
  const reads = await IndexedReads.open(store);
  const certificates = await readStatus(reads, { now, readsAtOnce: READS_AT_ONCE, stack });
  const unwell = certificates.filter((certificate) => !isWell(certificate)).length;
  const answer = { at: now.toISOString(), counts: { all: certificates.length, unwell } };
  if (!request.page) return { ...answer, certificates };
  await store.put(STATUS_PAGE_KEY, statusPage({ title: stack.bucket, at: now, certificates }));
  return { ...answer, page: STATUS_PAGE_KEY };
}
