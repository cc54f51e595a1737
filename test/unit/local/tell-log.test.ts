import { expect, it } from 'vitest';
import { tellLog } from '../../../local/tell-log.ts';

const certificate = { name: 'example.com', action: 'renew', reason: 'forced' };

it.each([
  ['certificate decided', 'example.com renew (forced)'],
  ['certificate planned', 'plan: example.com renew (forced)'],
])('tells what is %s', (message, told) => {
  expect(tellLog(JSON.stringify({ level: 'INFO', message, certificate }))).toBe(told);
});
