import * as z from 'zod/mini';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { amazonQMessage } from './amazon-q-message.ts';
import type { ChatMessage } from './read-message.ts';
import { slackMessage } from './slack-message.ts';
import { teamsMessage } from './teams-message.ts';

export const CHAT_KINDS = ['slack', 'teams', 'json'] as const;
export type ChatKind = (typeof CHAT_KINDS)[number];

const CHAT_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
export const ChatName = z
  .string()
  .check(
    z.regex(
      CHAT_NAME,
      'may hold a-z, 0-9 and "-", begins with a letter or digit, and has at most 40 characters',
    ),
  );

/** Whoever knows such an address can post there: it is a secret. */
export const ChatUrl = z
  .string()
  .check(
    z.maxLength(2_000),
    z.regex(/^https:\/\/[^\s/?#@\\]+(\/\S*)?$/, 'must be an https address'),
    z.refine(URL.canParse, 'must be an https address'),
  );

/** `chats/<name>.json`: an incoming webhook. */
export const Chat = ownObject({ kind: z.enum(CHAT_KINDS), url: ChatUrl });
export type Chat = z.infer<typeof Chat>;

/** The kind that an address is of, by its host; anything else gets plain JSON. */
export function kindOf(url: string): ChatKind {
  const { hostname } = new URL(url);
  const isAt = (domain: string) => hostname === domain || hostname.endsWith(`.${domain}`);
  if (isAt('slack.com') || isAt('slack-gov.com')) return 'slack';
  // Workflows of Power Automate, and the older connectors.
  const teams = ['logic.azure.com', 'powerplatform.com', 'powerautomate.com', 'webhook.office.com'];
  return teams.some(isAt) ? 'teams' : 'json';
}

/** What is sent to a chat of this kind. */
export function payloadFor(kind: ChatKind | 'amazon-q', message: ChatMessage): unknown {
  switch (kind) {
    case 'slack':
      return slackMessage(message);
    case 'teams':
      return teamsMessage(message);
    case 'json':
      return { version: 1, ...message };
    case 'amazon-q':
      return amazonQMessage(message);
  }
}
