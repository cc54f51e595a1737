import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { actionOf } from '../gateway/action.ts';
import { jsonAnswer, jsonError } from '../gateway/answers.ts';
import type { AwsResponse, LocalService } from '../gateway/request.ts';
import { busEvent } from './event.ts';
import type { EventBuses } from './event-buses.ts';

const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** EventBridge: events are routed here; rules and buses are kept by moto. */
export function createEvents(buses: EventBuses): LocalService {
  return {
    async handle(request, forward) {
      const { action } = actionOf(request);
      if (action === 'PutEvents') return putEvents(JSON.parse(request.body.toString()).Entries, buses);
      const answer = await forward(request);
      if (!/^(List|Describe)/.test(action)) buses.forget();
      return answer;
    },
  };
}

/** As the API does, answers before the events are delivered. Source: EventBridge API reference, PutEvents. */
function putEvents(entries: PutEventsRequestEntry[], buses: EventBuses): AwsResponse {
  if (entries.length > MAX_ENTRIES) {
    const constraint = `Member must have length less than or equal to ${MAX_ENTRIES}`;
    return jsonError('ValidationException', `Value at 'entries' failed to satisfy constraint: ${constraint}`);
  }
  if (Buffer.byteLength(JSON.stringify(entries)) > MAX_BYTES) {
    return jsonError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
  const results = entries.map((entry) => putEvent(entry, buses));
  const failed = results.filter(({ ErrorCode }) => ErrorCode !== undefined);
  return jsonAnswer({ FailedEntryCount: failed.length, Entries: results });
}

function putEvent(entry: PutEventsRequestEntry, buses: EventBuses): PutEventsResultEntry {
  const { Source, DetailType, Detail, Resources, EventBusName } = entry;
  if (!Source || !DetailType || !Detail) {
    const missing = !Source ? 'Source' : !DetailType ? 'DetailType' : 'Detail';
    const ErrorMessage = `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  const detail = jsonObject(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = entry.Time === undefined ? undefined : new Date(Number(entry.Time) * 1000);
  const event = busEvent({ source: Source, detailType: DetailType, detail, resources: Resources, time });
  void buses.route(event, EventBusName?.split('/').at(-1));
  return { EventId: event.id };
}

function jsonObject(text: string): object | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
