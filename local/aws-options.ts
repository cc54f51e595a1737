import type { FindModel } from './api-models/load-models.ts';
import type { HostTags } from './iam/ssm-authorizations.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import type { CpuControl } from './lambda/share/cpu-control.ts';

export interface AwsOptions {
  motoUrl: string;
  /** for unpacked code; not below a node_modules folder */
  codeDir: string;
  /** the tags of a host, which policies ask for */
  hostTags?: HostTags;
  /** AWS's API models, against which each request is held */
  apiModels?: FindModel;
  /** what functions get in their environment beside the endpoint */
  functionVariables?: Record<string, string>;
  /** with which functions can be given Lambda's share of a core */
  cpu?: CpuControl | undefined;
  /** see Poller: shortens the wait after a failed batch, and that for a message sent with a delay */
  queueRetryAfterMs?: number | undefined;
  /** see AsyncInvocations: shortens the waits between its attempts */
  asyncRetryDelaysMs?: number[] | undefined;
  /** each line that a function prints; lines of the local cloud itself come from `local cloud` */
  onLine: (source: string, line: string) => void;
  onResult?: ((functionName: string, result: InvocationResult) => void) | undefined;
}
