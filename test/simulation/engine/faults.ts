import type { Random, Streams } from './random.ts';

export type Heaviness = 'none' | 'light' | 'heavy';

/** What may go wrong at a call of a port; each is on or off for a whole run. */
const AT_CALLS = ['fails', 'answer-lost', 'late', 'crash'] as const;
type AtCall = (typeof AT_CALLS)[number];

export const PORTS = ['s3', 'route53', 'dns', 'ca', 'ssm', 'bus', 'acm', 'mail'] as const;
export type Port = (typeof PORTS)[number];

/** The share of calls that it befalls when it is on, least and most. */
const RATES: Record<AtCall, readonly [number, number]> = {
  fails: [0.0005, 0.03],
  'answer-lost': [0.0002, 0.01],
  late: [0.001, 0.05],
  crash: [0.0002, 0.01],
};

export type Fate = 'goes-well' | AtCall;

/** Which faults a run has, and how often: all drawn before it begins (swarm testing, as FoundationDB does it). */
export class Faults {
  readonly heaviness: Heaviness;
  readonly #rates = new Map<string, number>();
  /** Of those above, what may befall a call: it is asked for with each. */
  readonly #atCalls = new Map<Port, readonly { kind: AtCall; rate: number }[]>();
  readonly #random: Random;
  readonly #only: readonly string[] | undefined;
  #met: string[] = [];
  /** Whether they happen; switched off for the second phase. */
  on = true;

  /** Of those that the seed draws, `only` some may be on; what is drawn stays as it is. */
  constructor(
    streams: Streams,
    { heaviness, only }: { heaviness: Heaviness; only?: readonly string[] | undefined },
  ) {
    this.heaviness = heaviness;
    this.#only = only;
    this.#random = streams.of('fates');
    const random = streams.of('fault-rates');
    const share = { none: 0, light: 0.15, heavy: 0.5 }[heaviness];
    for (const port of PORTS)
      for (const kind of AT_CALLS) {
        const isOn = random.chance(share);
        const rate = random.spread(...RATES[kind]);
        if (isOn) this.#switchOn(`${port}.${kind}`, rate);
      }
  }

  /** A rate of another kind, for who brings it about by itself; 0 when it is off. */
  draw(site: string, random: Random, [least, most]: readonly [number, number]): number {
    const isOn = random.chance({ none: 0, light: 0.25, heavy: 0.6 }[this.heaviness]);
    const rate = random.spread(least, most);
    if (isOn) this.#switchOn(site, rate);
    return this.#rates.get(site) ?? 0;
  }

  #switchOn(site: string, rate: number): void {
    if (this.#only?.includes(site) ?? true) this.#rates.set(site, rate);
    this.#atCalls.clear();
  }

  rate(site: string): number {
    return this.on ? (this.#rates.get(site) ?? 0) : 0;
  }

  happens(site: string): boolean {
    const does = this.#random.chance(this.rate(site));
    if (does) this.meet(site);
    return does;
  }

  /** Something that happened before stands in the way now, such as an order that the CA has lost. */
  meet(site: string): void {
    this.#met.push(site);
  }

  /** What was met since this was called last. */
  takeMet(): string[] {
    const met = this.#met;
    this.#met = [];
    return met;
  }

  fateOf(port: Port): Fate {
    if (!this.on || this.heaviness === 'none') return 'goes-well';
    let drawn = this.#random.fraction();
    for (const { kind, rate } of this.#ratesAt(port)) {
      if (drawn < rate) return kind;
      drawn -= rate;
    }
    return 'goes-well';
  }

  #ratesAt(port: Port): readonly { kind: AtCall; rate: number }[] {
    const known = this.#atCalls.get(port);
    if (known) return known;
    const rates = AT_CALLS.map((kind) => ({ kind, rate: this.rate(`${port}.${kind}`) }));
    const on = rates.filter(({ rate }) => rate > 0);
    this.#atCalls.set(port, on);
    return on;
  }

  /** What is on. */
  get sites(): string[] {
    return [...this.#rates.keys()];
  }

  /** What is on, for people. */
  get told(): string[] {
    return [...this.#rates].map(([site, rate]) => `${site} ${rate.toPrecision(2)}`);
  }
}
