import { queryOf, s3Location } from '../gateway/action.ts';
import type { AwsRequest, AwsResponse } from '../gateway/request.ts';

/** Objects that S3 calls older than they are, until they are written again: what waits for S3's clock need not wait. */
export class AgedObjects {
  readonly #ages = new Map<string, number>();

  /** From now on the object with this key was last modified `ms` earlier than it was. */
  age(key: string, ms: number): void {
    this.#ages.set(key, ms);
  }

  /** The answer as S3 would give it had the objects that age. */
  apply(request: AwsRequest, answer: AwsResponse): AwsResponse {
    const { key } = s3Location(request);
    if (this.#ages.size === 0 || answer.status >= 300) return answer;
    if (request.method === 'GET' && key === '' && !queryOf(request).has('versions'))
      return { ...answer, body: this.#ageList(answer.body.toString()) };
    const ageMs = this.#ages.get(key);
    if (ageMs === undefined) return answer;
    if (request.method === 'GET' || request.method === 'HEAD') return agedHeader(answer, ageMs);
    this.#ages.delete(key);
    return answer;
  }

  #ageList(xml: string): string {
    return xml.replace(/<Contents>.*?<\/Contents>/gs, (entry) => {
      const ageMs = this.#ages.get(/<Key>(.*?)<\/Key>/s.exec(entry)?.[1] ?? '') ?? 0;
      return entry.replace(/(?<=<LastModified>)[^<]+/, (at) => earlier(at, ageMs).toISOString());
    });
  }
}

function agedHeader(answer: AwsResponse, ageMs: number): AwsResponse {
  const modified = answer.headers['last-modified'];
  if (modified === undefined) return answer;
  const headers = { ...answer.headers, 'last-modified': earlier(modified, ageMs).toUTCString() };
  return { ...answer, headers };
}

function earlier(instant: string, ms: number): Date {
  return new Date(Date.parse(instant) - ms);
}
