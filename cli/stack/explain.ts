import { errorText, isAccessDenied } from '../../lib/adapters/aws/error-name.ts';
import { StackError } from './stack-error.ts';

/** What an AWS call's error means to the person at the terminal, in one line; `permission` as IAM calls it. */
export function explain(
  cause: unknown,
  { attempt, permission, region }: { attempt: string; permission: string; region: string },
): StackError {
  if (isAccessDenied(cause))
    return new StackError('access-denied', {
      seen: `could not ${attempt}: these AWS credentials may not`,
      remedy: `allow them ${permission} (${errorText(cause)})`,
      cause,
    });
  return new StackError('not-reached', {
    seen: `could not ${attempt} in ${region}: ${wordsOf(cause)}`,
    remedy: 'see that AWS credentials, AWS_REGION and AWS_ENDPOINT_URL are those of the stack',
    cause,
  });
}

/** A refused connection is an AggregateError without words. */
function wordsOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const words = errorText(cause);
  return code === '' || words.includes(code) ? words : `${words} ${code}`;
}
