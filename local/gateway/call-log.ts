import { createHash } from 'node:crypto';
import type { Authorization } from '../iam/authorization.ts';
import type { ActionName } from './action.ts';
import type { AwsRequest } from './request.ts';

/** One AWS API call that went through the gateway. */
export interface Call extends ActionName {
  at: Date;
  durationMs: number;
  /** the role that signed it, or the access key where no role is known for it */
  principal: string;
  service: string;
  region: string;
  method: string;
  path: string;
  /** headers that make a write conditional, such as if-match and if-none-match */
  conditions: Record<string, string>;
  /** 0 when the connection was dropped on purpose */
  status: number;
  /** what IAM would be asked; `undefined` where that is not known for such a call */
  authorizations: Authorization[] | undefined;
}

type Outcome = Pick<Call, 'at' | 'status' | 'authorizations'>;

export interface CallFilter {
  service?: string;
  action?: string;
  region?: string;
  principal?: string | RegExp;
  since?: Date;
}

const CONDITIONS = [
  'if-match',
  'if-none-match',
  'x-amz-copy-source-if-match',
  'x-amz-copy-source-if-none-match',
];

/** Every call since the start, in the order in which they were answered. */
export class CallLog {
  readonly calls: Call[] = [];
  /** What of requests is not as AWS's API models have it, with who sent it; also of calls that are cleared. */
  readonly nonconforming: string[] = [];
  readonly #principals = new Map<string, string>();

  /** An access key, always the same one, with which calls are logged as made by `principal`, such as a role's ARN. */
  accessKeyFor(principal: string): string {
    const hash = createHash('sha256').update(principal).digest('hex');
    const accessKeyId = `ASIA${hash.slice(0, 16).toUpperCase()}`;
    this.registerPrincipal(accessKeyId, principal);
    return accessKeyId;
  }

  /** From now on calls signed with this access key are logged as made by `principal`. */
  registerPrincipal(accessKeyId: string, principal: string): void {
    this.#principals.set(accessKeyId, principal);
  }

  principalOf(accessKeyId: string): string {
    return this.#principals.get(accessKeyId) ?? accessKeyId;
  }

  add(request: AwsRequest, name: ActionName, outcome: Outcome): void {
    this.calls.push({
      ...name,
      ...outcome,
      durationMs: Date.now() - outcome.at.getTime(),
      principal: this.principalOf(request.accessKeyId),
      service: request.service,
      region: request.region,
      method: request.method,
      path: request.path,
      conditions: conditionsOf(request.headers),
    });
  }

  matching({ service, action, region, principal, since }: CallFilter): Call[] {
    return this.calls.filter(
      (call) =>
        (service === undefined || call.service === service) &&
        (action === undefined || call.action === action) &&
        (region === undefined || call.region === region) &&
        (principal === undefined || matchesName(principal, call.principal)) &&
        (since === undefined || call.at >= since),
    );
  }

  count(filter: CallFilter): number {
    return this.matching(filter).length;
  }

  clear(): void {
    this.calls.length = 0;
  }
}

function matchesName(pattern: string | RegExp, name: string): boolean {
  return typeof pattern === 'string' ? name === pattern || name.endsWith(`/${pattern}`) : pattern.test(name);
}

function conditionsOf(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => CONDITIONS.includes(name)));
}
