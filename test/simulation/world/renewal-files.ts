import { renewalKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Bucket } from '../services/bucket.ts';
import { Ledger } from './ledger.ts';
import { type File, fileText } from './wanted.ts';

const SPARE = 2;
const MOST_SHORT = 2;

/** The bucket, and what people do to the renewal files in it. */
export class RenewalFiles extends Ledger {
  readonly scheduler: Scheduler;
  readonly bucket: Bucket;

  constructor(start: number) {
    super();
    this.scheduler = new Scheduler(start);
    this.bucket = new Bucket(this.scheduler);
  }

  /** A person writes a renewal file. */
  write(name: string, file: File): void {
    if (!this.files.has(name)) this.named += 1;
    this.files.set(name, file);
    this.wantedSince.set(name, this.scheduler.now);
    for (const hear of this.onWanted) hear(name, file);
    this.bucket.put(renewalKey(name), fileText(file), 'people');
  }

  forget(name: string): void {
    this.files.delete(name);
    this.deletedAt.set(name, this.scheduler.now);
    for (const hear of this.onWanted) hear(name, undefined);
    this.bucket.remove(renewalKey(name), 'people');
  }

  /** Whether so many are gone that nobody takes another one out. */
  get isSmall(): boolean {
    return this.files.size <= Math.max(2, Math.min(this.usual, this.named) - SPARE);
  }

  /** Who adds one where there are many takes an old one out: a run is about so many for all its years. */
  makeRoom(): void {
    const names = [...this.files.keys()];
    if (names.length > this.usual + SPARE) this.forget(names[0] ?? '');
    // Those of six days are renewed fifteen times as often.
    const short = [...this.files].filter(([, { profile }]) => profile === 'shortlived');
    if (short.length > MOST_SHORT) this.forget(short[0]?.[0] ?? '');
  }

  forced(name: string): void {
    for (const hear of this.onForced) hear(name);
  }
}
