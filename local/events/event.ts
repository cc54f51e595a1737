import { randomUUID } from 'node:crypto';

export const ACCOUNT_ID = '123456789012';

/** An event as rules see it and as targets get it. */
export interface BusEvent {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** seconds precision, as EventBridge has it */
  time: string;
  region: string;
  resources: string[];
  detail: unknown;
}

export interface EventContent {
  source: string;
  detailType: string;
  detail: unknown;
  resources?: string[] | undefined;
  time?: Date | undefined;
}

export function busEvent({ source, detailType, detail, resources = [], time }: EventContent): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': detailType,
    source,
    account: ACCOUNT_ID,
    time: `${(time ?? new Date()).toISOString().slice(0, 19)}Z`,
    region: 'us-east-1',
    resources,
    detail,
  };
}
