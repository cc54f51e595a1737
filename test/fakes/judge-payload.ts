// What chats take, as they publish it: what a receiver on this machine judges payloads by.

type Json = Record<string, unknown>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Slack: Block Kit reference (header, section, context, text object) and "Sending messages using incoming webhooks". */
export function complaintsOfSlack(payload: unknown): string[] {
  const { text, blocks, ...rest } = object(payload);
  const complaints = Object.keys(rest).filter((key) => key !== 'unfurl_links');
  if (textIn(text) === '') complaints.push('no text for notifications');
  const all = list(blocks);
  if (all.length === 0 || all.length > 50) complaints.push(`${all.length} blocks`);
  const sum = all.reduce<number>((length, block) => length + JSON.stringify(block).length, 0);
  // What bolt-js's issue 2509 measured.
  if (sum > 13_000) complaints.push(`blocks of ${sum} characters: msg_blocks_too_long`);
  for (const block of all) complaints.push(...complaintsOfBlock(object(block)));
  return complaints;
}

function complaintsOfBlock({ type, text, elements }: Json): string[] {
  switch (type) {
    case 'header':
      return complaintsOfText(object(text), { most: 150, types: ['plain_text'] });
    case 'section':
      return complaintsOfText(object(text), { most: 3_000, types: ['plain_text', 'mrkdwn'] });
    case 'context':
      return [
        ...(list(elements).length >= 1 && list(elements).length <= 10 ? [] : ['context of 1 to 10 elements']),
        ...list(elements).flatMap((one) =>
          complaintsOfText(object(one), { most: 3_000, types: ['plain_text', 'mrkdwn'] }),
        ),
      ];
    default:
      return [`a block of type ${type}`];
  }
}

function complaintsOfText(
  { type, text, emoji, ...rest }: Json,
  { most, types }: { most: number; types: string[] },
): string[] {
  const { length } = textIn(text);
  return [
    ...Object.keys(rest).map((key) => `a text object has no ${key}`),
    ...(types.includes(textIn(type)) ? [] : [`a text of type ${type}`]),
    ...(emoji !== undefined && type !== 'plain_text' ? ['emoji is of plain_text only'] : []),
    ...(length >= 1 && length <= most ? [] : [`a text of ${length} characters, and ${most} are the most`]),
  ];
}

/** Teams: a webhook's message with one Adaptive Card; adaptivecards.io, schema 1.4, as far as it is used. */
export function complaintsOfTeams(payload: unknown): string[] {
  const { type, attachments } = object(payload);
  const [attachment, ...more] = list(attachments).map(object);
  const card = object(attachment?.content);
  const size = Buffer.byteLength(JSON.stringify(payload));
  return [
    ...(type === 'message' && more.length === 0 ? [] : ['is no message with one attachment']),
    ...(attachment?.contentType === 'application/vnd.microsoft.card.adaptive' ? [] : ['contentType']),
    ...(card.type === 'AdaptiveCard' && card.version === '1.4' ? [] : ['is no Adaptive Card 1.4']),
    ...(size <= 28 * 1024 ? [] : [`${size} bytes: RequestEntityTooLarge`]),
    ...(list(card.body).length > 0 ? [] : ['an empty body']),
    ...list(card.body).flatMap((element) => complaintsOfElement(object(element))),
  ];
}

const SPACING = ['none', 'small', 'default', 'medium', 'large', 'extraLarge', 'padding'];
const SIZES = ['default', 'small', 'medium', 'large', 'extraLarge'];

function complaintsOfElement({ type, inlines, actions, separator, spacing, ...rest }: Json): string[] {
  const complaints = Object.keys(rest).map((key) => `an element has ${key}`);
  if (separator !== undefined && typeof separator !== 'boolean') complaints.push('separator');
  if (spacing !== undefined && !SPACING.includes(textIn(spacing))) complaints.push(`spacing ${spacing}`);
  if (type === 'RichTextBlock')
    for (const inline of list(inlines).map(object)) {
      const { type: run, text, size, weight } = inline;
      if (run !== 'TextRun' || textIn(text) === '') complaints.push('an inline that is no text');
      if (size !== undefined && !SIZES.includes(textIn(size))) complaints.push(`size ${size}`);
      if (weight !== undefined && !['default', 'lighter', 'bolder'].includes(textIn(weight)))
        complaints.push(`weight ${weight}`);
    }
  else if (type === 'ActionSet')
    for (const { type: kind, url, title } of list(actions).map(object)) {
      if (kind !== 'Action.OpenUrl' || !URL.canParse(textIn(url)) || textIn(title) === '')
        complaints.push(`an action ${kind} to ${url}`);
    }
  else complaints.push(`an element of type ${type}`);
  return complaints;
}

/** Amazon Q Developer in chat applications: "Custom notifications", event schema. */
export function complaintsOfAmazonQ(payload: unknown): string[] {
  const { version, source, id, content, metadata, ...rest } = object(payload);
  const { textType, title, description, nextSteps, keywords, ...more } = object(content);
  const { threadId, summary, eventType, relatedResources, additionalContext, ...other } = object(metadata);
  const isText = (value: unknown) => value === undefined || (typeof value === 'string' && value !== '');
  const isTexts = (value: unknown) => value === undefined || (Array.isArray(value) && value.every(isText));
  const unknown = [...Object.keys(rest), ...Object.keys(more), ...Object.keys(other)];
  return [
    ...unknown.map((key) => `the schema has no ${key}`),
    ...(version === '1.0' && source === 'custom' ? [] : ['version or source']),
    ...(textType === undefined || textType === 'client-markdown' ? [] : ['textType']),
    ...(typeof description === 'string' && description !== '' ? [] : ['no description']),
    ...([id, title, threadId, summary, eventType].every(isText) ? [] : ['a member that is no text']),
    ...([nextSteps, keywords, relatedResources].every(isTexts) ? [] : ['a list that is not of texts']),
    ...(additionalContext === undefined ? [] : ['additionalContext is not used']),
  ];
}
