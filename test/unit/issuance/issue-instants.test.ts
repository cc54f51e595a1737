import { expect, it } from 'vitest';
import { type ArchivedVersion, issueInstants } from '../../../lib/issuance/renewal/rules/issue-instants.ts';

const at = (text: string) => new Date(`2026-11-${text}:00Z`);
const version = (archived: string, fingerprint?: string, notBefore = archived): ArchivedVersion => ({
  archivedAt: at(archived),
  leaf: fingerprint === undefined ? undefined : { fingerprint, notBefore: at(notBefore) },
});

it.each<[string, ArchivedVersion[], string[]]>([
  ['a certificate, when it was archived', [version('20T02:00', 'a', '20T01:00')], ['20T02:00']],
  ['one by a CA that dates it to midnight', [version('20T02:00', 'a', '20T00:00')], ['20T02:00']],
  ['two certificates', [version('20T02:00', 'a'), version('20T03:00', 'b')], ['20T02:00', '20T03:00']],
  [
    'one that was put back and released, when it was first archived',
    [version('20T04:00', 'a', '19T01:00'), version('20T03:00', 'b'), version('19T02:00', 'a', '19T01:00')],
    ['19T02:00', '20T03:00'],
  ],
  [
    'one that was imported, a day after its start at most',
    [version('20T02:00', 'a', '01T05:00')],
    ['02T05:00'],
  ],
  ['each version that cannot be read', [version('20T02:00'), version('20T02:00')], ['20T02:00', '20T02:00']],
])('counts %s', (_, versions, expected) => {
  expect(issueInstants(versions)).toEqual(expected.map(at));
});
