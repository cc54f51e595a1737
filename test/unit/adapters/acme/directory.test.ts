import { describe, expect, it } from 'vitest';
import { AcmeAuthority } from '../../../../lib/adapters/acme/acme-authority.ts';
import { AcmeClient } from '../../../../lib/adapters/acme/acme-client.ts';
import { caaNames } from '../../../../lib/adapters/acme/directory.ts';
import { newKey } from '../../../fakes/certificates.ts';

const URL = 'https://ca.test/directory';
const accountKey = newKey().reveal();
const clientOf = (answers: unknown[]) => {
  const client = new AcmeClient({ directoryUrl: URL, accountKey, accountUrl: 'https://ca.test/account/1' });
  client.http.request = async () => ({ status: 200, headers: {}, data: answers.shift() });
  return client;
};
const authorityOf = (data: unknown, caaIdentity?: string) =>
  new AcmeAuthority(clientOf([data]), { directoryUrl: URL, caaIdentity });
const directory = (meta?: unknown) => ({ newOrder: 'https://ca.test/o', meta });
const ACCOUNT = { accountUri: 'https://ca.test/account/1' };

describe('the names of a CA in CAA', () => {
  it.each<[unknown, object | undefined]>([
    [{ caaIdentities: ['ca.test'] }, { identity: 'ca.test' }],
    [{ caaIdentities: ['CA.test'] }, { identity: 'ca.test' }],
    [
      { caaIdentities: ['sectigo.com', 'comodoca.com', 'SECTIGO.com', 'not a name', '*.x.test'] },
      { identity: 'sectigo.com', alsoNamed: ['comodoca.com'] },
    ],
    [{ caaIdentities: [] }, undefined],
    [{ caaIdentities: 'ca.test' }, undefined],
    [{ caaIdentities: [5] }, undefined],
    [{ caaIdentities: null }, undefined],
    [{}, undefined],
    [undefined, undefined],
    [null, undefined],
    ['meta', undefined],
    [[], undefined],
  ])('in a meta of %j are %j, for the account too', async (meta, names) => {
    expect(caaNames(meta, URL)).toEqual(names);
    expect(await authorityOf(directory(meta)).caaIssuer()).toEqual(names && { ...names, ...ACCOUNT });
    const ofStack = { identity: 'of-the-stack.test' };
    expect(await authorityOf(directory(meta), ofStack.identity).caaIssuer()).toEqual({
      ...(names ?? ofStack),
      ...ACCOUNT,
    });
  });

  it.each(['ca.test; accounturi=https://other.test/1', 'ca.test" "x', '*.ca.test', '', 'a b'])(
    'are refused where the first is %j, which would say more, or nothing',
    async (identity) => {
      const refused = { reason: 'ca-answer-malformed', message: expect.stringContaining('no domain name') };
      expect(() => caaNames({ caaIdentities: [identity] }, URL)).toThrow(expect.objectContaining(refused));
      const authority = authorityOf(directory({ caaIdentities: [identity] }));
      await expect(authority.caaIssuer()).rejects.toMatchObject(refused);
    },
  );
});

describe('a directory', () => {
  it.each(['<html>back soon</html>', '', null, 5, [], {}, { newOrder: 7 }])(
    'that is none (%j) is trouble of the CA, and is asked for again',
    async (data) => {
      const client = clientOf([data, directory({ caaIdentities: ['ca.test'] })]);
      await expect(client.http.getMetaField('caaIdentities')).rejects.toMatchObject({
        reason: 'ca-answer-malformed',
      });
      expect(await client.http.getMetaField('caaIdentities')).toEqual(['ca.test']);
    },
  );

  it('of a CA that gives no nonce is trouble, too', async () => {
    const client = clientOf([{ ...directory(), newNonce: 'https://ca.test/n' }, '']);
    await expect(client.http.getNonce()).rejects.toMatchObject({ reason: 'ca-answer-malformed' });
  });

  it.each([null, 'meta', 5, []])('with a meta of %j has none', async (meta) => {
    const client = clientOf([directory(meta)]);
    expect(await client.http.getMetaField('externalAccountRequired')).toBeUndefined();
  });
});
