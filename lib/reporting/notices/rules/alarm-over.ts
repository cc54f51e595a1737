import { minuteOf } from '../../../foundation/common/minute-of.ts';
import { type Mail, subjectLine } from './mail.ts';
import type { SeenEvent } from './seen-event.ts';

type AlarmChange = Extract<SeenEvent, { 'detail-type': 'CloudWatch Alarm State Change' }>;

/** The mail about an alarm that is over. CloudWatch itself announced the alarm. */
export function writeAlarmOver({ time, detail }: AlarmChange, { stage }: { stage: string }): Mail {
  const { alarmName, state, previousState, configuration } = detail;
  const lines: [title: string, value: string | undefined][] = [
    ['It came', previousState.timestamp && minuteOf(previousState.timestamp)],
    ['What it was', configuration?.description],
    ['What ended it', state.reason],
  ];
  const written = lines.flatMap(([title, value]) => (value ? `  ${`${title}:`.padEnd(16)}${value}` : []));
  const head = `The alarm ${alarmName} is over, since ${minuteOf(time)}.`;
  return {
    subject: subjectLine(`[Perennial ${stage}] alarm over: ${alarmName}`),
    text: [head, ...(written.length > 0 ? ['', ...written] : []), ''].join('\n'),
  };
}
