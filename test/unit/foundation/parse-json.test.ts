import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { InputError } from '../../../lib/foundation/common/input-error.ts';
import { parseJson } from '../../../lib/foundation/common/parse-json.ts';
import { ownRemedy, type Reason } from '../../../lib/foundation/reasons/reasons.ts';

it.each<[Reason, string]>([
  ['renewal-file-invalid', ''],
  ['settings-invalid', ''],
  ['account-malformed', ownRemedy('account-malformed')],
])('%s has the remedy "%s" beside its complaint', (reason, remedy) => {
  const parse = () => parseJson('{"kid": 1}', z.strictObject({}), { where: 'a.json', reason });
  expect(parse).toThrow(expect.objectContaining({ reason, remedy } satisfies Partial<InputError>));
});
