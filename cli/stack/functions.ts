import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { errorName } from '../../lib/adapters/aws/error-name.ts';
import { readSettings, type Settings } from '../../lib/lambda/settings.ts';
import { explain } from './explain.ts';
import type { DeployedStack, FunctionName as Name } from './find-stack.ts';
import { StackError } from './stack-error.ts';

/** Longer than any of the functions may run. */
const LIMIT_MS = 310_000;

/** Invokes a function of the stack and waits for its answer. Throws {@link StackError}. */
export async function invoke<Answer>(stack: DeployedStack, name: Name, event: unknown): Promise<Answer> {
  const FunctionName = stack.functionName(name);
  const failure = { attempt: `ask ${FunctionName}`, permission: 'lambda:InvokeFunction' };
  return withLambda(stack, { FunctionName, ...failure }, async (lambda) => {
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
    const text = answer.Payload?.transformToString() ?? '';
    if (answer.FunctionError)
      throw new StackError('function-failed', `${FunctionName} failed: ${messageOf(text)}`);
    return JSON.parse(text);
  });
}

/**
 * Has `scan` look at these files, and waits for nothing. S3 tells of new files by itself, but not in the first minutes of a
 * bucket (S3 user guide, "Enabling Amazon EventBridge": about five); twice is as good as once. Whether it could be asked: who
 * may write the file may not be allowed to invoke the function, and the hourly check looks at it too.
 */
export async function startCheck(stack: DeployedStack, names: readonly string[]): Promise<boolean> {
  const FunctionName = stack.functionName('scan');
  const failure = { attempt: `start ${FunctionName}`, permission: 'lambda:InvokeFunction' };
  const Payload = JSON.stringify({ start: 'check', names });
  try {
    await withLambda(stack, { FunctionName, ...failure }, (lambda) =>
      lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload })),
    );
    return true;
  } catch (error) {
    if (error instanceof StackError) return false;
    throw error;
  }
}

/** What the stack was deployed with, from the environment of its function `scan`, or from its code where that has no room. Throws {@link StackError}. */
export async function settingsOf(stack: DeployedStack): Promise<Settings> {
  const FunctionName = stack.functionName('scan');
  const failure = {
    attempt: `read the settings of ${FunctionName}`,
    permission: 'lambda:GetFunctionConfiguration',
  };
  return withLambda(stack, { FunctionName, ...failure }, async (lambda) => {
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const variables = { ...Environment?.Variables, AWS_REGION: stack.region };
    const isInCode = Environment?.Variables?.SETTINGS_IN === 'code';
    return readSettings(variables, isInCode ? await invoke(stack, 'scan', { start: 'settings' }) : {});
  });
}

async function withLambda<Answer>(
  { name, stage, region }: DeployedStack,
  { FunctionName, attempt, permission }: { FunctionName: string; attempt: string; permission: string },
  ask: (lambda: LambdaClient) => Promise<Answer>,
): Promise<Answer> {
  // Asking again would start the function again.
  const lambda = new LambdaClient({ region, maxAttempts: 1, requestHandler: { requestTimeout: LIMIT_MS } });
  try {
    return await ask(lambda);
  } catch (cause) {
    if (cause instanceof StackError) throw cause;
    if (errorName(cause) === 'ResourceNotFoundException')
      throw new StackError('half-deployed', {
        seen: `the stack ${name} has no function ${FunctionName}`,
        remedy: `run "npx serverless deploy --stage ${stage}"`,
      });
    throw explain(cause, { attempt, permission, region });
  } finally {
    lambda.destroy();
  }
}

/** Lambda tells an error as JSON with its message and stack. */
function messageOf(text: string): string {
  try {
    return String(JSON.parse(text).errorMessage ?? text);
  } catch {
    return text;
  }
}
