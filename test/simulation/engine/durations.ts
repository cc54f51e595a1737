export { DAY, HOUR, MINUTE, SECOND } from '../../../lib/foundation/common/durations.ts';

import { DAY } from '../../../lib/foundation/common/durations.ts';

export const WEEK = 7 * DAY;
export const YEAR = 365.25 * DAY;
