import { generateKeyPairSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FoundLineage } from '../../../cli/migrate/found.ts';
import { type ImportContext, prepareImport } from '../../../cli/migrate/prepare-import.ts';
import { readFolder } from '../../../cli/migrate/read-folder.ts';
import { requireFree, writeImport } from '../../../cli/migrate/write-import.ts';
import { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { makeCa, newKey, type TestCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const now = new Date('2026-11-20T00:00:00Z');
const CA = 'https://ca.test/directory';
const context: ImportContext = {
  stack: stackOf({ hostGroups: [hostGroup('web')], defaultCa: CA }),
  hosts: ['web'],
  now,
};
let ca: TestCa;
beforeAll(async () => {
  ca = await makeCa();
});

async function found(
  change: Partial<FoundLineage> = {},
  { names = ['example.com'], notAfter = '2027-01-30', key = newKey() } = {},
): Promise<FoundLineage> {
  const leaf = await ca.issue({
    key,
    names,
    notBefore: new Date('2026-11-01'),
    notAfter: new Date(notAfter),
  });
  return {
    name: 'example.com',
    fullchain: leaf + ca.issuer,
    key,
    directoryUrl: CA,
    notCarried: [],
    ...change,
  };
}
const pemOf = (key: ReturnType<typeof generateKeyPairSync>['privateKey']) =>
  new PrivateKeyPem((key as never as { export(o: object): string }).export({ type: 'pkcs8', format: 'pem' }));

describe('prepareImport', () => {
  it('makes the pointer that renew would have made, under a version that any new one comes after', async () => {
    const { pointer, file } = prepareImport(await found(), context);
    expect(pointer).toMatchObject({
      names: ['example.com'],
      key: 'ecdsa-p256',
      hosts: ['web'],
      ca: CA,
      notAfter: '2027-01-30T00:00:00.000Z',
    });
    expect(pointer.version).toMatch(/^20261101T000000Z-[0-9a-f]{6}$/);
    expect(JSON.parse(file)).toEqual({ names: ['example.com'], hosts: ['web'], key: 'ecdsa-p256' });
  });

  it('keeps the CA and the profile in the file where they are not the stack’s', async () => {
    const { file, pointer, notCarried } = prepareImport(
      await found({ directoryUrl: 'https://other.test/dir', profile: 'classic' }),
      context,
    );
    expect(JSON.parse(file)).toMatchObject({ ca: 'https://other.test/dir', profile: 'classic' });
    expect(pointer).toMatchObject({ ca: 'https://other.test/dir', profile: 'classic' });
    expect(notCarried).toEqual([expect.stringContaining('it stays with that CA')]);
  });

  it('takes a key in the older forms of PEM as well', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = pemOf(privateKey);
    const older = new PrivateKeyPem(privateKey.export({ type: 'sec1', format: 'pem' }).toString());
    const prepared = prepareImport({ ...(await found({}, { key })), key: older }, context);
    expect(prepared.key.reveal()).toContain('-----BEGIN PRIVATE KEY-----');
  });

  it.each<[string, () => Promise<FoundLineage>, string, RegExp]>([
    [
      'a key of another certificate',
      () => found({ key: newKey() }),
      'key-mismatch',
      /not the one that the certificate was made for/,
    ],
    [
      'an expired one',
      () => found({}, { notAfter: '2026-11-10' }),
      'already-expired',
      /expired at 2026-11-10/,
    ],
    [
      'a chain without an issuer',
      async () => {
        const whole = await found();
        return { ...whole, fullchain: whole.fullchain.replace(ca.issuer, '') };
      },
      'chain-malformed',
      /has no issuer/,
    ],
    ['HTML for a certificate', () => found({ fullchain: '<html>' }), 'chain-malformed', /cannot be parsed/],
    ['no key', () => found({ key: new PrivateKeyPem('none') }), 'key-unreadable', /no key in PEM/],
    [
      'names outside the domains',
      () => found({}, { names: ['example.org'] }),
      'outside-domains',
      /example\.org/,
    ],
    ['a name that is no lineage', () => found({ name: '<b>x' }), 'bad-lineage-name', /"<b>x"/],
    [
      'a key type that is none of ours',
      () => found({}, { key: pemOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey) }),
      'key-type-unknown',
      /\(rsa 1024\)/,
    ],
  ])('refuses %s in one line', async (_, lineage, reason, message) => {
    const given = await lineage();
    const prepare = () => prepareImport(given, context);
    expect(prepare).toThrow(
      expect.objectContaining({ name: 'InputError', reason, message: expect.stringMatching(message) }),
    );
    expect(prepare).toThrow(/^[^\n]+$/);
    expect(prepare).not.toThrow(/PRIVATE KEY/);
  });
});

