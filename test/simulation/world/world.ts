import { Calls } from '../engine/calls.ts';
import { Faults, type Heaviness } from '../engine/faults.ts';
import type { Invocation } from '../engine/invocation.ts';
import { Streams } from '../engine/random.ts';
import { Trace } from '../engine/trace.ts';
import type { Services } from '../functions/deps.ts';
import type { FunctionName } from '../functions/functions.ts';
import { type HowInvoked, invokeOn } from '../functions/invoke.ts';
import { Lambda } from '../functions/lambda.ts';
import { runtimeFor } from '../functions/runtime.ts';
import { type StackSettings, stackOf } from '../functions/stack.ts';
import { RsaKeys } from '../keys/rsa-keys.ts';
import type { Ca } from '../services/ca.ts';
import { CertificateManagers } from '../services/certificate-manager.ts';
import { DeadLetterAlarm } from '../services/dead-letter-alarm.ts';
import { EventBridge } from '../services/event-bridge.ts';
import type { Fleet } from '../services/fleet.ts';
import { Mails } from '../services/mailbox.ts';
import { PublicDns } from '../services/public-dns.ts';
import type { Queue, QueueName } from '../services/queue.ts';
import { Route53 } from '../services/route53.ts';
import { makeCas } from './make-cas.ts';
import { makeFleet } from './make-fleet.ts';
import { makeQueues } from './make-queues.ts';
import { DOMAINS, GROUPS } from './names.ts';
import { Outages } from './outages.ts';
import { RenewalFiles } from './renewal-files.ts';
import { Repairs } from './repairs.ts';
import { servedSites } from './served-sites.ts';

export interface WorldOptions {
  seed: bigint;
  start: number;
  heaviness: Heaviness;
  /** The faults that may be on, of those that the seed draws. */
  only?: readonly string[] | undefined;
}

/** The stack and everything around it, of one seed. */
export class World extends RenewalFiles implements Services {
  readonly streams: Streams;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly rsaKeys: RsaKeys;
  readonly outages: Outages;
  readonly lambda: Lambda;
  readonly calls: Calls;
  readonly route53: Route53;
  readonly dns: PublicDns;
  readonly cas: readonly Ca[];
  readonly acm = new CertificateManagers();
  readonly queues: Record<QueueName, Queue>;
  readonly bus: EventBridge;
  readonly deadLetterAlarm: DeadLetterAlarm;
  readonly fleet: Fleet;
  readonly mails: Mails;
  readonly settings: StackSettings;
  /** Is told of what stands in no bucket. */
  clockwork: { changed(): void; hasOther: boolean } | undefined;
  readonly #repairs: Repairs;

  constructor({ seed, start, ...faults }: WorldOptions) {
    super(start);
    this.streams = new Streams(seed);
    this.trace = new Trace(() => this.scheduler.now);
    this.faults = new Faults(this.streams, faults);
    this.rsaKeys = new RsaKeys(this.streams.of('rsa-keys'));
    const base = { scheduler: this.scheduler, trace: this.trace, faults: this.faults };
    this.outages = new Outages({ ...base, random: this.streams.of('outages') });
    this.lambda = new Lambda({ ...base, random: this.streams.of('lambda') });
    this.calls = new Calls({
      ...base,
      random: this.streams.of('calls'),
      isDown: (port, at) => this.outages.isDown(port, at),
      kill: (invocation, why) => this.lambda.kill(invocation, why),
    });
    this.route53 = new Route53({ ...base, random: this.streams.of('route53') });
    this.dns = new PublicDns({ ...base, random: this.streams.of('dns'), route53: this.route53 });
    this.cas = makeCas(this.streams, { ...base, dns: this.dns });
    for (const ca of this.cas) ca.onRevoked.push(() => this.clockwork?.changed());
    this.queues = makeQueues(base, (name, event, how) => this.invoke(name, event, how));
    this.bus = new EventBridge({
      ...base,
      random: this.streams.of('bus'),
      queueOf: (name) => this.queues[name],
    });
    this.deadLetterAlarm = new DeadLetterAlarm({
      scheduler: this.scheduler,
      queues: Object.values(this.queues),
      tell: (event) => this.bus.deliver('notify', event),
    });
    this.fleet = makeFleet(this, { ...base, random: this.streams.of('fleet') });
    this.fleet.onChange.push(() => this.clockwork?.changed());
    this.#repairs = new Repairs(this.scheduler);
    this.#repairs.onMended.push((what) => {
      this.trace.note(`mended: ${what}`);
      this.clockwork?.changed();
    });
    this.mails = new Mails(this.scheduler);
    const [first, ...others] = this.cas;
    this.settings = stackOf({
      domains: DOMAINS,
      groups: GROUPS,
      defaultCa: first?.directoryUrl ?? '',
      fallbackCas: this.streams.of('settings').chance(0.3)
        ? others.map(({ directoryUrl }) => directoryUrl)
        : [],
    });
    for (const domain of DOMAINS) this.route53.create(domain);
  }

  /** Runs a function. */
  invoke = (name: FunctionName, event: unknown, how: HowInvoked = {}) => invokeOn(this, name, event, how);

  /** Whether nothing is under way: what follows is up to the clock alone. */
  get isQuiet(): boolean {
    const { open } = this.lambda;
    return open === 0 && this.fleet.running === 0 && Object.values(this.queues).every(({ isIdle }) => isIdle);
  }

  get directories(): string[] {
    return this.cas.map(({ directoryUrl }) => directoryUrl);
  }

  /** What is broken now is mended after a time, or when the faults stop. */
  restoreLater(ms: number, what: string, mend: () => void): void {
    const obstacle = { what, from: this.scheduler.now, until: this.scheduler.now + ms };
    if (/^(zone|CAA|domain)/.test(what)) for (const hear of this.onObstacle) hear(obstacle);
    this.#repairs.later(ms, what, mend);
  }

  /** The second phase: nothing is injected any more, and what is broken is mended. */
  stopFaults(): void {
    this.faults.on = false;
    this.outages.endAll();
    for (const ca of this.cas) ca.mendOrders();
    this.#repairs.all();
    // What the runbook asks for when the alarm of dead letters comes.
    for (const queue of Object.values(this.queues)) queue.redrive();
    this.clockwork?.changed();
    this.trace.note('the faults stop');
  }

  runtimeFor = (invocation: Invocation) => runtimeFor(invocation, this);

  servedAt = (site: string) => servedSites(this, site);

  warn = (invocation: { id: string }, message: string) => {
    for (const hear of this.onLog) hear(message);
    this.trace.note(`${invocation.id} warns: ${message}`);
  };
}
