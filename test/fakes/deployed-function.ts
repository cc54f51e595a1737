import type { DeployedFunction } from '../../local/lambda/deployed-function.ts';

/** A function of which the code is `it.mjs`, exporting `main`. */
export const deployedFunction = (memoryMb: number): DeployedFunction => ({
  name: 'busy',
  arn: 'arn:aws:lambda:us-east-1:123456789012:function:busy',
  role: 'arn:aws:iam::123456789012:role/busy',
  handler: 'it.main',
  runtime: 'nodejs24.x',
  timeoutMs: 60_000,
  memoryMb,
  environment: {},
  codeSha256: '',
  lastModified: '',
  reservedConcurrency: undefined,
});