describe('writeImport', () => {
  let store: MemoryStore;
  beforeEach(() => {
    store = new MemoryStore(() => now);
  });

  it('writes version, pointer and copies, and the renewal file last', async () => {
    const order: string[] = [];
    store.beforeWrite = (key) => void order.push(key);
    const prepared = prepareImport(await found(), context);
    await expect(writeImport(store, prepared)).resolves.toBe('imported');
    expect(order.at(-1)).toBe('renewal/example.com.json');
    expect(order.indexOf('live/example.com.json')).toBe(4);
    const pointer = LivePointer.parse(JSON.parse(store.text('live/example.com.json')));
    expect(store.text(`archive/example.com/${pointer.version}/privkey.pem`)).toBe(prepared.key.reveal());
    await expect(writeImport(store, prepared)).resolves.toBe('there-already');
  });

  it('lets the host groups read every file of the version, every copy and the pointer', async () => {
    await writeImport(store, prepareImport(await found(), context));
    const read = store.keys().filter((key) => /^(archive|live)\//.test(key));
    expect(read).toHaveLength(4 + 5 + 1);
    for (const key of read) expect(store.groups(key), key).toEqual(['web']);
  });

  it('cut off at any write, leaves no renewal file without a pointer, and ends well the next time', async () => {
    const prepared = prepareImport(await found(), context);
    for (let cut = 0; cut < 11; cut += 1) {
      store = new MemoryStore(() => now);
      let writes = 0;
      store.beforeWrite = () => {
        if (writes === cut) throw new Error('cut off');
        writes += 1;
      };
      await writeImport(store, prepared).catch(() => undefined);
      store.beforeWrite = () => {};
      if (store.keys().includes('renewal/example.com.json'))
        expect(store.keys()).toContain('live/example.com.json');
      await writeImport(store, prepared);
      expect(store.keys()).toContain('renewal/example.com.json');
      expect(store.keys().filter((key) => key.startsWith('archive/'))).toHaveLength(4);
    }
  });

  it.each([
    ['live', 'live-already'],
    ['renewal', 'renewal-file-exists'],
  ])('leaves alone what is in %s/ already', async (part, reason) => {
    await writeImport(store, prepareImport(await found(), context));
    if (part === 'renewal') await store.remove('live/example.com.json');
    const before = store.keys();
    const another = prepareImport(await found(), context);
    await expect(requireFree(store, another)).rejects.toMatchObject({ reason });
    await expect(writeImport(store, another)).rejects.toMatchObject({ reason });
    expect(store.keys()).toEqual(before);
  });
});

describe('readFolder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = async (path: string, text: string) => {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  };

  /** Laid out, and the configuration worded, as acme.sh 3.1.4 left it in a run against Pebble. */
  it('reads what acme.sh wrote, and names what it has only ordered', async () => {
    const { fullchain, key } = await found();
    await put('account.conf', "CA_BUNDLE='/x'\n");
    await put('ca/acme-v02.api.letsencrypt.org/directory/account.key', 'x');
    await put('example.com_ecc/fullchain.cer', fullchain);
    await put('example.com_ecc/example.com.key', key.reveal());
    await put(
      'example.com_ecc/example.com.conf',
      "Le_Domain='example.com'\nLe_Alt='www.example.com'\nLe_Webroot='/var/www'\nLe_PreHook=''\nLe_API='https://ca.test/directory'\nLe_Keylength='ec-256'\nLe_RealFullChainPath='/etc/nginx/tls.pem'\nLe_ChallengeAlias='x.example.org'\nLe_Deploy2='x'\nLe_Certificate_Profile='classic'\nLe_ReloadCmd='__ACME_BASE64__START_c3lzdGVtY3RsIHJlbG9hZCBuZ2lueA==__ACME_BASE64__END_'\n",
    );
    await put('*.example.com_ecc/*.example.com.conf', "Le_Domain='*.example.com'\nLe_Webroot='dns_manual'\n");
    expect(await readFolder(folder)).toMatchObject({
      program: 'acme.sh',
      lineages: [
        {
          name: 'example.com_ecc',
          fullchain,
          directoryUrl: 'https://ca.test/directory',
          profile: 'classic',
          notCarried: [
            expect.stringMatching(/^http-01 \(\/var\/www\): /),
            expect.stringMatching(/^ReloadCmd "systemctl reload nginx": /),
            'installed at /etc/nginx/tls.pem: hosts serve from live/',
            'Le_ChallengeAlias: nothing like it here',
            'Le_Deploy2: nothing like it here',
          ],
        },
      ],
      notCarried: ['*.example.com_ecc: ordered and never issued'],
    });
  });

  it('reads what lego wrote, and names the CA of its accounts, which it keeps for no certificate', async () => {
    const { fullchain, key } = await found();
    await put('certificates/_.example.com.crt', fullchain);
    await put('certificates/_.example.com.key', key.reveal());
    await put('accounts/acme.zerossl.com/you@example.com/account.json', '{}');
    const { program, lineages, notCarried } = await readFolder(folder);
    expect([program, lineages.map(({ name }) => name)]).toEqual(['lego', ['wildcard.example.com']]);
    expect(notCarried.at(-1)).toBe(
      'accounts at acme.zerossl.com: give "ca" in a renewal file where it is not the stack\'s',
    );
  });

  it('reads what dehydrated wrote, with what is set for all and for one', async () => {
    const { fullchain, key } = await found();
    await put('certs/example.com/fullchain.pem', fullchain);
    await put('certs/example.com/privkey.pem', key.reveal());
    await put('certs/example.com/config', 'RENEW_DAYS="20"\n');
    await put(
      'config',
      'CHALLENGETYPE="dns-01"\nPREFERRED_CHAIN="ISRG Root X1"\nBASEDIR=/x\nHOOK_CHAIN=no\n',
    );
    expect(await readFolder(folder)).toMatchObject({
      program: 'dehydrated',
      lineages: [{ name: 'example.com', notCarried: ['RENEW_DAYS of its own config: not taken over'] }],
      notCarried: [
        'dns-01: names will be proved by DNS-01 on Route 53',
        'PREFERRED_CHAIN: give preferredChain in the renewal files',
        'HOOK_CHAIN: nothing like it here',
      ],
    });
  });

  it.each([
    [[CA], CA, []],
    [
      [CA, 'https://other.test/d'],
      undefined,
      [`accounts at ${CA}, https://other.test/d: give "ca" in a renewal file where it is not the stack's`],
    ],
    [[], undefined, []],
  ])('takes the CA of dehydrated from its only account, and tells of several: %j', async (cas, url, told) => {
    const { fullchain, key } = await found();
    await put('certs/example.com/fullchain.pem', fullchain);
    await put('certs/example.com/privkey.pem', key.reveal());
    for (const one of cas) await put(`accounts/${Buffer.from(`${one}\n`).toString('base64url')}/key`, 'x');
    const { lineages, notCarried } = await readFolder(folder);
    expect(lineages.map(({ directoryUrl }) => directoryUrl)).toEqual([url]);
    expect(notCarried.filter((line) => line.startsWith('accounts')).sort()).toEqual(told);
  });

  it('tells of a certificate whose files are not there, and goes on with the others', async () => {
    const { fullchain, key } = await found();
    await put('renewal/gone.conf', 'server = https://ca.test/directory\n');
    await put('live/example.com/fullchain.pem', fullchain);
    await put('live/example.com/privkey.pem', key.reveal());
    await put('renewal-hooks/pre/stop.sh', '');
    const read = await readFolder(folder);
    expect(read).toMatchObject({
      program: 'certbot',
      unreadable: [
        {
          name: 'gone',
          message: expect.stringMatching(/live\/gone\/fullchain\.pem cannot be read \(ENOENT\)$/),
        },
      ],
      lineages: [
        { name: 'example.com', notCarried: [expect.stringContaining('renewal/example.com.conf is missing')] },
      ],
      notCarried: [expect.stringContaining('renewal-hooks/pre (stop.sh)')],
    });
  });

  it('refuses a folder of none of the programs, and one that is not there', async () => {
    await expect(readFolder(folder)).rejects.toMatchObject({ reason: 'unknown-folder' });
    await expect(readFolder(join(folder, 'x'))).rejects.toMatchObject({ reason: 'no-such-folder' });
  });
});
