import type { PlantedFault } from '../fault.ts';

const WIRED = 'test/unit/functions/wired.test.ts';
const bus = (name: string): PlantedFault => ({
  name: `${name} puts its events on another bus`,
  file: `functions/${name}.ts`,
  edits: [['new EventBridgeClient(), settings.eventBus', 'new EventBridgeClient(), settings.bucket']],
  test: WIRED,
  only: `> ${name} `,
});

/** How functions are put together: what type checks and is wrong even so. */
export const FUNCTIONS: readonly PlantedFault[] = [
  ...['scan', 'renew', 'deploy', 'confirm', 'acm', 'probe'].map(bus),
  {
    name: 'renew takes a forced renewal that was not made for done',
    file: 'functions/renew.ts',
    edits: [['requireForcedDone(detail, outcomes);', 'void requireForcedDone;']],
    test: WIRED,
    only: '> renew ',
  },
  {
    name: 'acm tags imports with the name of the bus',
    file: 'functions/acm.ts',
    edits: [['acmIn(settings.bucket)', 'acmIn(settings.eventBus)']],
    test: WIRED,
    only: '> acm ',
  },
  {
    name: 'notify mails to no topic',
    file: 'functions/notify.ts',
    edits: [['settings.noticeTopic', 'settings.stage']],
    test: WIRED,
    only: '> notify ',
  },
  {
    name: 'chat tells Amazon Q where people are mailed',
    file: 'functions/chat.ts',
    edits: [['settings.chatTopic', 'settings.noticeTopic']],
    test: WIRED,
    only: '> chat ',
  },
  {
    name: 'chats that took a message are told again',
    file: 'lib/reporting/chats/tell-chats.ts',
    edits: [['only: failed.map(', 'only: told.map(']],
    test: 'test/unit/reporting/chats.test.ts',
    only: 'for those alone that did not take it',
  },
  {
    name: 'notify mails each message by itself',
    file: 'functions/notify.ts',
    edits: [
      [
        'const { mails, measured } = await notify(deps, events);',
        'const { mails, measured } = await notify(deps, events.slice(0, 1));\n  await notify(deps, events.slice(1));',
      ],
    ],
    test: WIRED,
    only: '> notify ',
  },
  {
    name: 'renew looks for older accounts where their secrets are',
    file: 'lib/lambda/settings.ts',
    edits: [['accountPrefix: values.ACCOUNT_PREFIX', 'accountPrefix: values.EAB_PREFIX']],
    test: WIRED,
    only: '> renew ',
  },
  {
    name: 'deploy runs another document',
    file: 'lib/lambda/settings.ts',
    edits: [['document: values.DOCUMENT', 'document: values.STAGE']],
    test: WIRED,
    only: '> deploy ',
  },
  {
    name: 'a plan writes the index',
    file: 'lib/scan/rules/trigger.ts',
    edits: [
      ['plan: { ...QUICK, dryRun: true, looksClosely: true }', 'plan: { ...QUICK, looksClosely: true }'],
    ],
    test: WIRED,
    only: 'only plans',
  },
  {
    name: 'a revocation is written down after the CA was asked',
    file: 'lib/issuance/revocation/revoke.ts',
    edits: [
      [
        'const before = await record(store, name, (known) => withRevocation(known, revocation));',
        'const before: Revocation[] = [];',
      ],
    ],
    test: WIRED,
    only: '> revoke ',
  },
];
