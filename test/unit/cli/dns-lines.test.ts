import { describe, expect, it } from 'vitest';
import { dnsLines, setsAboveOthers } from '../../../cli/output/dns-lines.ts';
import type { CaaPlan } from '../../../lib/issuance/caa/rules/caa-plan.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const names = ['example.com', '*.example.com', 'www.example.com'];
const renew = (caa?: CaaPlan): PlannedCertificate => ({
  ...{ name: 'shop', action: 'renew', reason: 'never-issued', names, zones: ['example.com'] },
  ...(caa && { caa }),
});
const edit = (more: object = {}) => ({
  ...{ at: 'example.com', add: ['0 issue "ca.test"'], remove: [], governs: ['example.com'] },
  ...more,
});
const PROOFS = [
  'shop: TXT at _acme-challenge.example.com while it is proved, removed after it',
  'shop: TXT at _acme-challenge.www.example.com while it is proved, removed after it',
];

describe('what will be written to the DNS', () => {
  it.each<[string, PlannedCertificate, string[]]>([
    ['a proof for each name, a wildcard with its own', renew(), PROOFS],
    [
      'a new set, what it governs and whom it shuts out',
      renew({ edits: [edit({ isNew: true })], notPossible: [] }),
      [
        ...PROOFS,
        'shop: CAA at example.com, where there is none: 0 issue "ca.test"',
        'shop:   it governs example.com and every other name below example.com without a set of its own, and shuts out all other CAs there',
      ],
    ],
    [
      'a value beside others',
      renew({ edits: [edit({ remove: ['0 issue "ca.test; accounturi=https://old"'] })], notPossible: [] }),
      [
        ...PROOFS,
        'shop: CAA at example.com: adds 0 issue "ca.test", instead of 0 issue "ca.test; accounturi=https://old" for example.com; shuts nobody out',
      ],
    ],
    [
      'what is never added to, and an alias',
      renew({
        edits: [],
        refused: [
          {
            name: 'example.com',
            identity: 'ca.test',
            remedy: 'the set says that nobody may issue; if it shall, set 0 issue "ca.test" at example.com',
          },
        ],
        notPossible: ['www.example.com'],
      }),
      [
        ...PROOFS,
        'shop: CAA lets ca.test not issue for example.com, and is left as it is: the set says that nobody may issue; if it shall, set 0 issue "ca.test" at example.com',
        'shop: no CAA of its own for www.example.com: it is a CNAME',
      ],
    ],
    ['nothing for one that waits', { name: 'shop', action: 'wait', reason: 'not-due', until: '' }, []],
  ])('is %s', (_, planned, lines) => {
    expect(dnsLines(planned)).toEqual(lines);
  });

  it.each<[string, CaaPlan | undefined, boolean]>([
    ['a new set at the top of a zone', { edits: [edit({ isNew: true })], notPossible: [] }, true],
    ['a value beside others there', { edits: [edit()], notPossible: [] }, false],
    [
      'a new set at one name',
      { edits: [edit({ isNew: true, at: 'www.example.com' })], notPossible: [] },
      false,
    ],
    ['no CAA', undefined, false],
  ])('asks for consent to %s', (_, caa, asked) => {
    expect(setsAboveOthers(renew(caa)).length > 0).toBe(asked);
  });
});
