import * as z from 'zod/mini';
import { importToAcm } from '../../../lib/delivery/acm/import-to-acm.ts';
import { confirm } from '../../../lib/delivery/deployment/confirm.ts';
import { deploy } from '../../../lib/delivery/deployment/deploy.ts';
import { probe } from '../../../lib/delivery/probe/probe.ts';
import { keepFormat } from '../../../lib/foundation/bucket/keep-format.ts';
import { parseValue } from '../../../lib/foundation/common/parse-json.ts';
import { DeploymentDue, ImportDue, RenewalDue } from '../../../lib/foundation/events/events.ts';
import { requireForcedDone } from '../../../lib/issuance/renewal/outcome.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { revoke } from '../../../lib/issuance/revocation/revoke.ts';
import { notify } from '../../../lib/reporting/notices/notify.ts';
import { SeenEvent } from '../../../lib/reporting/notices/rules/seen-event.ts';
import { showStatus } from '../../../lib/reporting/status/show-status.ts';
import { ObjectCreated, parseStart, startOfFiles } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { subscriptionsOf } from '../../fakes/subscriptions.ts';
import type { Invocation } from '../engine/invocation.ts';
import { depsFor, type Services } from './deps.ts';

const SECOND = 1000;
type Step = (event: unknown, invocation: Invocation, services: Services) => Promise<unknown>;

interface SimulatedFunction {
  limitMs: number;
  step: Step;
}

const detailOf = <Detail extends z.ZodMiniType>(event: unknown, detail: Detail): z.infer<Detail> =>
  (
    parseValue(event, z.object({ detail }), { where: 'message', reason: 'event-invalid' }) as {
      detail: z.infer<Detail>;
    }
  ).detail;

const fileOf = (event: unknown) =>
  parseValue(event, ObjectCreated, { where: 'message', reason: 'event-invalid' });

/** The functions of serverless.yml, each with its time; the flows are those that are deployed. */
export const FUNCTIONS = {
  scan: {
    limitMs: 900 * SECOND,
    step: async (event, invocation, services) => {
      const deps = depsFor(invocation, services);
      const start = Array.isArray(event) ? startOfFiles(event.map(fileOf)) : parseStart(event);
      await keepFormat(deps.store, { release: deps.release, dryRun: start.dryRun });
      return scan(deps, start, deps.clock());
    },
  },
  renew: {
    limitMs: 840 * SECOND,
    step: async (event, invocation, services) => {
      const due = detailOf(event, RenewalDue);
      const worker = { owner: invocation.id, signal: invocation.controller.signal };
      const outcomes = await renewBatch(depsFor(invocation, services), due, worker);
      requireForcedDone(due, outcomes);
      return outcomes;
    },
  },
  deploy: {
    limitMs: 300 * SECOND,
    step: (event, invocation, services) =>
      deploy(depsFor(invocation, services), detailOf(event, DeploymentDue), invocation.controller.signal),
  },
  confirm: {
    limitMs: 60 * SECOND,
    step: (event, invocation, services) => confirm(depsFor(invocation, services), event),
  },
  acm: {
    limitMs: 120 * SECOND,
    step: (event, invocation, services) =>
      importToAcm(depsFor(invocation, services), detailOf(event, ImportDue), invocation.controller.signal),
  },
  probe: {
    limitMs: 300 * SECOND,
    step: (event, invocation, services) =>
      probe(depsFor(invocation, services), event, invocation.controller.signal),
  },
  notify: {
    limitMs: 60 * SECOND,
    step: (events, invocation, services) => {
      const facts = (events as unknown[]).map((event) =>
        parseValue(event, SeenEvent, { where: 'message', reason: 'event-invalid' }),
      );
      return notify(depsFor(invocation, services), facts);
    },
  },
  revoke: {
    limitMs: 120 * SECOND,
    step: (event, invocation, services) => {
      const deps = depsFor(invocation, services);
      return revoke({ ...deps, openAuthority: deps.openStored }, event, deps.clock());
    },
  },
  status: {
    limitMs: 120 * SECOND,
    step: (event, invocation, services) => {
      const deps = depsFor(invocation, services);
      return showStatus(
        { ...deps, subscriptions: subscriptionsOf(), region: 'eu-central-1' },
        event,
        deps.clock(),
      );
    },
  },
} satisfies Record<string, SimulatedFunction>;
export type FunctionName = keyof typeof FUNCTIONS;
