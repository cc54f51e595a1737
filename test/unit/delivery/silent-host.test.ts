import { expect, it } from 'vitest';
import { explainSilence } from '../../../lib/delivery/deployment/rules/host-report.ts';

it.each([
  ['Terminated', 'ssm-terminated', 'another host of the group failed'],
  ['Cancelled', 'ssm-cancelled', 'somebody cancelled'],
  ['DeliveryTimedOut', 'ssm-delivery-timed-out', 'did not take the command'],
  ['Delivery Timed Out', 'ssm-delivery-timed-out', 'did not take the command'],
  ['Undeliverable', 'ssm-undeliverable', 'did not take the command'],
  ['ExecutionTimedOut', 'ssm-execution-timed-out', 'did not end in time'],
  ['Failed', 'ssm-failed', 'ended without a report (Failed)'],
])('a host without a report: %s', (details, reason, why) => {
  expect(explainSilence('i-1', details)).toEqual({ reason, message: expect.stringContaining(why) });
});
