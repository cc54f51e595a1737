import type { DeployedFunction } from './deployed-function.ts';

/**
 * The environment variables of a function: what Lambda sets, then what was deployed, then what only
 * this machine needs (`local`: the endpoint, the certificate of the local CA's server).
 * Source: AWS, "Defined runtime environment variables".
 */
export function functionVariables(
  deployed: DeployedFunction,
  place: { taskRoot: string; accessKeyId: string; local: Record<string, string> },
): Record<string, string> {
  const region = deployed.arn.split(':')[3] ?? 'us-east-1';
  const now = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    // Lambda's user has it by passwd(5); this machine's may be nobody there, and what is in his folder is none of a function's.
    HOME: '/home/sbx_user1051',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${deployed.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployed.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `${now}/[$LATEST]local`,
    LAMBDA_TASK_ROOT: place.taskRoot,
    _HANDLER: deployed.handler,
    ...deployed.environment,
    AWS_ACCESS_KEY_ID: place.accessKeyId,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    ...place.local,
  };
}
