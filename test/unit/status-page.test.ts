import { describe, expect, it } from 'vitest';
import { html } from '../../lib/reporting/status/page/html.ts';
import { rowOf } from '../../lib/reporting/status/page/row.ts';
import type { CertificateStatus } from '../../lib/reporting/status/rules/certificate-status.ts';
import { exampleFleet, largeFleet } from '../../local/status-page/example-fleet.ts';
import { firstPart } from '../../local/status-page/first-part.ts';

const now = new Date('2026-11-20T02:30:00Z');
const HOSTILE = `</script><img src=x onerror="alert('1')">&amp;`;
const ESCAPED = '&lt;/script&gt;&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;';

describe('html', () => {
  it.each([
    ['tags and quotes', HOSTILE, ESCAPED],
    ['a number', 7, '7'],
    ['markup', html`<b>${'<'}</b>`, '<b>&lt;</b>'],
    ['a list of markup', [html`<i>`, html`${'&'}`], '<i>&amp;'],
    ['control characters', 'a\u0000\u001b[2Jb', 'a\ufffd\ufffd[2Jb'],
    ['writing turned round', 'moc\u202egro.example', 'moc\ufffdgro.example'],
    ['a backslash', '\\n', '\\n'],
  ])('puts in %s', (_, part, text) => {
    expect(html`${part}`.text).toBe(text);
  });
});

describe('a row', () => {
  const certificate: CertificateStatus = {
    name: 'a.example.com',
    health: 'ok',
    trouble: '',
    names: ['a.example.com', 'b.example.com'],
    version: 'v2',
    notBefore: '2026-09-21T00:00:00Z',
    due: '2026-11-20T00:00:00Z',
    notAfter: '2026-12-20T00:00:00Z',
    daysLeft: 29,
    ca: 'https://acme.test/directory',
    profile: 'classic',
    failures: 0,
    last: { at: '2026-09-21T00:00:00Z', outcome: 'renewed' },
    next: { action: 'wait', reason: 'not-due' },
    hosts: [],
  };
  const state = { online: true, isLive: true, isUnserved: false };
  const host = { ...state, instanceId: 'i-1', group: 'web', outcome: 'served', version: 'v2' };
  const text = (change: Partial<CertificateStatus>) => rowOf({ ...certificate, ...change }, now, 'test').text;

  it.each<[string, Partial<CertificateStatus>, RegExp]>([
    ['its dates', {}, /issued 2026-09-21<p>due 2026-11-20<p>expires <b>2026-12-20<\/b>, 29 d left/],
    [
      'hours of a short life',
      { notBefore: '2026-11-18T00:00:00Z', notAfter: '2026-11-24T16:00:00Z' },
      /expires <b>2026-11-24 16:00/,
    ],
    ['its end', { daysLeft: -1 }, /, over/],
    ['its last day', { daysLeft: 0 }, /, today/],
    ['its other names', {}, /a\.example\.com<p>b\.example\.com/],
    ['some of many names', { names: Array.from({ length: 100 }, (_, i) => `n${i}`) }, /n7 and 92 more/],
    ['its CA and profile', {}, /<p>acme\.test, classic/],
    ['what comes next', {}, /wait: not-due/],
    [
      'trouble rather',
      { health: 'failing', trouble: 'no zone' },
      /^<tr class="bad">.*failing<\/b><p>no zone/,
    ],
    ['one that nobody wants', { health: 'retired' }, /^<tr class="idle">/],
    ['a host that serves it', { hosts: [host] }, /1 of 1 on what is live<ul><li>i-1 served/],
    [
      'a host that lags before others',
      { hosts: [host, { ...host, instanceId: 'i-2', outcome: 'rolled-back', version: 'v1', isLive: false }] },
      /1 of 2 on what is live<ul><li class="x">i-2 rolled-back, on v1<li>i-1/,
    ],
    [
      'a host that is off, or serves nothing, before others',
      {
        hosts: [
          host,
          { ...host, instanceId: 'i-2', online: false },
          { ...host, instanceId: 'i-3', outcome: 'installed-not-served', isUnserved: true },
        ],
      },
      /3 of 3 on what is live<ul><li class="x">i-2 served, offline<li class="x">i-3 installed-not-served<li>i-1/,
    ],
    ['some of many hosts', { hosts: Array.from({ length: 200 }, () => host) }, /<li>and 194 more/],
    [
      'a failure',
      { last: { at: '2026-11-19T22:00:00Z', outcome: 'failed', reason: 'x' } },
      /<p>failed 2026-11-19 22:00: x/,
    ],
  ])('shows %s', (_, change, shown) => {
    expect(text(change)).toMatch(shown);
  });

  it('shows one that was never issued, and one without anything', () => {
    const { name, names, failures } = certificate;
    const bare = { name, names, failures, hosts: [], health: 'never-issued' as const, trouble: 'nothing' };
    expect(rowOf(bare, now, 'test').text.match(/<td>(?=<td>|$)/g)).toHaveLength(3);
  });

  it('escapes everything that somebody else wrote', () => {
    const hosts = [{ ...host, instanceId: HOSTILE, outcome: HOSTILE, version: HOSTILE, isLive: false }];
    const last = { at: HOSTILE, outcome: 'failed' as const, reason: HOSTILE };
    const shown = text({
      name: HOSTILE,
      names: [HOSTILE],
      trouble: HOSTILE,
      ca: HOSTILE,
      profile: HOSTILE,
      hosts,
      last,
    });
    expect(shown).not.toMatch(/<img|<\/script/);
    expect(shown).toContain(ESCAPED);
  });
});

describe('the page', () => {
  it.each([
    ['nothing', [], 'no certificates yet'],
    [
      'one that is not renewed any more',
      largeFleet(2, now)
        .certificates.slice(1)
        .map((one) => ({ ...one, health: 'retired' as const })),
      '1 certificate, all well, 1 without a renewal file',
    ],
    ['one that is well', largeFleet(2, now).certificates.slice(1), '1 certificate, all well'],
    ['some that are not', exampleFleet(now).certificates, '16 of 25 certificates not well'],
  ])('of %s says so first', (_, certificates, said) => {
    expect(firstPart({ title: 'bucket', stage: 'test', at: now, certificates, release: '1.2.3' })).toContain(
      '<strong>bucket</strong>, Perennial 1.2.3, as of ',
    );
    expect(firstPart({ title: 'bucket', stage: 'test', at: now, certificates })).toContain(
      `<h1>${said}</h1>`,
    );
  });

  it('loads nothing from elsewhere, and lets nothing run but what its policy names', () => {
    const page = firstPart({
      title: 'bucket',
      stage: 'test',
      at: now,
      certificates: exampleFleet(now).certificates,
    });
    expect(page).toContain(`default-src &#39;none&#39;; script-src &#39;sha256-`);
    expect(page).not.toMatch(/\s(src|href|action|style|on[a-z]+)=/);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(firstPart({ title: HOSTILE, stage: 'test', at: now, certificates: [] })).toContain(
      `<p><strong>${ESCAPED}</strong>, as of`,
    );
  });

  it('of 1,000 certificates stays under 500 KB', () => {
    const page = firstPart({
      title: 'bucket',
      stage: 'test',
      at: now,
      certificates: largeFleet(1000, now).certificates,
    });
    expect(Buffer.byteLength(page)).toBeLessThan(500_000);
  });
});
