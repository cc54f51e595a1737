import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { createS3 } from '../../local/s3/s3.ts';
import { ALWAYS, answered } from './answers.ts';
import { ManyObjects } from './many-objects.ts';
import { ZONE } from './subject.ts';
import type { World } from './world.ts';

const COUNT = 10_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HASH = '0'.repeat(64);
/** Sorted by name they are sorted by expiry. */
const nameOf = (index: number) => `many-${String(index).padStart(5, '0')}`;

/** Ten thousand certificates as the deployed `scan` sees them; what it puts on the bus goes no further. */
export class ManyCertificates {
  readonly #world: World;
  readonly #objects: ManyObjects;
  readonly #others: ReturnType<typeof createS3>;
  peakMb = 0;
  slowestS = 0;

  constructor(world: World) {
    const { aws } = world.line.cloud.parts;
    this.#world = world;
    this.#others = createS3(aws.emit, aws.agedObjects);
    this.#objects = new ManyObjects(this.#others, ['renewal/', 'live/']);
    aws.gateway.serve('s3', this.#objects);
    world.line.cloud.onInvocation((name, { report }) => {
      if (!name.endsWith('-scan')) return;
      this.peakMb = Math.max(this.peakMb, report.maxMemoryMb);
      this.slowestS = Math.max(this.slowestS, Math.ceil(report.durationMs / 1000));
    });
  }

  /** The names that each run takes up, `due` of all being due; what a run took up is renewed before the next, an hour later. */
  async drain({ due, runs }: { due: number; runs: number }): Promise<string[][]> {
    for (let index = 0; index < COUNT; index += 1) this.#put(index, index < due ? 1 : 60);
    const refused = { FailedEntryCount: 0, Entries: [{ EventId: 'taken-away' }] };
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    const effect = answered({ status: 200, headers, body: JSON.stringify(refused) });
    this.#world.line.cloud.faults.add({ action: 'PutEvents', times: ALWAYS, effect });
    const environment = { ORDERS_PER_RUN: String(Math.ceil(due / runs)) };
    const taken: string[][] = [];
    await this.#world.withFunction('scan', { environment }, async () => {
      for (let run = 0; run < runs; run += 1) taken.push(await this.#run());
    });
    return taken;
  }

  stop(): void {
    this.#world.line.cloud.parts.aws.gateway.serve('s3', this.#others);
  }

  async #run(): Promise<string[]> {
    const { batches } = await this.#world.scan();
    const names = batches.flatMap(({ certificates }) => certificates.map(({ name }) => name));
    for (const name of names) this.#put(Number(name.slice('many-'.length)), 89);
    return names;
  }

  #put(index: number, daysLeft: number): void {
    const name = nameOf(index);
    const names = [`${name}.${ZONE}`];
    const end = Date.now() + daysLeft * DAY_MS + index * MINUTE_MS;
    const instant = (at: number) => new Date(at).toISOString();
    const pointer: LivePointer = {
      version: '20260101T000000Z-000000',
      names,
      serial: '01',
      notBefore: instant(end - 90 * DAY_MS),
      notAfter: instant(end),
      certId: '',
      issuedAt: instant(end - 90 * DAY_MS),
      fingerprint: HASH,
      keyFingerprint: HASH,
      key: 'ecdsa-p256',
      hosts: [],
      serverNames: [],
      sha256: { fullchain: HASH, privkey: HASH },
    };
    this.#objects.put(`renewal/${name}.json`, JSON.stringify({ names }));
    this.#objects.put(`live/${name}.json`, JSON.stringify(pointer));
  }
}
