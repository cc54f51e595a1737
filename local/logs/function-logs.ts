import { randomUUID } from 'node:crypto';

/** A line as CloudWatch Logs has it. */
export interface LogEvent {
  eventId: string;
  logStreamName: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  ingestionTime: number;
  message: string;
}

/** Of one group; what is older goes, as by the retention of a group. */
const MOST_LINES = 50_000;

/** What deployed functions printed, by log group. */
export class FunctionLogs {
  readonly #groups = new Map<string, LogEvent[]>();
  #count = 0;

  /** Lambda puts a function's lines into the group of its name. */
  add(functionName: string, line: string): void {
    const group = `/aws/lambda/${functionName}`;
    const events = this.#groups.get(group) ?? [];
    this.#groups.set(group, events);
    const timestamp = Date.now();
    this.#count += 1;
    events.push({
      // They sort in the order in which they came.
      eventId: `${String(timestamp).padStart(15, '0')}${String(this.#count).padStart(12, '0')}${randomUUID().slice(0, 8)}`,
      logStreamName: `${new Date(timestamp).toISOString().slice(0, 10).replaceAll('-', '/')}/[$LATEST]local`,
      timestamp,
      ingestionTime: timestamp,
      message: `${line}\n`,
    });
    if (events.length > MOST_LINES) events.splice(0, events.length - MOST_LINES);
  }

  of(group: string): readonly LogEvent[] {
    return this.#groups.get(group) ?? [];
  }
}
