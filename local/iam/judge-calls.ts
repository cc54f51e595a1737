import type { Call } from '../gateway/call-log.ts';
import { ACCOUNT, type Authorization } from './authorization.ts';
import { isAllowed, type Policy } from './policy.ts';

/** What was asked of IAM and allowed, and the first that was not, in words. */
export interface Judgement {
  allowed: { principal: string; asked: Authorization }[];
  refusal: string | undefined;
}

/**
 * A host is logged by its id; the role that it has is one that the stack does not know. A role of another account asks for what
 * is in that account, and is judged as if both were in this one.
 */
const arnOf = (principal: string) =>
  principal.includes(`:${ACCOUNT}:role/`)
    ? principal
    : `arn:aws:iam::${ACCOUNT}:role/${principal.split('/').at(-1)}`;

/** Holds logged calls against the policies of who made them, and the bucket's own, up to the first that is denied, or of which nothing is known. */
export async function judgeCalls(
  calls: readonly Call[],
  policiesOf: (principal: string) => Promise<readonly Policy[]>,
  bucketPolicy?: unknown,
): Promise<Judgement> {
  const allowed = new Map<string, Judgement['allowed'][number]>();
  const end = (refusal?: string): Judgement => ({ allowed: [...allowed.values()], refusal });
  for (const { principal, service, action, path, status, authorizations } of calls) {
    const call = `${principal}: ${service} ${action} ${path} (answered with ${status})`;
    if (!authorizations) return end(`${call} is not mapped to what IAM is asked`);
    for (const asked of authorizations) {
      const key = JSON.stringify([principal, asked]);
      if (allowed.has(key)) continue;
      const asker = { principal: arnOf(principal), bucketPolicy };
      if (!(await isAllowed(await policiesOf(principal), asked, asker)))
        return end(`${call} is denied: ${JSON.stringify(asked)}`);
      allowed.set(key, { principal, asked });
    }
  }
  return end();
}
