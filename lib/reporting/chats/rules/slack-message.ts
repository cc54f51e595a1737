import { inLimits, moreText, partText, shortened } from './in-limits.ts';
import type { ChatMessage, Part } from './read-message.ts';

// Slack, "Block Kit": a header has 150 characters, a section 3,000, a message 50 blocks. All blocks together have about 13,000
// (`msg_blocks_too_long`), which is documented nowhere.
const HEADER = 150;
const SECTION = 3_000;
const ALL = 10_000;
/** Each part is two blocks at most, beside the header and what is left out. */
const MOST_PARTS = 24;

/** The body for an incoming webhook of Slack. Plain text, in which nothing that others said is a mention or a link. */
export function slackMessage({ title, parts }: ChatMessage) {
  const { shown, left } = inLimits(parts, {
    most: MOST_PARTS,
    room: ALL,
    size: (part) => sectionText(part).length + (part.link?.length ?? 0),
  });
  return {
    text: escaped(title),
    unfurl_links: false,
    blocks: [
      { type: 'header', text: plain(shortened(title, HEADER)) },
      ...shown.flatMap(blocksOf),
      ...(left > 0 ? [{ type: 'section', text: plain(moreText(left)) }] : []),
    ],
  };
}

function blocksOf(part: Part) {
  const section = { type: 'section', text: plain(sectionText(part)) };
  if (part.link === undefined) return [section];
  const link = `<${escaped(part.link)}|What this is, and what to do>`;
  return [section, { type: 'context', elements: [{ type: 'mrkdwn', text: link }] }];
}

const sectionText = (part: Part) => shortened(partText(part), SECTION);
const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });

/** Slack, "Escaping text": these three characters only. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
