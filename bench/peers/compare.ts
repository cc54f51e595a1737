import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { type Spread, spreadOf } from '../median.ts';
import { createZone } from '../zone.ts';
import { enterAuto } from './auto.ts';
import { startAwsFront } from './aws-front.ts';
import { enterCertbot } from './certbot.ts';
import { enterFloor } from './floor/enter.ts';
import { enterLego } from './lego.ts';
import { enterLegoLibrary } from './lego-library.ts';
import { type Entrant, isMissing, type Missing, type Participant, wholeOf } from './participant.ts';
import { enterPerennial } from './perennial.ts';

const ZONE = 'example.com';

export interface Plan {
  certificates: number;
  propagationMs: number;
  runs: number;
  /** How many a peer renews, where that is not all; what it took is multiplied. */
  measuredOn?: number;
  /** Whether one peer renews them all as well, which shows whether multiplying is right. */
  whole?: boolean;
}

export interface Figures {
  wallMs: Spread;
  cpuMs: Spread;
  peakMb: Spread;
  caRequests: Spread;
  route53Calls: Spread;
  /** Set where fewer were renewed, and the times and counts multiplied. */
  measuredOn?: number;
}

export interface Case extends Plan {
  figures: Record<string, Figures>;
}

export interface Comparison {
  measuredAt: string;
  /** Of the machine over the last minute, at the start and at the end. */
  load: { before: number; after: number };
  entrants: (Missing | Pick<Participant, 'id' | 'kind' | 'title' | 'version'>)[];
  cases: Case[];
}

type Run = Record<keyof Omit<Figures, 'measuredOn'>, number>;

/** The same renewals by this project and by others: the same CA, Route 53 and DNS, all in one run, in turn. */
export async function compareWithPeers(cloud: LocalCloud, plans: readonly Plan[]): Promise<Comparison> {
  const home = await mkdtemp(join(tmpdir(), 'perennial-peers-'));
  const front = await startAwsFront(cloud.endpoint, home);
  const before = loadavg()[0] ?? 0;
  try {
    await createZone(cloud, ZONE);
    const certbot = await enterCertbot(cloud, home);
    const all: Entrant[] = [
      ...enterPerennial(cloud, 'of this commit'),
      enterFloor(cloud, ZONE),
      certbot,
      ...(isMissing(certbot) || !plans.some(({ whole }) => whole) ? [] : [wholeOf(certbot)]),
      await enterLego(cloud, front, home),
      await enterLegoLibrary(cloud, home),
      await enterAuto(cloud, home),
    ];
    const cases: Case[] = [];
    for (const plan of plans) cases.push({ ...plan, figures: await measureCase(cloud, all, plan) });
    const entrants = all.map((one) =>
      isMissing(one) ? one : { id: one.id, kind: one.kind, title: one.title, version: one.version },
    );
    const load = { before, after: loadavg()[0] ?? 0 };
    return { measuredAt: new Date().toISOString(), load, entrants, cases };
  } finally {
    front.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function measureCase(
  cloud: LocalCloud,
  entrants: readonly Entrant[],
  plan: Plan,
): Promise<Case['figures']> {
  const runs = new Map<string, Run[]>();
  const participants = entrants
    .filter((one): one is Participant => !isMissing(one))
    .filter(({ whole }) => !whole || plan.whole);
  for (let run = 0; run < plan.runs; run += 1) {
    const namesOf = (one: Participant) => namesIn(plan, one, run);
    await Promise.all(participants.map((one) => one.issue(namesOf(one))));
    for (const one of participants) {
      const taken = await measureOnce(cloud, one, { plan, names: namesOf(one) });
      runs.set(one.id, [...(runs.get(one.id) ?? []), taken]);
    }
  }
  return Object.fromEntries(
    participants.map((one) => [one.id, figuresOf(runs.get(one.id) ?? [], scaledFrom(one, plan))]),
  );
}

const scaledFrom = ({ kind, whole }: Participant, { measuredOn }: Plan) =>
  kind === 'peer' && !whole ? measuredOn : undefined;

/** Who renews all has one set of certificates for each number, as issuing them takes minutes. */
function namesIn(plan: Plan, one: Participant, run: number): string[] {
  const count = scaledFrom(one, plan) ?? plan.certificates;
  const start = `${one.id}-${plan.certificates}-${one.whole ? '' : `${plan.propagationMs}-${run}-`}n`;
  return Array.from({ length: count }, (_, index) => `${start}${index}.${ZONE}`);
}

async function measureOnce(
  cloud: LocalCloud,
  { renew, principal }: Participant,
  { plan: { certificates, propagationMs }, names }: { plan: Plan; names: string[] },
): Promise<Run> {
  const factor = certificates / names.length;
  cloud.setPropagation(propagationMs);
  try {
    const since = new Date();
    const caBefore = await cloud.caRequests();
    const { wallMs, cpuMs, peakMb, counted } = await renew(names, propagationMs);
    const calls = cloud.calls.matching({ service: 'route53', principal, since }).length;
    const caRequests = ((await cloud.caRequests()) - caBefore) * factor;
    const result = { peakMb, caRequests, route53Calls: calls * factor, ...counted };
    return { ...result, wallMs: wallMs * factor, cpuMs: cpuMs * factor };
  } finally {
    cloud.setPropagation(0);
  }
}

function figuresOf(runs: readonly Run[], measuredOn: number | undefined): Figures {
  const spread = (figure: keyof Run) => spreadOf(runs.map((run) => run[figure]));
  return {
    wallMs: spread('wallMs'),
    cpuMs: spread('cpuMs'),
    peakMb: spread('peakMb'),
    caRequests: spread('caRequests'),
    route53Calls: spread('route53Calls'),
    ...(measuredOn !== undefined && { measuredOn }),
  };
}
