import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseHostReport } from '../../lib/delivery/deployment/rules/host-report.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
});
afterEach(() => host?.stop());

test('a failure before the pointer was read is reported with its reason', async () => {
  const { stdout } = await host.install('a');
  expect(parseHostReport(stdout)?.results).toMatchObject([
    {
      name: 'a',
      outcome: 'failed',
      reason: 'pointer-missing',
      message: expect.stringContaining('NoSuchKey'),
    },
  ]);
});

describe('what is too long for Run Command', () => {
  /** As the AWS CLI says at length why nothing can be fetched. */
  const WHY = `Could not connect to the endpoint URL ${'x'.repeat(400)}`;
  const namesOf = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `${index}`.padStart(length, 'n'));
  const failed = { outcome: 'failed', reason: 'fetch-failed' };

  async function reported(names: string[]) {
    host.program('aws', `echo '${WHY}'; exit 1`);
    const { stdout, results } = await host.install(names.join(' '));
    expect(stdout.length).toBeLessThan(24_000);
    const read = parseHostReport(stdout)?.results ?? [];
    expect(read.map(({ name }) => name)).toEqual(names);
    return { read, results };
  }

  test('of one command is told with its messages cut short', async () => {
    const { read } = await reported(namesOf(60, 65));
    for (const result of read) {
      expect(result).toMatchObject({ ...failed, message: expect.stringContaining('Could not') });
      expect(result.message).toHaveLength(100);
    }
  });

  test('by the list is told in brief, with the reasons of failures', async () => {
    const { read, results } = await reported(namesOf(85, 120));
    for (const result of read) expect(result).toMatchObject(failed);
    expect(results[0]).not.toHaveProperty('message');
  });

  test('in a run that was refused has its reason', async () => {
    const { results, stdout } = await host.install(namesOf(250, 15).join(' '), { port: 'none' });
    expect(stdout.length).toBeLessThan(24_000);
    expect(results).toHaveLength(250);
  });
});
