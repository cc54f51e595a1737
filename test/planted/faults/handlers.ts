// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code in which templates stand
import type { PlantedFault } from '../fault.ts';

const QUEUED = 'test/unit/lambda/queued.test.ts';
const BEHIND = 'test/unit/lambda/invoked-or-queued.test.ts';
const WIRED = 'test/unit/functions/wired.test.ts';
const CONFIRMED = 'test/unit/cli/confirmed.test.ts';

const handler = (name: string, from: string, to: string, test = QUEUED): PlantedFault => ({
  name: `handlers: ${name}`,
  file: 'lib/lambda/handler.ts',
  edits: [[from, to]],
  test,
});
const bucketOf = (name: string): PlantedFault => ({
  name: `${name} reads another bucket`,
  file: `functions/${name}.ts`,
  edits: [['new S3Client(), settings.bucket', 'new S3Client(), settings.contact']],
  test: WIRED,
  only: `> ${name} `,
});
const command = (name: string, file: string, from: string, to: string, test = CONFIRMED): PlantedFault => ({
  name: `command line: ${name}`,
  file: `cli/${file}`,
  edits: [[from, to]],
  test,
});

/** What all functions share, and what the command line asks before it does something. */
export const HANDLERS: readonly PlantedFault[] = [
  handler(
    'a failed message is taken for done',
    '      batchItemFailures.push({ itemIdentifier: messageId });\n',
    '',
  ),
  handler(
    'a failed message fails those after it',
    "      logger.error('message failed'",
    "      if (batchItemFailures.length === 0) throw error;\n      logger.error('message failed'",
  ),
  handler('nothing is reserved for the end', 'Math.max(remaining - RESERVED_MS, remaining / 2)', 'remaining'),
  handler(
    'a short function has no time',
    'Math.max(remaining - RESERVED_MS, remaining / 2)',
    'Math.max(remaining - RESERVED_MS, 0)',
  ),
  handler(
    'nobody is told to stop',
    'const signal = AbortSignal.timeout(usable);',
    'const { signal } = new AbortController();',
  ),
  handler(
    'where a known error came from is shown',
    "failure.reason !== 'unexpected-error')",
    "failure.reason === 'unexpected-error')",
  ),
  handler('a flow is asked for nothing', 'if (events.length > 0) await flow(events);', 'await flow(events);'),
  handler(
    'what is taken is removed before it is done',
    '    const { batchItemFailures } = await take({ Records }, context);',
    '    await own.remove(Records);\n    const { batchItemFailures } = await take({ Records }, context);',
    BEHIND,
  ),
  handler(
    'what cannot be read is removed',
    'own.remove(Records.filter(({ messageId }) => !failed.has(messageId)))',
    'own.remove(Records)',
    BEHIND,
  ),
  handler(
    'a look ends with the first messages',
    'while (performance.now() < end) {',
    'if (performance.now() < end) {',
    BEHIND,
  ),
  handler(
    'a look is taken for a start',
    'isLook(event) ? emptyQueue(own, take, context) : flow(event)',
    'flow(event)',
    BEHIND,
  ),
  handler(
    'whatever has records is a batch',
    "records[0]?.eventSource === 'aws:sqs'",
    'records.length > 0',
    BEHIND,
  ),
  ...[
    'scan',
    'renew',
    'deploy',
    'confirm',
    'acm',
    'probe',
    'notify',
    'status',
    'doctor',
    'revoke',
    'account',
  ].map(bucketOf),
  {
    name: 'scan looks for accounts where their secrets are',
    file: 'functions/scan.ts',
    edits: [['prefix: settings.accountPrefix', 'prefix: settings.eabPrefix']],
    test: WIRED,
    only: 'account that standing records name',
  },
  {
    name: 'scan looks at one of several changed files',
    file: 'functions/scan.ts',
    edits: [['scanAs(startOfFiles(created))', 'scanAs(startOfFiles(created.slice(0, 1)))']],
    test: WIRED,
    only: 'that files were put into its bucket',
  },
  {
    name: 'notify counts nothing',
    file: 'functions/notify.ts',
    edits: [
      ['publishMetrics(measured, settings.stage)', 'publishMetrics(measured.slice(0, 0), settings.stage)'],
    ],
    test: WIRED,
    only: 'counts what a check found',
  },
  {
    name: 'notify counts for another stage',
    file: 'functions/notify.ts',
    edits: [['publishMetrics(measured, settings.stage)', 'publishMetrics(measured, settings.bucket)']],
    test: WIRED,
    only: 'counts what a check found',
  },
  {
    name: 'doctor looks for older accounts where their secrets are',
    file: 'functions/doctor.ts',
    edits: [['prefix: settings.accountPrefix', 'prefix: settings.eabPrefix']],
    test: WIRED,
    only: '> doctor ',
  },
  command(
    'a file is removed for the name of another',
    'commands/remove.ts',
    'if (confirm !== undefined && confirm !== name)',
    "if (confirm === '')",
  ),
  command(
    'a certificate is revoked without its name',
    'commands/revoke.ts',
    'if (confirm !== name)',
    "if (confirm === '')",
  ),
  command(
    'a version is released and set at once',
    'commands/restore.ts',
    'if (release && version !== undefined)',
    'if (release && version === undefined)',
  ),
  command(
    'an exported key can be read by others',
    'migrate/write-export.ts',
    "file === 'privkey' ? 0o600 : 0o644",
    '0o644',
  ),
  command(
    'folders of exported keys are open',
    'migrate/write-export.ts',
    'const PRIVATE = 0o700;',
    'const PRIVATE = 0o755;',
  ),
  command(
    'an export goes over what is there',
    'migrate/write-export.ts',
    'if (await exists(path))',
    'if ((await exists(path)) && path === name)',
  ),
  command(
    'an exported key is not compared with its pointer',
    'migrate/write-export.ts',
    ' || sha256(pems.privkey) !== pointer.sha256.privkey)',
    ')',
  ),
  command(
    'an exported certificate is not compared with its pointer',
    'migrate/write-export.ts',
    'sha256(pems.fullchain) !== pointer.sha256.fullchain || ',
    '',
  ),
  command(
    'a secret is waited for at a terminal',
    'commands/eab.ts',
    'if (input.isTTY)',
    'if (input.isTTY === null)',
    'test/unit/cli/eab.test.ts',
  ),
  command(
    'an answer shows the secret',
    'commands/eab.ts',
    'with the key identifier ${external.kid}',
    'with the key identifier ${external.kid} ${external.hmacKey}',
    'test/unit/cli/eab.test.ts',
  ),
  command(
    'an import replaces what is live',
    'migrate/write-import.ts',
    'if (live && live.pointer.fingerprint !== pointer.fingerprint) throw liveAlready(name);',
    '',
    'test/unit/cli/import.test.ts',
  ),
  command(
    'an import takes over a renewal file',
    'migrate/write-import.ts',
    '  if (file) throw fileAlready(name);\n',
    '',
    'test/unit/cli/import.test.ts',
  ),
  command(
    'the renewal file of an import comes before its certificate',
    'migrate/write-import.ts',
    '  const groups = pointer.hosts;\n',
    '  const groups = pointer.hosts;\n  await store.put(renewalKey(name), file);\n',
    'test/unit/cli/import.test.ts',
  ),
  command(
    'a stack of another stage is taken',
    'stack/choose-stack.ts',
    'name === stackName(stage)',
    'name.startsWith(PREFIX)',
    'test/unit/cli/choose-stack.test.ts',
  ),
  command(
    'one of several stacks is taken',
    'stack/choose-stack.ts',
    'if (others.length > 0) {',
    'if (others.length > 9) {',
    'test/unit/cli/choose-stack.test.ts',
  ),
  command(
    'a stack that is half deployed is used',
    'stack/choose-stack.ts',
    'if (!WHOLE.includes(status)) {',
    'if (status === PREFIX) {',
    'test/unit/cli/choose-stack.test.ts',
  ),
];
