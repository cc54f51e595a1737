import { afterAll, beforeAll, describe, test } from 'vitest';
import { hostFaults } from './host-faults/index.ts';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';

const ROWS = [35, 37];

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

describe('the script on a host with Nginx in a container', () => {
  for (const { row, fault, run } of hostFaults.filter((one) => ROWS.includes(one.row)))
    test(`row ${row}: ${fault}`, { timeout: 300_000 }, () => run(fixture));
});
