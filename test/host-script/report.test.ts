import { afterEach, beforeEach, expect, test } from 'vitest';
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
