import pMap from 'p-map';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { NOTICES_KEY } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
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

const READS_AT_ONCE = 16;

/**
 * Mails people what they have to act on, and returns the subjects and what is measured. A mail is sent before that is stored:
 * it may come twice, and is never lost.
 */
export async function notify(
  deps: NotifyDeps,
  events: readonly SeenEvent[],
): Promise<{ mails: string[]; measured: Measured[] }> {
  const { mailbox, stage, docsUrl } = deps;
  const mails: string[] = [];
  const send = async (mail: { subject: string; text: string }) => {
    if (mails.includes(mail.subject)) return;
    await mailbox.send(mail);
    mails.push(mail.subject);
  };
  const { after } = await updateObject(deps.store, NOTICES_KEY, async (text) => {
    const now = deps.clock();
    // An unreadable memory counts as empty, and something may be reported twice.
    const known = takeIn(orNone(text, Memory) ?? EMPTY, events, now);
    const lives = await readLives(deps.store, known);
    const { tell, over, after } = chooseNotices(known, { lives, now });
    if (tell.length + over.length > 0) await send(writeMail({ tell, over, stage, docsUrl, lives, now }));
    for (const event of events)
      if (event['detail-type'] === 'Certificates Checked' && event.detail.start === 'weekly-sweep')
        await send(writeReport(event.detail, { stage }));
    return { after, body: `${JSON.stringify(after, null, 2)}\n` };
  });
  return { mails, measured: measure(events, after.lastSweep) };
}

/** The live pointers of the certificates in trouble. */
async function readLives(store: ObjectStore, { troubles }: Memory): Promise<Map<string, LivePointer>> {
  const unrenewed = Object.values(troubles).filter(({ kind }) => kind === 'renewal' || kind === 'overdue');
  const lives = new Map<string, LivePointer>();
  const read = async (name: string) => {
    const pointer = (await findPointer(store, name))?.pointer;
    if (pointer) lives.set(name, pointer);
  };
  await pMap(new Set(unrenewed.map(({ subject }) => subject)), read, { concurrency: READS_AT_ONCE });
  return lives;
}
