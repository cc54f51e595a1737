import { queryOf, s3Location } from '../local/gateway/action.ts';
import type { AwsRequest, AwsResponse, Forward, LocalService } from '../local/gateway/request.ts';
import { s3Refusal } from './answers.ts';

const PAGE = 1000;

/** S3 for thousands of objects that are only read: these keys from memory, everything else as before. */
export class ManyObjects implements LocalService {
  readonly objects = new Map<string, string>();
  readonly #others: LocalService;
  readonly #listed: string;
  readonly #absent: RegExp;

  /** `listed` is the prefix whose lists are of these objects alone; keys that match `absent` and are not here do not exist. */
  constructor(others: LocalService, { listed, absent }: { listed: string; absent: RegExp }) {
    this.#others = others;
    this.#listed = listed;
    this.#absent = absent;
  }

  async handle(request: AwsRequest, forward: Forward): Promise<AwsResponse> {
    const { key } = s3Location(request);
    const query = queryOf(request);
    if (request.method === 'GET' && key === '' && query.get('prefix') === this.#listed)
      return xml(this.#page(Number(query.get('continuation-token') ?? 0)));
    const body = request.method === 'GET' ? this.objects.get(key) : undefined;
    if (body !== undefined) return { status: 200, headers: { ...NOW(), etag: '"many"' }, body };
    if (request.method === 'GET' && this.#absent.test(key)) return s3Refusal(404, 'NoSuchKey');
    return this.#others.handle(request, forward);
  }

  #page(from: number): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(this.#listed));
    const isCut = from + PAGE < keys.length;
    const entries = keys
      .slice(from, from + PAGE)
      .map(
        (key) =>
          `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>"many"</ETag><Size>1</Size></Contents>`,
      );
    const next = isCut ? `<NextContinuationToken>${from + PAGE}</NextContinuationToken>` : '';
    return `<ListBucketResult><IsTruncated>${isCut}</IsTruncated>${next}${entries.join('')}</ListBucketResult>`;
  }
}

const NOW = () => ({ date: new Date().toUTCString(), 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' });

function xml(body: string): AwsResponse {
  return { status: 200, headers: { ...NOW(), 'content-type': 'application/xml' }, body };
}
