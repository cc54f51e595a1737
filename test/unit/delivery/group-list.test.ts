import { describe, expect, it } from 'vitest';
import {
  decideGroupList,
  type GroupListFacts,
  groupListText,
  type ListedCertificate,
  listedOf,
  parseGroupList,
  withListed,
} from '../../../lib/delivery/deployment/rules/group-list.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const OLD = '20261001T000000Z-0a1b2c';
const NEW = '20261120T010000Z-3d4e5f';
const listed = (name: string, version: string, more: Partial<ListedCertificate> = {}): ListedCertificate => ({
  ...listedOf(name, pointerOf(new Date('2027-01-01T00:00:00Z'), 90, { version })),
  ...more,
});
const facts = (more: Partial<GroupListFacts>): GroupListFacts => ({
  live: [listed('shop', NEW)],
  due: new Set(),
  rejected: new Set(),
  isRevoked: () => false,
  now: NOW,
  ...more,
});
const versions = (certificates: readonly ListedCertificate[]) =>
  certificates.map(({ name, version }) => `${name} ${version}`);

describe('the list of a group', () => {
  it.each<[string, ListedCertificate[], Partial<GroupListFacts>, string[]]>([
    ['has every certificate with a live version', [], {}, [`shop ${NEW}`]],
    [
      'has a certificate that is on no host yet, though it is about to be sent',
      [],
      { due: new Set(['shop']) },
      [`shop ${NEW}`],
    ],
    ['moves on once no host lacks the version', [listed('shop', OLD)], {}, [`shop ${NEW}`]],
    [
      'keeps what the others serve until one has come through with the new version',
      [listed('shop', OLD)],
      { due: new Set(['shop']) },
      [`shop ${OLD}`],
    ],
    [
      'keeps no version that has expired',
      [listed('shop', OLD, { notAfter: NOW.toISOString() })],
      { due: new Set(['shop']) },
      [`shop ${NEW}`],
    ],
    [
      'keeps no version that is revoked',
      [listed('shop', OLD)],
      { due: new Set(['shop']), isRevoked: (name, version) => name === 'shop' && version === OLD },
      [`shop ${NEW}`],
    ],
    ['loses what the group does not serve any more', [listed('blog', OLD)], {}, [`shop ${NEW}`]],
    [
      'has a certificate once whose renewal file cannot be used, and that has a live version',
      [listed('shop', OLD)],
      { rejected: new Set(['shop']) },
      [`shop ${NEW}`],
    ],
    [
      'keeps a certificate whose renewal file was broken by a slip',
      [listed('blog', OLD)],
      { rejected: new Set(['blog', 'shop']) },
      [`shop ${NEW}`, `blog ${OLD}`],
    ],
  ])('%s', (_, before, more, expected) => {
    expect(versions(decideGroupList(before, facts(more)))).toEqual(expected);
  });

  it('takes over what the pointer says anew of the same version', () => {
    const live = [listed('shop', NEW, { serverNames: ['www.example.com'] })];
    expect(decideGroupList([listed('shop', NEW)], facts({ live, due: new Set(['shop']) }))).toEqual(live);
  });

  it('is JSON with one certificate a line, in the order of names, and read back as written', () => {
    const certificates = [listed('shop', NEW), listed('blog', OLD, { putBack: true })];
    const text = groupListText('web', certificates);
    expect(JSON.parse(text).group).toBe('web');
    const lines = text.split('\n').slice(1, 3);
    expect(lines[0]).toMatch(/^\{"name":"blog","version":"20261001T000000Z-0a1b2c",.*"putBack":true\},$/);
    expect(lines[1]).toMatch(/^\{"name":"shop","version":"20261120T010000Z-3d4e5f",.*\}$/);
    expect(parseGroupList(text)).toEqual(certificates.toReversed());
  });

  it('stands in the order of names, wherever they come from', () => {
    const text = groupListText('web', [listed('b', NEW), listed('c', NEW), listed('a', NEW)]);
    expect(versions(parseGroupList(text))).toEqual([`a ${NEW}`, `b ${NEW}`, `c ${NEW}`]);
  });

  it('says of what a pointer was put back to that it was, and of nothing else', () => {
    const pointer = pointerOf(new Date('2027-01-01T00:00:00Z'), 90, { version: OLD });
    expect(listedOf('shop', { ...pointer, putBack: true })).toMatchObject({ putBack: true });
    expect(listedOf('shop', pointer)).not.toHaveProperty('putBack');
    expect(listedOf('shop', { ...pointer, putBack: false })).not.toHaveProperty('putBack');
  });

  it.each(['name', 'version', 'serial', 'notAfter', 'names', 'serverNames', 'fullchain', 'privkey'])(
    'is empty where a certificate has no %s, or one of another type',
    (member) => {
      const [whole] = [listed('shop', NEW)];
      for (const value of [undefined, 7, null]) {
        const text = JSON.stringify({ group: 'web', certificates: [{ ...whole, [member]: value }] });
        expect(parseGroupList(text)).toEqual([]);
      }
    },
  );

  it.each([
    ['without a group', { certificates: [listed('shop', NEW)] }],
    ['without certificates', { group: 'web' }],
    [
      'that says of a version in words that it was put back',
      { group: 'web', certificates: [{ ...listed('shop', NEW), putBack: 'yes' }] },
    ],
  ])('is empty where it cannot be read: one %s', (_, list) => {
    expect(parseGroupList(JSON.stringify(list))).toEqual([]);
  });

  it('says nothing of windows: who reads it elsewhere is told by nothing else', () => {
    const text = groupListText('web', [listed('shop', NEW)]);
    expect(text.split('\n')[0]).toBe('{"group":"web","certificates":[');
    expect(parseGroupList(text)).toEqual([listed('shop', NEW)]);
  });

  it.each(['', 'no JSON', '{"certificates":[{"name":"shop"}]}', undefined])(
    'is empty where it cannot be read: %s',
    (text) => {
      expect(parseGroupList(text)).toEqual([]);
    },
  );

  it('gets other versions of some certificates', () => {
    const before = [listed('blog', OLD), listed('shop', OLD)];
    expect(versions(withListed(before, [listed('shop', NEW)]))).toEqual([`blog ${OLD}`, `shop ${NEW}`]);
  });
});
