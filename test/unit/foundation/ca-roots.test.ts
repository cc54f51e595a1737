import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pemOf, readCaRoots } from '../../../lib/foundation/certificate/ca-roots.ts';
import { newKey } from '../../fakes/certificates.ts';
import { makeRoot } from '../../fakes/roots.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const subjectOf = (base64: string) => new X509Certificate(pemOf(base64)).subject;

/** What a text that is refused is refused for. */
function complaintAbout(pem: string): string {
  const read = readCaRoots(pem, NOW);
  return 'complaint' in read ? read.complaint : `not refused: ${read.roots.length} roots`;
}

function rootsOf(pem: string): string[] {
  const read = readCaRoots(pem, NOW);
  return 'roots' in read ? read.roots : expect.fail(read.complaint);
}

describe("roots of a CA of one's own", () => {
  it('are none in an empty text', () => {
    expect(rootsOf(' \n')).toEqual([]);
  });

  it('are read from PEM, several after each other, with text around them, each once', async () => {
    const [one, two] = [await makeRoot({ name: 'One' }), await makeRoot({ name: 'Two' })];
    const text = `Certificate:\n    Data:\n${one}\r\n${two.replaceAll('\n', '\r\n')}${one}`;
    expect(rootsOf(text).map(subjectOf)).toEqual(['CN=One', 'CN=Two']);
  });

  it('fit: three with P-256 keys, or one with RSA of 4096 bits', async () => {
    const three = await Promise.all(['A', 'B', 'C'].map((name) => makeRoot({ name })));
    expect(rootsOf(three.join(''))).toHaveLength(3);
    expect(rootsOf(await makeRoot({ key: 'rsa-4096' }))).toHaveLength(1);
  });

  it('that are too large for the environment of a function are refused with their size', async () => {
    const roots = await Promise.all([...'ABCDEF'].map((name) => makeRoot({ name })));
    expect(complaintAbout(roots.join(''))).toMatch(
      /^holds 6 roots of \d{4} characters in base64, and Lambda's environment has room for 2000/,
    );
  });

  it.each([
    ['no certificate', async () => 'ca-roots.pem', 'holds no certificate in PEM'],
    ['the certificate of a site', () => makeRoot({ ca: false }), 'certificate 1 is not that of a CA'],
    ['an intermediate', () => makeRoot({ signedByAnother: true }), 'certificate 1 is signed by another'],
    [
      'an expired root after a good one',
      async () => (await makeRoot()) + (await makeRoot({ notAfter: new Date('2026-11-20T01:00:00Z') })),
      'certificate 2 expired at 2026-11-20T01:00:00.000Z',
    ],
    ['something else in PEM', async () => pemOf('AAAA'), 'certificate 1 cannot be read'],
  ])('that are %s are refused', async (_, text, complaint) => {
    expect(complaintAbout(await text())).toContain(complaint);
  });

  it('with a private key are refused, and nothing of the key is said', async () => {
    const key = newKey().reveal();
    const complaint = complaintAbout((await makeRoot()) + key);
    expect(complaint).toContain('holds a private key');
    expect(complaint).not.toContain(key.split('\n')[1]);
  });
});
