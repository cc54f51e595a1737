import { createHash } from 'node:crypto';
import { queryOf, s3Location } from '../../local/gateway/action.ts';
import type { AwsRequest, AwsResponse, Forward, LocalService } from '../../local/gateway/request.ts';

const PAGE = 1000;

/** S3 for thousands of objects that functions only read: those directly below these prefixes from memory, everything else as before. */
export class ManyObjects implements LocalService {
  readonly #objects = new Map<string, { body: string; etag: string }>();
  readonly #others: LocalService;
  readonly #prefixes: readonly string[];

  /** Lists of `prefixes` are of the objects here alone. */
  constructor(others: LocalService, prefixes: readonly string[]) {
    this.#others = others;
    this.#prefixes = prefixes;
  }

  put(key: string, body: string): void {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    this.#objects.set(key, { body, etag });
  }

  async handle(request: AwsRequest, forward: Forward): Promise<AwsResponse> {
    const { key } = s3Location(request);
    const query = queryOf(request);
    const prefix = query.get('prefix') ?? '';
    if (request.method === 'GET' && key === '' && this.#prefixes.includes(prefix))
      return xml(this.#page(prefix, Number(query.get('continuation-token') ?? 0)));
    const object = request.method === 'GET' ? this.#objects.get(key) : undefined;
    if (object) return { status: 200, headers: { ...NOW(), etag: object.etag }, body: object.body };
    return this.#others.handle(request, forward);
  }

  #page(prefix: string, from: number): string {
    const all = [...this.#objects].filter(([key]) => key.startsWith(prefix));
    const isCut = from + PAGE < all.length;
    const entries = all
      .slice(from, from + PAGE)
      .map(
        ([key, { etag, body }]) =>
          `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>${etag}</ETag><Size>${body.length}</Size></Contents>`,
      );
    const next = isCut ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
    return `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
  }
}

const NOW = () => ({ date: new Date().toUTCString(), 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' });

function xml(body: string): AwsResponse {
  return { status: 200, headers: { ...NOW(), 'content-type': 'application/xml' }, body };
}
