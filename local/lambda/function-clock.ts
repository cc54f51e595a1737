/** The clock that functions see: shifted by `offsetMs`, and `speed` times as fast as the machine's. */
export interface FunctionClock {
  offsetMs: number;
  speed: number;
}

export const TRUE_CLOCK: FunctionClock = { offsetMs: 0, speed: 1 };
