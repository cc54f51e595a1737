import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsRequest, AwsResponse, Forward, LocalService } from '../gateway/request.ts';
import { type Route53Call, readCall } from './actions.ts';
import {
  errorAnswer,
  invalidChangeBatch,
  priorRequestNotComplete,
  throttling,
  xmlAnswer,
} from './answers.ts';
import { applyChangeBatch } from './change-batch.ts';
import { Changes, changeInfo } from './changes.ts';
import { correctChangeInfo, correctCounts, correctNameServers, zoneIdsIn } from './hosted-zones-xml.ts';
import { listRecordSets } from './list-record-sets.ts';
import { listZonesByName } from './list-zones-by-name.ts';
import { type ParsedBatch, parseChangeBatch } from './parse-change-batch.ts';
import type { ZoneView } from './published.ts';
import { TokenBuckets } from './token-buckets.ts';
import { Zones } from './zones.ts';

export interface Route53Options {
  /** From an accepted change until it is INSYNC and published; Infinity: never. */
  propagationMs: number;
  /**
   * How long a change batch keeps its zone busy (default 5): another one for it meanwhile is refused with
   * PriorRequestNotComplete. With 0 none ever is.
   */
  processingMs?: number;
  /** Milliseconds since 1970; default Date.now. */
  clock?: () => number;
}

export interface Route53 extends LocalService {
  /** What the authoritative servers answer now. */
  published: ZoneView;
  /** For the changes from now on. */
  setPropagation(ms: number): void;
  setProcessing(ms: number): void;
  /** How often each action was asked for since the start or `resetCalls`, refused ones included. */
  calls(): Record<string, number>;
  resetCalls(): void;
}

/**
 * Route 53 as documented, in front of moto: record sets, changes, limits and refusals are from here; hosted zones,
 * tags and the rest from moto, with what moto gets wrong in its answers corrected.
 */
export function createRoute53({
  propagationMs,
  processingMs = 5,
  clock = Date.now,
}: Route53Options): Route53 {
  const zones = new Zones(clock);
  const changes = new Changes();
  const buckets = new TokenBuckets();
  const busy = new Set<string>();
  const counts = new Map<string, number>();

  async function changeRecordSets(
    request: AwsRequest,
    forward: Forward,
    { id, batch }: { id: string; batch: ParsedBatch },
  ): Promise<AwsResponse> {
    const zone = await zones.find(id, request, forward);
    if ('status' in zone) return zone;
    if ('code' in batch) return errorAnswer(batch.code, batch.message);
    if (busy.has(zone.id)) return priorRequestNotComplete();
    busy.add(zone.id);
    try {
      if (processingMs > 0) await sleep(processingMs);
      const result = applyChangeBatch(zone.history.latest, batch.changes, zone.name);
      if ('errors' in result) return invalidChangeBatch(result.errors);
      const now = clock();
      zone.history.add(result.recordSets, now + propagationMs, now);
      const change = changes.add(new Date(now), now + propagationMs, batch.comment);
      return xmlAnswer('ChangeResourceRecordSetsResponse', { ChangeInfo: changeInfo(change) });
    } finally {
      busy.delete(zone.id);
    }
  }

  function getChange(id: string): AwsResponse {
    const change = changes.find(id);
    if (!change) return errorAnswer('NoSuchChange', `Could not find resource with ID: ${id}`, 404);
    return xmlAnswer('GetChangeResponse', { ChangeInfo: changeInfo(change, clock()) });
  }

  async function deleteZone(request: AwsRequest, forward: Forward, id: string): Promise<AwsResponse> {
    const zone = await zones.find(id, request, forward);
    if ('status' in zone) return zone;
    if (zone.history.latest.size > 2) {
      const message =
        'The specified hosted zone contains non-required resource record sets  and so cannot be deleted.';
      return errorAnswer('HostedZoneNotEmpty', message);
    }
    const answer = await forwardCorrected(request, forward);
    if (answer.status === 200) zones.remove(id);
    return answer;
  }

  /** moto's answer, corrected; the zones in it are known from then on. */
  async function forwardCorrected(request: AwsRequest, forward: Forward): Promise<AwsResponse> {
    const answer = await forward(request);
    const body = String(answer.body);
    if (answer.status >= 300) return answer;
    await zones.learn(zoneIdsIn(body), request, forward);
    let corrected = correctCounts(correctNameServers(body), (id) => zones.countOf(id));
    if (corrected.includes('<ChangeInfo>')) {
      const now = clock();
      corrected = correctChangeInfo(corrected, changes.add(new Date(now), now + propagationMs).id);
    }
    const { 'content-length': _, ...headers } = answer.headers;
    return { ...answer, headers, body: corrected };
  }

  async function answer(request: AwsRequest, forward: Forward, call: Route53Call): Promise<AwsResponse> {
    switch (call.action) {
      case 'ListResourceRecordSets': {
        const zone = await zones.find(call.id, request, forward);
        if ('status' in zone) return zone;
        return xmlAnswer('ListResourceRecordSetsResponse', listRecordSets(zone.history.latest, call.query));
      }
      case 'GetChange':
        return getChange(call.id);
      case 'DeleteHostedZone':
        return deleteZone(request, forward, call.id);
      case 'ListHostedZonesByName':
        return listZonesByName(call.query, (path) => forwardCorrected({ ...request, path }, forward));
      default:
        return forwardCorrected(request, forward);
    }
  }

  return {
    published: zones,
    async handle(request, forward) {
      const call = readCall(request.method, request.path);
      counts.set(call.action, (counts.get(call.action) ?? 0) + 1);
      const { action, id } = call;
      const isChange = action === 'ChangeResourceRecordSets';
      const batch = isChange ? parseChangeBatch(request.body.toString()) : undefined;
      const changes = batch && 'changes' in batch ? batch.changes : [];
      if (!buckets.take({ action, changes }, clock())) return throttling();
      return batch ? changeRecordSets(request, forward, { id, batch }) : answer(request, forward, call);
    },
    setPropagation(ms) {
      propagationMs = ms;
    },
    setProcessing(ms) {
      processingMs = ms;
    },
    calls: () => Object.fromEntries(counts),
    resetCalls: () => counts.clear(),
  };
}
