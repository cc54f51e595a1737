import pMap from 'p-map';
import { type ObjectStore, StoreError } from '../../foundation/bucket/object-store.ts';
import { orNone } from '../../foundation/bucket/read-json.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { NOTICES_KEY } from '../../foundation/certificate/object-keys.ts';
import { lifeLeft } from '../../scan/rules/check-summary.ts';
import type { Mailbox } from './mailbox.ts';
import { chooseNotices } from './rules/choose-notices.ts';
import { writeMail } from './rules/mail.ts';
import { type Measured, measure } from './rules/measure.ts';
import type { SeenEvent } from './rules/seen-event.ts';
import { takeIn } from './rules/take-in.ts';
import { EMPTY, Memory } from './rules/trouble.ts';
import { writeReport } from './rules/weekly-report.ts';

export interface NotifyDeps {
  store: ObjectStore;
  mailbox: Mailbox;
  stage: string;
  docsUrl: string;
  clock: () => Date;
}

export interface NotifyOutcome {
  /** Subjects of the mails. */
  mails: string[];
  measured: Measured[];
}

const READS_AT_ONCE = 16;
const MAX_CONFLICTS = 8;

/**
 * Tells people what they have to see to, and says what is measured. A mail goes before it is remembered: when that fails it
 * may come twice, and is never lost.
 */
export async function notify(deps: NotifyDeps, facts: readonly SeenEvent[]): Promise<NotifyOutcome> {
  const { mailbox, stage, docsUrl } = deps;
  const mails: string[] = [];
  const send = async (mail: { subject: string; text: string }) => {
    if (mails.includes(mail.subject)) return;
    await mailbox.send(mail);
    mails.push(mail.subject);
  };
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
    const now = deps.clock();
    const stored = await deps.store.get(NOTICES_KEY);
    // What cannot be read is forgotten: then something may be told twice.
    const known = takeIn((stored && orNone(stored.body, Memory)) ?? EMPTY, facts, now);
    const pointers = await readPointers(deps.store, known);
    const shares = new Map(pointers.map(([name, pointer]) => [name, pointer && lifeLeft(pointer, now)]));
    const { tell, over, after } = chooseNotices(known, { lifeLeft: shares, now });
    const notAfter = new Map(
      pointers.flatMap(([name, pointer]) => (pointer ? [[name, pointer.notAfter]] : [])),
    );
    if (tell.length + over.length > 0) await send(writeMail({ tell, over, stage, docsUrl, notAfter, now }));
    for (const fact of facts)
      if (fact['detail-type'] === 'Certificates Checked' && fact.detail.start === 'weekly-sweep')
        await send(writeReport(fact.detail, { stage }));
    const body = `${JSON.stringify(after, null, 2)}\n`;
    const written = stored
      ? await deps.store.replace(NOTICES_KEY, body, { etag: stored.etag })
      : await deps.store.create(NOTICES_KEY, body);
    if (written) return { mails, measured: measure(facts, after.lastSweep) };
  }
  throw new StoreError('store-unavailable', `${NOTICES_KEY} kept changing`);
}

async function readPointers(store: ObjectStore, { troubles }: Memory) {
  const names = Object.values(troubles).flatMap(({ kind, subject }) =>
    kind === 'renewal' || kind === 'overdue' ? [subject] : [],
  );
  return pMap(
    [...new Set(names)],
    async (name) => [name, (await findPointer(store, name))?.pointer] as const,
    { concurrency: READS_AT_ONCE },
  );
}
