import { exited, type FunctionErrorReport, outOfMemory, timedOut, tooLarge } from './invocation.ts';

/** What the process tells over the IPC channel (see bootstrap.mjs), and how its life can end. */
export type Message =
  | { kind: 'ready' }
  | { kind: 'result'; payload: string }
  | { kind: 'error'; error: FunctionErrorReport }
  | { kind: 'crash'; error: FunctionErrorReport }
  | { kind: 'exit'; status: number | string }
  | { kind: 'timeout' }
  | { kind: 'memory' };

/** What Lambda reports where an invocation did not end with a result. */
export function errorOf(
  message: Message,
  requestId: string,
  timeoutMs: number,
): FunctionErrorReport | undefined {
  switch (message.kind) {
    case 'result':
      return tooLarge(message.payload);
    case 'error':
    case 'crash':
      return message.error;
    case 'exit':
      return message.status === 'SIGKILL' ? outOfMemory(requestId) : exited(requestId, message.status);
    case 'timeout':
      return timedOut(requestId, timeoutMs);
    case 'memory':
      return outOfMemory(requestId);
    case 'ready':
      throw new Error('a function told twice that it is ready');
  }
}
