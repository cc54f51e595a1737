import { inLimits, moreText, partText, shortened } from './in-limits.ts';
import type { ChatMessage } from './read-message.ts';

const TITLE = 200;
const DESCRIPTION = 4_000;
const MOST_STEPS = 5;

/**
 * A custom notification of Amazon Q Developer in chat applications, which it posts to Slack or Teams (AWS, "Custom notifications
 * using Amazon Q Developer in chat applications"). Its text is Markdown; in a block of code nothing that others said is any.
 */
export function amazonQMessage({ title, parts }: ChatMessage) {
  const { shown, left } = inLimits(parts, {
    most: parts.length,
    room: DESCRIPTION,
    size: (part) => partText(part).length,
  });
  const texts = [...shown.map(partText), ...(left > 0 ? [moreText(left)] : [])];
  const steps = shown.flatMap(({ lines }) =>
    lines.flatMap((line) => /^Command: (.+)$/.exec(line)?.[1] ?? []),
  );
  return {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: withoutMarkdown(shortened(title, TITLE)),
      description: `\`\`\`\n${texts.join('\n\n').replaceAll('`', "'")}\n\`\`\``,
      ...(steps.length > 0 && { nextSteps: steps.slice(0, MOST_STEPS).map(withoutMarkdown) }),
    },
    metadata: { summary: withoutMarkdown(shortened(title, TITLE)), eventType: 'perennial' },
  };
}

/** A name may hold "*", and "<" begins a mention in Slack; "_" within a word is none, and stands in names. */
const withoutMarkdown = (text: string) => text.replace(/[*~`<>|]|(?<![a-z\d])_|_(?![a-z\d])/gi, ' ').trim();
