import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import pMap from 'p-map';
import { errorName } from '../../lib/adapters/aws/error-name.ts';
import { compareTexts } from '../../lib/foundation/common/compare-texts.ts';
import { explain } from '../stack/explain.ts';
import type { DeployedStack } from '../stack/find-stack.ts';

/** A line of a function's log, as CloudWatch Logs has it. */
export interface LogEvent {
  id: string;
  at: Date;
  /** The function, without the stack's name. */
  function: string;
  line: string;
}

const GROUPS_AT_ONCE = 4;

/** The logs of a stack's functions, as the person at the terminal may read them. Errors are StackError. */
export class StackLogs {
  readonly #client: CloudWatchLogsClient;
  readonly #stack: DeployedStack;

  constructor(stack: DeployedStack) {
    this.#stack = stack;
    this.#client = new CloudWatchLogsClient({ region: stack.region, maxAttempts: 5 });
  }

  /** The functions that have logs, by log group. */
  async groups(): Promise<Map<string, string>> {
    const prefix = `/aws/lambda/${this.#stack.name}-`;
    const found = new Map<string, string>();
    await this.#ask('look for the log groups of the stack', 'logs:DescribeLogGroups', async () => {
      const pages = paginateDescribeLogGroups({ client: this.#client }, { logGroupNamePrefix: prefix });
      for await (const { logGroups = [] } of pages)
        for (const { logGroupName = '' } of logGroups) {
          const name = logGroupName.slice(prefix.length);
          // "perennial-prod-eu" begins like "perennial-prod"; no function has a hyphen in its name.
          if (/^[a-z]+$/.test(name)) found.set(logGroupName, name);
        }
    });
    return found;
  }

  /** The lines since an instant that hold a text, the oldest first. */
  async since(groups: ReadonlyMap<string, string>, from: Date, text: string): Promise<LogEvent[]> {
    const read = ([group, name]: [string, string]) => this.#read(group, name, { from, text });
    const events = (await pMap(groups, read, { concurrency: GROUPS_AT_ONCE })).flat();
    return events.sort((a, b) => a.at.getTime() - b.at.getTime() || compareTexts(a.id, b.id));
  }

  close(): void {
    this.#client.destroy();
  }

  async #read(logGroupName: string, name: string, { from, text }: { from: Date; text: string }) {
    const events: LogEvent[] = [];
    const input = { logGroupName, startTime: from.getTime(), filterPattern: `"${text}"` };
    await this.#ask(`read ${logGroupName}`, 'logs:FilterLogEvents', async () => {
      let nextToken: string | undefined;
      do {
        const page = await this.#client.send(
          new FilterLogEventsCommand({ ...input, ...(nextToken !== undefined && { nextToken }) }),
        );
        for (const { eventId: id = '', timestamp = 0, message: line = '' } of page.events ?? [])
          events.push({ id, at: new Date(timestamp), function: name, line: line.trim() });
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    });
    return events;
  }

  /** A group that is removed meanwhile has nothing to say. */
  async #ask(attempt: string, permission: string, ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
    } catch (cause) {
      if (errorName(cause) === 'ResourceNotFoundException') return;
      throw explain(cause, { attempt, permission, region: this.#stack.region });
    }
  }
}
