import type { Reason } from '../reasons/reasons.ts';
import { PerennialError } from './perennial-error.ts';

/** A person's input cannot be used. */
export class InputError<Of extends string = Reason> extends PerennialError<Of> {
  override readonly name = 'InputError';
}
