import { inLimits, moreText, partText, shortened } from './in-limits.ts';
import type { ChatMessage, Part } from './read-message.ts';

/** A message of Teams has about 28 KB with all that is around the text (Microsoft, "Microsoft Teams connector"). */
const ROOM = 16_000;
const LONGEST_PART = 4_000;
const MOST_PARTS = 40;
/** What a part takes beside its text. */
const AROUND = 400;

/**
 * The body for a workflow of Teams that posts a webhook's card: an Adaptive Card 1.4. Text runs know no Markdown, so nothing
 * that others said is a link.
 */
export function teamsMessage({ title, parts }: ChatMessage) {
  const { shown, left } = inLimits(parts, { most: MOST_PARTS, room: ROOM, size });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            text(shortened(title, 200), { size: 'large', weight: 'bolder' }),
            ...shown.flatMap(elementsOf),
            ...(left > 0 ? [text(moreText(left), {})] : []),
          ],
        },
      },
    ],
  };
}

/** In JSON, as UTF-8. */
const size = (part: Part) =>
  Math.min(Buffer.byteLength(JSON.stringify(partText(part))), 3 * LONGEST_PART) + AROUND;

function elementsOf({ head, lines, link }: Part) {
  const rest = shortened(lines.join('\n'), LONGEST_PART);
  return [
    { ...text(head, { weight: 'bolder' }), separator: true, spacing: 'medium' },
    ...(rest === '' ? [] : [text(rest, {})]),
    ...(link === undefined
      ? []
      : [
          {
            type: 'ActionSet',
            actions: [{ type: 'Action.OpenUrl', title: 'What this is, and what to do', url: link }],
          },
        ]),
  ];
}

function text(words: string, style: { size?: string; weight?: string }) {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: words, ...style }] };
}
