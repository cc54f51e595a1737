import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../../tools/check/run-tool.ts';

const RENEWAL = 'test/unit/issuance/contested.test.ts';
const RECORDS = 'test/unit/issuance/contested-records.test.ts';
const DELIVERY = 'test/unit/delivery/contested.test.ts';
const ACCOUNT = 'test/integration/account.test.ts';

/** Whoever writes or removes an object as it was read, and the test in which another worker comes between. */
const WRITERS: Record<string, string> = {
  'cli/commands/add.ts': 'test/unit/cli/add.test.ts',
  'cli/commands/edit.ts': 'test/unit/cli/edit.test.ts',
  'cli/commands/remove.ts': RECORDS,
  'cli/commands/restore.ts': RECORDS,
  'lib/adapters/acme/accounts.ts': ACCOUNT,
  'lib/adapters/acme/change-account.ts': ACCOUNT,
  'lib/delivery/acm/record-import.ts': DELIVERY,
  'lib/delivery/deployment/forget-hosts.ts': DELIVERY,
  'lib/delivery/deployment/group-lists.ts': DELIVERY,
  'lib/delivery/deployment/record-invocation.ts': DELIVERY,
  'lib/foundation/bucket/keep-format.ts': 'test/unit/foundation/keep-format.test.ts',
  'lib/foundation/bucket/update-object.ts': RENEWAL,
  'lib/issuance/renewal/claim-certificate.ts': RENEWAL,
  'lib/issuance/renewal/claim.ts': RENEWAL,
  'lib/issuance/renewal/commit.ts': RENEWAL,
  'lib/issuance/renewal/learned-limits.ts': RENEWAL,
  'lib/issuance/renewal/order-lock.ts': RENEWAL,
  'lib/issuance/renewal/read-state.ts': RENEWAL,
  'lib/issuance/renewal/repair.ts': RECORDS,
  'lib/issuance/renewal/restore-version.ts': RECORDS,
  'lib/issuance/renewal/sound-pointer.ts': RECORDS,
  'lib/issuance/revocation/revoke.ts': RECORDS,
  'lib/reporting/notices/notify.ts': 'test/unit/reporting/notices/contested.test.ts',
  'lib/scan/end-pins.ts': RECORDS,
  'lib/scan/tidy.ts': RENEWAL,
};
/** A call that names an etag, or one that stands for it. */
const COMPARES = /updateObject\(|writePointer\(|\.(replace|remove)\([^;]*(\betag\b|\btaken\))/;

it('whoever compares and swaps has a test in which another worker comes between', () => {
  const files = globSync('{lib,cli,functions}/**/*.ts', { cwd: PROJECT }).filter((file) => {
    const text = readFileSync(join(PROJECT, file), 'utf8').replace(/^export .*$/gm, '');
    return !file.startsWith('lib/adapters/aws/') && COMPARES.test(text);
  });
  expect(files.sort()).toEqual(Object.keys(WRITERS).sort());
  for (const test of new Set(Object.values(WRITERS)))
    expect(readFileSync(join(PROJECT, test), 'utf8'), test).toContain('contested(');
});
