import { renewalKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Bucket } from '../services/bucket.ts';
import { Ledger } from './ledger.ts';
import { type File, fileText } from './wanted.ts';

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

  forced(name: string): void {
    for (const hear of this.onForced) hear(name);
  }
}
