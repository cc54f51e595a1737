import type { Reason } from '../reasons/reasons.ts';
import { PerennialError } from './perennial-error.ts';

/** What a person gave us cannot be used: what, where, what to do. */
export class InputError<Of extends string = Reason> extends PerennialError<Of> {
  override readonly name = 'InputError';
}
