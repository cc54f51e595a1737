import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  complaintAboutDnsName,
  complaintAboutName,
} from '../../../lib/foundation/certificate/complaint-about-name.ts';

describe('a name', () => {
  it.each([
    'example.com',
    '*.example.com',
    'a.b.c.d.example.com',
    'xn--bcher-kva.example',
    'xn--fa-hia.de',
    'example.xn--p1ai',
    '1.example.com',
    'a--b.example.com',
    'abc--d.example.com',
    `${'a'.repeat(63)}.example.com`,
    `${`${'a'.repeat(46)}.`.repeat(5)}aa`,
    `*.${`${'a'.repeat(46)}.`.repeat(5)}aa`,
  ])('may be %s', (name) => {
    expect(complaintAboutName(name)).toBeUndefined();
  });

  it.each([
    ['', 'is empty'],
    ['com', 'single label'],
    ['*.com', 'single label'],
    ['*', 'wildcard'],
    ['*example.com', 'wildcard'],
    ['example.*', 'wildcard'],
    ['a.*.example.com', 'wildcard'],
    ['*.*.example.com', 'wildcard'],
    ['example.com.', 'ends with a dot; write it as example.com'],
    ['*.Example.com.', 'write it as *.example.com'],
    ['example.com..', 'ends with a dot; leave it out'],
    ['.example.com', 'empty label'],
    ['example..com', 'empty label'],
    ['-a.example.com', 'begins or ends with a hyphen'],
    ['a-.example.com', 'begins or ends with a hyphen'],
    [`${'a'.repeat(64)}.example.com`, 'a label of 64 characters'],
    [`${'a.'.repeat(125)}a.com`, 'has 255 characters; a DNS name has at most 253'],
    [
      `${`${'a'.repeat(46)}.`.repeat(5)}aaa`,
      'has 238 characters; at most 237 leave room for _acme-challenge.',
    ],
    ['under_score.example.com', 'has an underscore'],
    ['_dmarc.example.com', 'has an underscore'],
    ['ab--c.example.com', 'has the label "ab--c"'],
    ['xn--a.example.com', 'has the label "xn--a", which is no A-label'],
    ['xn--.example.com', 'hyphen'],
    ['Example.com', 'upper case letters; write it as example.com'],
    ['XN--BCHER-KVA.example', 'write it as xn--bcher-kva.example'],
    ['bücher.example', 'not plain ASCII; write it as xn--bcher-kva.example'],
    ['*.bücher.example', 'write it as *.xn--bcher-kva.example'],
    ['ｅxample.com', 'write it as example.com'],
    ['example。com', 'write it as example.com'],
    ['\u202emoc.elpmaxe', 'not plain ASCII; write an international name as its A-label'],
    ['bücher_.example', 'not plain ASCII; write an international name as its A-label'],
    ['exam ple.com', 'has a space'],
    [' example.com', 'has a space'],
    ['example.com\n', 'has a space or a control character'],
    ['192.0.2.1', 'IP address'],
    ['*.192.0.2.1', 'ends in a number'],
    ['example.1', 'ends in a number'],
    ['::1', 'IP address'],
    ['[::1]', 'IP address'],
    ['user@example.com', 'is not a DNS name'],
    ['https://example.com', 'is not a DNS name; leave out everything but the host'],
    ['example.com:443', 'is not a DNS name'],
    ['example.com,www.example.com', 'it has a ","'],
  ])('may not be %j', (name, complaint) => {
    expect(complaintAboutName(name)).toContain(complaint);
  });

  it('that is given instead is one that may be', () => {
    const piece = fc.constantFrom(
      'Ä',
      'ß',
      'a',
      'XN--',
      '-',
      '_',
      '.',
      '。',
      '*.',
      '\u00ad',
      'é',
      '9',
      '\u200d',
      '字',
    );
    const name = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const instead = (text: string) => /write it as (\S+)$/.exec(complaintAboutName(text) ?? '')?.[1];
    let given = 0;
    fc.assert(
      fc.property(name, (text) => {
        const better = instead(text);
        if (better === undefined) return;
        given += 1;
        expect(complaintAboutName(better)).toBeUndefined();
      }),
      { numRuns: 5000 },
    );
    expect(given).toBeGreaterThan(50);
  });

  it('that is only looked up may have underscores', () => {
    expect(complaintAboutDnsName('_acme-challenge.example.org')).toBeUndefined();
    expect(complaintAboutDnsName('_acme challenge.example.org')).toContain('has a space');
  });
});
