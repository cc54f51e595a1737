import { describe, expect, it } from 'vitest';
import { alternatesIn } from '../../../../lib/adapters/acme/alternate-chains.ts';

const url = 'https://ca.test/cert/1';

describe('the other chains of a certificate (RFC 8555, 7.4.2)', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['<https://ca.test/cert/1/1>;rel="alternate"', ['https://ca.test/cert/1/1']],
    ['</cert/1/1>; rel=alternate', ['https://ca.test/cert/1/1']],
    ['<https://ca.test/dir>;rel="index", </cert/1/1>;rel="alternate"', ['https://ca.test/cert/1/1']],
    ['</cert/1/1>;title="x";rel="alternate"', ['https://ca.test/cert/1/1']],
    ['</cert/1/1>;rel="alternate", </cert/1/1>;rel="alternate"', ['https://ca.test/cert/1/1']],
    ['<http://ca.test/cert/1/1>;rel="alternate"', []],
    ['<https://elsewhere.test/cert>;rel="alternate"', []],
    ['<https://[>;rel="alternate"', []],
    ['nonsense', []],
  ])('%j are %j', (link, chains) => {
    expect(alternatesIn(link, url)).toEqual(chains);
  });

  it('are ten at most', () => {
    const link = Array.from({ length: 50 }, (_, index) => `</cert/1/${index}>;rel="alternate"`).join(', ');
    expect(alternatesIn(link, url)).toHaveLength(10);
  });
});
