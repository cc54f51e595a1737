/** Elapsed time, and how to wait for more of it. */
export interface Timer {
  /** Milliseconds since some instant, never set back. */
  elapsed(): number;
  /** Rejects when the signal fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
