import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { findExternalAccount } from '../../../lib/adapters/acme/accounts.ts';
import { AcmeClient } from '../../../lib/adapters/acme/acme-client.ts';
import { newAccountKey } from '../../../lib/adapters/acme/stored-account.ts';
import { externalAccountKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { RenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { HOST_REPORT } from '../../../lib/foundation/reasons/deployments.ts';
import { isOfKind, REASONS, remedyOf } from '../../../lib/foundation/reasons/reasons.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

/** By the reason in its heading. */
const paragraphs = new Map(
  [...read('docs/operations.md').matchAll(/^### `(.+)`\n\n(.*)$/gm)].map(([, reason = '', text = '']) => [
    reason,
    text,
  ]),
);
/** Those with a remedy of their own, and it. */
const remedies = Object.entries(REASONS).flatMap(([reason, row]): [string, string][] => {
  const [words = ''] = [row].flat();
  return words === '' ? [] : [[reason, words]];
});

describe('docs/operations.md', () => {
  it('has a paragraph for each reason with a remedy, and for no other', () => {
    expect([...paragraphs.keys()].sort()).toEqual(remedies.map(([reason]) => reason).sort());
  });

  it('lists at its top every alarm and reason, in its order, by links', () => {
    const [, list = '', rest = ''] =
      /^## Find an alarm or a reason\n([\s\S]*?)(^## [\s\S]*)/m.exec(read('docs/operations.md')) ?? [];
    const linked = [...list.matchAll(/\[`([a-z0-9-]+…?)`\]\(#([^)]+)\)/g)];
    expect(linked.map(([, reason]) => reason)).toEqual([...paragraphs.keys()]);
    for (const [, reason = '', anchor] of linked) expect(anchor).toBe(reason.replace('…', ''));
    const sections = [...rest.matchAll(/^## (?:Reasons: )?(.+)$/gm)].map(([, title = '']) => title);
    for (const title of sections.filter((one) => one !== 'What you are told'))
      expect(list.toLowerCase()).toContain(`[${title.toLowerCase()}](#`);
  });

  it.each(remedies)('%s: has where the mail says: %s', (reason) => {
    const { anchor } = remedyOf(reason);
    expect(anchor).toBe(`operations.md#${reason.replace('…', '')}`);
    expect(paragraphs.get(reason)).toMatch(/\w/);
  });

  it.each(remedies)('%s: names what the remedy names: %s', (reason, words) => {
    const named = words.match(
      /params\.\w+|resources\/\w+\.yml|"[a-z][\w.]*"|--force|doctor|serverless deploy/g,
    );
    for (const name of named ?? []) expect(paragraphs.get(reason)).toContain(name.replaceAll('"', ''));
  });
});

describe('a remedy names what there is:', () => {
  const text = remedies.map(([, words]) => words).join('\n');
  const all = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))];

  it.each(all(/\b(docs\/[\w/-]+\.md)/g))('%s', (page) => {
    expect(existsSync(join(PROJECT, page))).toBe(true);
  });

  it.each(all(/params\.(\w+)/g))('params.%s in settings.example.yml', (param) => {
    expect(read('settings.example.yml')).toMatch(new RegExp(`^ +# ${param}:`, 'm'));
  });

  it.each(all(/(resources\/\w+\.yml)/g))('%s', (file) => {
    expect(existsSync(join(PROJECT, file))).toBe(true);
  });

  it.each(all(/"([a-z]\w*)(?:\.\w+)?"/g))('"%s" in a renewal file', (field) => {
    expect(Object.keys(RenewalFile.shape)).toContain(field);
  });

  it('what is kept of an external account', async () => {
    const [, kid = '', hmacKey = ''] = /put (\w+) and (\w+) there/.exec(
      remedyOf('external-account-malformed').words,
    ) ?? [''];
    const stored = JSON.stringify({ [kid]: 'mine', [hmacKey]: 'c2VjcmV0LXNlY3JldA' });
    const store = new MemoryStore();
    await store.put(externalAccountKey('https://ca.test/dir'), stored);
    const client = new AcmeClient({ directoryUrl: 'https://ca.test/dir', accountKey: newAccountKey() });
    const found = findExternalAccount('https://ca.test/dir', { store }, client);
    await expect(found).resolves.toEqual(JSON.parse(stored));
  });
});

/** Where install.sh names a reason. */
const PLACES = [
  /\bgive_up "\$\w+" ([a-z][a-z0-9-]+)/g,
  /\brefuse(?:_error)? ([a-z][a-z0-9-]+)/g,
  /\bfinish "\$\w+" \S+ ([a-z][a-z0-9-]+)/g,
  /\b(?:why_)?reason=([a-z][a-z0-9-]+)/g,
  /\bbecause ([a-z][a-z0-9-]+)/g,
  /\bunsafe ([a-z][a-z0-9-]+)/g,
  /\brefused_by_nginx ([a-z][a-z0-9-]+)/g,
  /^\s+\*?['*].*\) echo ([a-z][a-z0-9-]+) ;;/gm,
  /\breason_of_error "\$error" ([a-z][a-z0-9-]+)/g,
];

test('docs/reference/hosts.md and the table have each reason that the script can report, and no other', () => {
  const script = read('lib/delivery/deployment/host/install.sh');
  const reported = PLACES.flatMap((place) => [...script.matchAll(place)].map(([, reason]) => reason));
  const table = read('docs/reference/hosts.md').split('| reason | meaning |')[1] ?? '';
  const explained = [...table.matchAll(/^\| `([a-z][a-z0-9-]+)` \| .+ \|/gm)].map(([, reason]) => reason);
  // Programs have a reason each, `<program>-missing`; the table has one of them.
  const all = [...new Set([...reported, 'openssl-missing'])].sort();
  expect(explained.sort()).toEqual(all);
  expect(Object.keys(HOST_REPORT).sort()).toEqual(all);
});

it.each(['docs/reference/hosts.md', 'docs/hosts.md'])(
  'mails of today or before find their anchor in %s',
  (page) => {
    const [, anchor = ''] = remedyOf('nginx-test-failed').anchor.split('#');
    expect(read(page).toLowerCase()).toContain(`\n## ${anchor.replaceAll('-', ' ')}\n`);
  },
);

describe('a reason', () => {
  it.each(['constructor', '__proto__', 'toString', 'acme-…x', ''])('%s is not in the table', (reason) => {
    expect(isOfKind(reason, 'left')).toBe(false);
    if (!reason.startsWith('acme-'))
      expect(remedyOf(reason).anchor).toBe('reference/hosts.md#what-a-host-reports');
  });

  it('of the CA or of Systems Manager without a row of its own is of its family', () => {
    expect(isOfKind('acme-bad-csr', 'refused')).toBe(true);
    expect(isOfKind('acme-server-internal', 'refused')).toBe(false);
    expect(remedyOf('acme-server-internal')).toEqual(remedyOf('acme-bad-csr'));
    expect(remedyOf('ssm-terminated')).toEqual(remedyOf('ssm-failed'));
    expect(remedyOf('acm-unavailable').anchor).toBe('operations.md#acm-unavailable');
  });
});
