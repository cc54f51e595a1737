import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Diagnosis } from '../../lib/core/doctor/finding.ts';

/** The function could not be asked, or failed; the message is one line with what to do. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Asks the function `doctor` of the stage's stack, found by its name. Throws {@link NoAnswerError}. */
export async function invokeDoctor({
  stage,
  names,
}: {
  stage: string;
  names: '*' | string[];
}): Promise<Diagnosis> {
  const region = process.env.AWS_REGION ?? 'us-east-1';
  const name = `perennial-${stage}-doctor`;
  // A fleet of hundreds takes the function minutes; asking again would start it again.
  const lambda = new LambdaClient({ region, maxAttempts: 1, requestHandler: { requestTimeout: 310_000 } });
  try {
    const answer = await lambda.send(
      new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ names }) }),
    );
    const text = answer.Payload?.transformToString() ?? '';
    if (answer.FunctionError) throw new NoAnswerError(`${name} failed: ${messageOf(text)}`);
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof NoAnswerError) throw cause;
    throw new NoAnswerError(explain(cause, { name, region, stage }), { cause });
  } finally {
    lambda.destroy();
  }
}

function explain(
  cause: unknown,
  { name, region, stage }: { name: string; region: string; stage: string },
): string {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  if (error.name === 'ResourceNotFoundException')
    return `there is no function ${name} in ${region}; deploy the stage with "npx serverless deploy --stage ${stage}", or name another with --stage`;
  const words = (error.message || ('code' in error ? String(error.code) : error.name)).replace(/\s+/g, ' ');
  return `could not ask ${name} in ${region}: ${error.name} (${words}); see that AWS credentials, AWS_REGION and AWS_ENDPOINT_URL are those of the stack`;
}

/** Lambda tells an error as JSON with its message and stack. */
function messageOf(text: string): string {
  try {
    return String(JSON.parse(text).errorMessage ?? text);
  } catch {
    return text;
  }
}
