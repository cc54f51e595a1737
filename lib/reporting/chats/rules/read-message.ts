import * as z from 'zod/mini';
import { oneLine } from '../../../foundation/common/one-line.ts';

/** What SNS hands to a queue of what was told to people; `only` is ours, of a second try. */
export const TopicMessage = z.object({
  MessageId: z.string(),
  Subject: z.optional(z.nullable(z.string())),
  Message: z.string(),
  Timestamp: z.string(),
  only: z.optional(z.array(z.string())),
});
export type TopicMessage = z.infer<typeof TopicMessage>;

/** A message as chats show it: a title, and parts of one printable line each. */
export interface ChatMessage {
  title: string;
  parts: Part[];
}

/** A trouble, a list, or a remark. */
export interface Part {
  head: string;
  lines: string[];
  /** Where docs/ explain it, if that is an address. */
  link?: string;
}

const LONGEST = 2_000;
const line = (text: string) => oneLine(text, LONGEST).trim().replace(/ {2,}/g, ' ');

/** CloudWatch tells of an alarm in JSON (CloudWatch user guide, "Notifying users on alarm changes"). */
const Alarm = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.optional(z.nullable(z.string())),
  NewStateValue: z.string(),
  NewStateReason: z.string(),
});

/** What mails say, in the words of the mail; docs/ are an address where `docsUrl` is one. */
export function readMessage({ Subject, Message }: TopicMessage, docsUrl: string): ChatMessage {
  const alarm = readAlarm(Message);
  const parts = alarm ? [alarm] : Message.split(/\n{2,}/).flatMap(partOf);
  return {
    title: line(Subject ?? '') || parts[0]?.head || 'Perennial',
    parts: parts.map((part) => withLink(part, docsUrl)),
  };
}

function readAlarm(text: string): Part | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { success, data } = Alarm.safeParse(json);
  if (!success) return undefined;
  const { AlarmName, AlarmDescription, NewStateValue, NewStateReason } = data;
  return {
    head: line(`The alarm ${AlarmName} is in the state ${NewStateValue}.`),
    lines: [AlarmDescription ?? '', `Reason: ${NewStateReason}`].map(line).filter((one) => one !== ''),
  };
}

/** A paragraph: its first line, and those below it. */
function partOf(paragraph: string): Part[] {
  const [head = '', ...lines] = paragraph.split('\n').map(line);
  return head === '' ? [] : [{ head, lines: lines.filter((one) => one !== '') }];
}

/** The last word of a line that begins below our docs/: what others said stands after a title of ours. */
function withLink(part: Part, docsUrl: string): Part {
  if (!/^https:\/\/[^\s<>|"\\]+$/.test(docsUrl)) return part;
  const words = part.lines.flatMap((one) => /(?:^More:|What to do:) (https:\S+)$/.exec(one)?.[1] ?? []);
  const link = words.find(
    (word) => word.startsWith(`${docsUrl}/`) && /^(?!.*\/\.)[\w:/.#%~?=&+@-]+$/.test(word),
  );
  return link === undefined ? part : { ...part, link };
}
