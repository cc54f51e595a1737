import { PerennialError } from './perennial-error.ts';

/** What a person gave us cannot be used: what, where, what to do. */
export class InputError extends PerennialError {
  override readonly name = 'InputError';
}
