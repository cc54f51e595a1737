import { setTimeout as sleep } from 'node:timers/promises';
import type { State } from '../../lib/issuance/renewal/rules/state.ts';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import type { CloudOptions } from '../../local/cloud.ts';
import { TRUE_CLOCK } from '../../local/lambda/function-clock.ts';
import type { CaAction } from '../../local/pebble/ca-action.ts';
import type { CaProxy } from '../../local/pebble/ca-proxy.ts';
import { type IssuedCertificate, IssuedCertificates } from '../../local/pebble/issued.ts';
import { DeployedLine } from '../e2e/deployed-line.ts';
import { BackDoor } from './back-door.ts';
import { Evidence } from './evidence.ts';
import { randomOf } from './random.ts';
import { KILL_RUNS, type Subject, ZONE } from './subject.ts';

interface ChangedFunction {
  timeoutSeconds?: number;
  speed?: number;
  environment?: Record<string, string>;
}

const LONG_AGO_MS = 24 * 3_600_000;

/** The deployed stack on a local cloud, and what a row does to it. */
export class World {
  readonly line: DeployedLine;
  readonly ca: CaProxy;
  readonly evidence: Evidence;
  readonly backDoor: BackDoor;
  readonly #issued: IssuedCertificates;
  subjects: Subject[] = [];
  /** what other people put beside ours, by `TXT name` */
  foreignTxt: Record<string, string[]> = {};
  random: () => number = Math.random;
  /** tells how far a long row is */
  say: (line: string) => void = () => {};
  /** how many renewals row 1 kills at each point */
  killRuns = KILL_RUNS;
  #row = '';

  private constructor(line: DeployedLine, ca: CaProxy) {
    this.line = line;
    this.ca = ca;
    this.evidence = new Evidence(line.cloud);
    this.backDoor = new BackDoor(line, ca);
    this.#issued = new IssuedCertificates(line.cloud.parts.pebble);
  }

  static async start(options: CloudOptions = {}): Promise<World> {
    const line = await DeployedLine.start({ caProxy: true, zones: [ZONE, 'example.net'], ...options });
    const { caProxy } = line.cloud.parts;
    if (caProxy === undefined) throw new Error('the CA has no proxy');
    return new World(line, caProxy);
  }

  /** Names of certificates are new for each row and seed. */
  begin(row: number | string, seed: number): void {
    this.random = randomOf(`${row} ${seed}`);
    this.#row = `r${row}-${seed}`;
    this.subjects = [];
    this.foreignTxt = {};
    this.evidence.clear();
    this.line.logged.length = 0;
  }

  /** A certificate of this row; its file is not put yet. With company, somebody else's TXT value is at its challenge name. */
  async subject({
    names,
    hasCompany = true,
  }: {
    names?: string[];
    hasCompany?: boolean;
  } = {}): Promise<Subject> {
    const name = `${this.#row}-${this.subjects.length + 1}`;
    const subject = { name, names: names ?? [`${name}.${ZONE}`], renewals: 1, failures: [] };
    this.subjects.push(subject);
    if (!hasCompany) return subject;
    const Name = `_acme-challenge.${name}.${ZONE}`;
    await this.line.addRecord(ZONE, { Name, Type: 'TXT', values: ['"theirs"'] });
    this.foreignTxt[`TXT ${Name}.`] = ['"theirs"'];
    return subject;
  }

  /** Puts files of which S3 sends no event, so that one check finds them all and makes one batch of them. */
  async putTogether(subjects: readonly Subject[]): Promise<void> {
    for (const { name, names } of subjects)
      await this.backDoor.quiet(`renewal/${name}.json`, { names, profile: 'classic' });
    await this.scan();
  }

  /** Puts the renewal file and waits for the end of all that follows. */
  async put({ name, names }: Subject, more: object = {}): Promise<void> {
    await this.line.putAndWait(name, { names, profile: 'classic', ...more });
  }

  /** A certificate that is issued before anything goes wrong. */
  async issued(more: object = {}): Promise<Subject> {
    const subject = await this.subject();
    await this.put(subject, more);
    return subject;
  }

  /** Renews by force, which is one more renewal for each. */
  async force(...subjects: Subject[]): Promise<Plan> {
    for (const subject of subjects) subject.renewals += 1;
    return this.scan({ start: 'force', names: subjects.map(({ name }) => name) });
  }

  /** Invokes `scan` and waits for the end of all that follows. */
  async scan(event: object = { start: 'hourly-check' }): Promise<Plan> {
    const { functions } = this.line.cloud.parts.aws;
    const { payload, functionError } = await functions.invoke('perennial-local-scan', JSON.stringify(event));
    await this.line.idle();
    if (functionError) throw new Error(`scan failed: ${payload}`);
    return JSON.parse(payload);
  }

  /** Does it while a function has less time, a faster clock, or other settings. */
  async withFunction(name: string, changed: ChangedFunction, run: () => Promise<void>): Promise<void> {
    const { aws } = this.line.cloud.parts;
    await this.line.cloud.setFunctionClock({ offsetMs: 0, speed: changed.speed ?? 1 });
    const deployed = await aws.functions.deployed(`perennial-local-${name}`);
    const { timeoutSeconds = deployed.timeoutMs / 1000, environment } = changed;
    Object.assign(deployed, {
      timeoutMs: timeoutSeconds * 1000,
      environment: { ...deployed.environment, ...environment },
    });
    try {
      await run();
    } finally {
      await this.line.cloud.setFunctionClock(TRUE_CLOCK);
    }
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    for (let left = 600; !holds(); left -= 1) {
      if (left === 0) throw new Error(`not within a minute: ${what}`);
      await sleep(100);
    }
  }

  /** How often the CA was asked for this about a certificate. */
  requestsOf({ names }: Subject, action: CaAction): number {
    const about = (asked: readonly string[]) => asked.some((name) => names.includes(name));
    return this.ca.requests.filter((request) => request.action === action && about(request.names)).length;
  }

  ordersOf(subject: Subject): number {
    return this.requestsOf(subject, 'newOrder');
  }

  async state({ name }: Subject): Promise<State | undefined> {
    const text = await this.line.text(`state/${name}.json`);
    return text === undefined ? undefined : JSON.parse(text);
  }

  /** What the CA has issued for these names. */
  async certificatesOf({ names }: Subject): Promise<IssuedCertificate[]> {
    const wanted = [...names].sort().join();
    return (await this.#issued.list()).filter((one) => [...one.names].sort().join() === wanted);
  }

  /** S3 calls the claims of these certificates long over. */
  expireLeases(subjects: readonly Subject[] = this.subjects): void {
    for (const { name } of subjects)
      this.line.cloud.parts.aws.agedObjects.age(`pending/${name}.json`, LONG_AGO_MS);
  }

  clearFaults(): void {
    this.line.cloud.faults.clear();
    this.ca.faults.clear();
  }

  stop(): Promise<void> {
    this.backDoor.stop();
    return this.line.stop();
  }
}
