import { describeError } from '../foundation/common/describe-error.ts';
import { ZoneError } from '../issuance/dns/zones.ts';
import type { AssessContext } from './context.ts';

/** The zones of a role, or why they are not seen from here: `renew` finds out then what is wrong with them. */
export async function zonesSeen(zonesIn: AssessContext['zonesIn'], role: string | undefined) {
  try {
    return { zones: await zonesIn(role) };
  } catch (error) {
    if (!isUnseen(error)) throw error;
    return { unseen: describeError(error).message };
  }
}

export const isUnseen = (error: unknown) => error instanceof ZoneError && error.reason === 'zone-role-unseen';
