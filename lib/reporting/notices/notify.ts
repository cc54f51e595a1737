import pMap from 'p-map';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { LineageName } from '../../foundation/certificate/lineage.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { NOTICES_KEY } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { endUnwanted } from './end-unwanted.ts';
import type { Mailbox } from './mailbox.ts';
import { writeAlarmOver } from './rules/alarm-over.ts';
import { believed } from './rules/believed.ts';
import { chooseMetrics, watch } from './rules/choose-metrics.ts';
import { chooseNotices, type Notices, remember } from './rules/choose-notices.ts';
import { type Mail, signMail, writeMail } from './rules/mail.ts';
import { type Measured, measure } from './rules/measure.ts';
import type { SeenEvent } from './rules/seen-event.ts';
import { takeIn } from './rules/take-in.ts';
import { EMPTY, Memory, type Trouble } from './rules/trouble.ts';
import { writeReport } from './rules/weekly-report.ts';

export interface NotifyDeps {
  store: ObjectStore;
  mailbox: Mailbox;
  stage: string;
  docsUrl: string;
  /** The version that is deployed. */
  release?: string;
  /** Whether a dashboard shows every metric. */
  dashboard?: boolean;
  clock: () => Date;
}

const READS_AT_ONCE = 16;
const OF_CERTIFICATES: readonly Trouble['kind'][] = [
  'renewal',
  'overdue',
  'health',
  'file',
  'pin',
  'pin-end',
];

/**
 * Mails people what they have to act on, and returns the subjects, and which metrics are to be published. A mail is sent before
 * that is stored: it may come twice, and is never lost. When another worker has stored something meanwhile, what was sent is
 * remembered by its content, and what was not is sent.
 */
export async function notify(
  deps: NotifyDeps,
  events: readonly SeenEvent[],
): Promise<{ mails: string[]; measured: Measured[] }> {
  const { store, mailbox, stage, docsUrl } = deps;
  const sent: Mail[] = [];
  const said: Notices = { tell: [], over: [] };
  const send = async (mail: Mail) => {
    await mailbox.send(signMail(mail, deps.release));
    sent.push(mail);
  };
  const sendOnce = async (mail: Mail) => {
    if (!sent.some(({ text }) => text === mail.text)) await send(mail);
  };
  const checks = events.flatMap((event) =>
    event['detail-type'] === 'Certificates Checked' ? event.detail : [],
  );
  const alarms = events.flatMap((event) =>
    event['detail-type'] === 'CloudWatch Alarm State Change' ? event : [],
  );
  for (const alarm of alarms) await sendOnce(writeAlarmOver(alarm, { stage }));
  const {
    after,
    now: ended,
    measured,
  } = await updateObject(store, NOTICES_KEY, async (text, stored) => {
    // One clock for all workers, so that none tells again what another told.
    const now = stored?.at ?? deps.clock();
    // An unreadable memory counts as empty, and something may be reported twice.
    const memory = orNone(text, Memory) ?? EMPTY;
    let known = takeIn(believed(memory, stored?.modified ?? now), events, now);
    const newest = checks.find(({ at }) => at === known.lastCheck);
    if (newest) await endUnwanted(store, known, newest);
    known = remember(known, said, now);
    const lives = await readLives(store, known);
    const news = chooseNotices(known, { lives, said, now });
    if (news.tell.length + news.over.length > 0) {
      await send(writeMail({ ...news, stage, docsUrl, lives, now }));
      said.tell.push(...news.tell);
      said.over.push(...news.over);
    }
    for (const checked of checks)
      if (checked.start === 'weekly-sweep') await sendOnce(writeReport(checked, { stage }));
    const lastMail = said.tell.length + said.over.length > 0 ? now.toISOString() : known.lastMail;
    const measured = measure(events, news.after.lastSweep);
    const wrong = watch(news.after.wrong, measured, now);
    const after = { ...news.after, lastMail, wrong };
    return { after, now, measured, body: `${JSON.stringify(after, null, 2)}\n` };
  });
  return {
    mails: sent.map(({ subject }) => subject),
    measured: deps.dashboard ? measured : chooseMetrics(measured, after.wrong, ended),
  };
}

/** The live pointers of the certificates in trouble. */
async function readLives(store: ObjectStore, { troubles }: Memory): Promise<Map<string, LivePointer>> {
  const named = Object.values(troubles).filter(
    ({ kind, subject }) => OF_CERTIFICATES.includes(kind) && LineageName.safeParse(subject).success,
  );
  const lives = new Map<string, LivePointer>();
  const read = async (name: string) => {
    const pointer = (await findPointer(store, name))?.pointer;
    if (pointer) lives.set(name, pointer);
  };
  await pMap(new Set(named.map(({ subject }) => subject)), read, { concurrency: READS_AT_ONCE });
  return lives;
}
