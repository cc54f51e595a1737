import type { CpuUsage } from './share/group-files.ts';

/** How one invocation of a function ended. */
export interface InvocationResult {
  requestId: string;
  /** JSON: what the handler returned, or the error as Lambda reports it */
  payload: string;
  functionError: 'Unhandled' | undefined;
  /** the function's lines and Lambda's START, END and REPORT lines */
  log: string;
  report: InvocationReport;
}

export interface InvocationReport {
  durationMs: number;
  /** from the start of the process until the handler was loaded; undefined when it was warm */
  initDurationMs: number | undefined;
  /** the process's peak resident set so far */
  maxMemoryMb: number;
  /** of this invocation, and of the start where it was cold; only where functions can be given their share of a core */
  cpu: CpuUsage | undefined;
}

/** Lambda's REPORT line. */
export function reportLine(requestId: string, memoryMb: number, report: InvocationReport): string {
  const init =
    report.initDurationMs === undefined ? '' : `\tInit Duration: ${report.initDurationMs.toFixed(2)} ms`;
  const { durationMs, maxMemoryMb } = report;
  return (
    `REPORT RequestId: ${requestId}\tDuration: ${durationMs.toFixed(2)} ms` +
    `\tBilled Duration: ${Math.ceil(durationMs + (report.initDurationMs ?? 0))} ms` +
    `\tMemory Size: ${memoryMb} MB\tMax Memory Used: ${maxMemoryMb} MB${init}`
  );
}

export interface FunctionErrorReport {
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export function timedOut(requestId: string, timeoutMs: number): FunctionErrorReport {
  const message = `Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage: `RequestId: ${requestId} ${message}` };
}

export function outOfMemory(requestId: string): FunctionErrorReport {
  const message = 'Error: Runtime exited with error: signal: killed';
  return { errorType: 'Runtime.OutOfMemory', errorMessage: `RequestId: ${requestId} ${message}` };
}

export function exited(requestId: string, status: number | string): FunctionErrorReport {
  const message = `Error: Runtime exited with error: exit status ${status}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} ${message}` };
}

/** Bytes of an answer, in UTF-8 (Lambda's developer guide, "Lambda quotas"). */
const MOST_ANSWERED = 6_291_556;

/** `undefined` for an answer that Lambda takes. */
export function tooLarge(payload: string): FunctionErrorReport | undefined {
  if (Buffer.byteLength(payload) <= MOST_ANSWERED) return undefined;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MOST_ANSWERED} bytes).`;
  return { errorType: 'Function.ResponseSizeTooLarge', errorMessage };
}
