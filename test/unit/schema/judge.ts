import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';

export const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

export const schema = JSON.parse(read('tools/schema/renewal-file.json'));
export const isValid = new Ajv2020().compile(schema);

/** How the parser takes a file: what only the stack knows, and rules over two keys, are none of the schema's. */
export function parsed(
  file: unknown,
): 'taken' | 'refused by a rule of the stack, or of two keys' | 'refused' {
  const stack = stackOf({ hostGroups: [hostGroup('web')], zoneRoles: [zoneRole('dns')] });
  try {
    parseRenewalFile(JSON.stringify(file), 'example.com', stack);
    return 'taken';
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.reason === 'renewal-file-invalid'
      ? 'refused'
      : 'refused by a rule of the stack, or of two keys';
  }
}
