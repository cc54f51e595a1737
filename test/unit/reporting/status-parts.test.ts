import { describe, expect, it } from 'vitest';
import { statusPages } from '../../../lib/reporting/status/page/page.ts';
import { partsIn } from '../../../lib/reporting/status/page/parts.ts';
import { showStatus } from '../../../lib/reporting/status/show-status.ts';
import { largeFleet } from '../../../local/status-page/example-fleet.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { stackOf } from '../../fakes/stack.ts';
import { subscriptionsOf } from '../../fakes/subscriptions.ts';

const now = new Date('2026-11-20T02:30:00Z');
const HOSTILE = `</pre></script><img src=x onerror="alert('1')">\t\n`;
const fleet = largeFleet(2500, now).certificates;

function pagesOf(certificates = fleet) {
  return [...statusPages({ title: 'bucket', stage: 'test', at: now, certificates })];
}
const rowsOf = (text: string) => [...text.matchAll(/<th scope="row">([^<]*)/g)].map(([, name]) => name);
const linksOf = (text: string) => [...text.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);

describe('the page by parts', () => {
  it.each([
    [0, ['index.html']],
    [1000, ['index.html']],
    [1001, ['part-2.html', 'index.html']],
    [2500, ['part-3.html', 'part-2.html', 'index.html']],
  ])('of %i certificates is %j, its first part last', (count, files) => {
    const pages = pagesOf(fleet.slice(0, count));
    expect(pages.map(({ file }) => file)).toEqual(files);
    expect(partsIn(pages.at(-1)?.text ?? '')).toBe(files.length);
  });

  it('is of one part where it does not say', () => {
    expect(partsIn('<!doctype html><html lang="en">')).toBe(1);
  });

  it('has each certificate once, in the same order', () => {
    const parts = pagesOf().reverse();
    expect(parts.flatMap(({ text }) => rowsOf(text))).toEqual(fleet.map(({ name }) => name));
  });

  it('says in each part what all are, as of when, and which part it is', () => {
    const [third, second, first] = pagesOf().map(({ text }) => text);
    for (const text of [first, second, third]) {
      expect(text).toContain('<h1>25 of 2500 certificates not well</h1>');
      expect(text).toContain('as of <time datetime="2026-11-20T02:30:00.000Z"');
    }
    expect(first).toContain('<title>25 not well – bucket</title>');
    expect(second).toContain('<title>25 not well – part 2 – bucket</title>');
    expect(second).toContain('Part 2 of 3, certificates 1001 to 2000 of 2500 <a rel="prev"');
    expect(third).toContain('Part 3 of 3, certificates 2001 to 2500 of 2500 <a rel="prev"');
  });

  it('links to the parts beside it, and from the first to all', () => {
    const [third = '', second = '', first = ''] = pagesOf().map(({ text }) => text);
    expect(new Set(linksOf(third))).toEqual(new Set(['part-2.html']));
    expect(new Set(linksOf(second))).toEqual(new Set(['index.html', 'part-3.html']));
    expect(new Set(linksOf(first))).toEqual(new Set(['index.html', 'part-2.html', 'part-3.html']));
    expect(linksOf(pagesOf(fleet.slice(0, 1000))[0]?.text ?? '')).toEqual([]);
  });

  it('has in its first part the state and the names of all, below the part of each', () => {
    const lists = [...(pagesOf().at(-1)?.text ?? '').matchAll(/Part (\d)<\/a>\n<pre>([^<]*)<\/pre>/g)];
    const places = lists.flatMap(([, part, list = '']) =>
      list.split('\n').flatMap((line) => (line === '' ? [] : [`${part} ${line}`])),
    );
    expect(places).toHaveLength(2500);
    expect(places[0]).toBe(`1 failing, dns-refused\t${fleet[0]?.name}\twww.${fleet[0]?.name}`);
    expect(places.at(-1)).toBe(`3 ok\t${fleet.at(-1)?.name}\twww.${fleet.at(-1)?.name}`);
  });

  it('escapes a name in the list of all, which stays in one line', () => {
    const [one] = fleet;
    if (!one) throw new Error('no example');
    const first = pagesOf([...fleet.slice(0, 1000), { ...one, name: HOSTILE, names: [HOSTILE] }]).at(-1);
    expect(first?.text).not.toContain('<img');
    expect(first?.text).toContain('&lt;/pre&gt;&lt;/script&gt;&lt;img src=x');
    expect(first?.text).toContain('&gt;\ufffd\ufffd\t');
  });

  it('loads nothing, and lets nothing run but its two scripts', () => {
    for (const { text } of pagesOf()) {
      expect(text).toMatch(
        /default-src &#39;none&#39;; script-src (&#39;sha256-[\w+/]+=&#39; ?){2}; style-src/,
      );
      expect(text).not.toMatch(/\s(src|action|style|on[a-z]+)=/);
      expect(text.match(/<script/g)).toHaveLength(2);
    }
  });

  it('has parts of no more than 600 KB, whatever their number', () => {
    for (const { text } of pagesOf()) expect(Buffer.byteLength(text)).toBeLessThan(600_000);
  });
});

describe('what status writes and answers of many certificates', () => {
  const where = { stage: 'test', region: 'eu-central-1', subscriptions: subscriptionsOf() };
  const deps = (store: MemoryStore) => ({ store, hosts: new FakeHosts(), stack: stackOf(), ...where });
  const fill = async (store: MemoryStore, count: number, names = (name: string) => [name]) => {
    for (let index = 0; index < count; index += 1) {
      const name = `n${String(index).padStart(5, '0')}.example.com`;
      await store.put(`renewal/${name}.json`, JSON.stringify({ names: names(name) }));
    }
  };
  const written = (store: MemoryStore) => store.keys().filter((key) => key.startsWith('status/'));

  it('writes the parts before the page that links to them, and removes those that are no more', async () => {
    const store = new MemoryStore(() => now);
    await fill(store, 2001);
    const order: string[] = [];
    store.beforeWrite = (key) => order.push(key);
    expect((await showStatus(deps(store), { page: true }, now)).page).toBe('status/index.html');
    const parts = ['status/part-3.html', 'status/part-2.html'];
    expect(order).toEqual([...parts, 'status/index.html', 'status/metrics.prom']);
    await store.remove('renewal/n00000.example.com.json');
    await showStatus(deps(store), { page: true }, now);
    expect(written(store)).toEqual(['status/index.html', 'status/metrics.prom', 'status/part-2.html']);
    for (let index = 1; index < 1001; index += 1)
      await store.remove(`renewal/n${String(index).padStart(5, '0')}.example.com.json`);
    await showStatus(deps(store), { page: true }, now);
    expect(written(store)).toEqual(['status/index.html', 'status/metrics.prom']);
  });

  it('answers with as many as Lambda lets through, the soonest trouble first, and says how many are left', async () => {
    const store = new MemoryStore(() => now);
    const long = Array.from({ length: 80 }, (_, index) => `${'a'.repeat(60)}${index}.example.com`);
    await fill(store, 1200, (name) => [name, ...long]);
    await store.put('renewal/bad.json', '{}');
    const answer = await showStatus(deps(store), {}, now);
    const { certificates = [], counts, left = 0 } = answer;
    expect(counts.all).toBe(1201);
    expect(certificates.length + left).toBe(1201);
    expect(left).toBeGreaterThan(0);
    expect(certificates[0]?.name).toBe('bad');
    const bytes = Buffer.byteLength(JSON.stringify(answer));
    expect(bytes).toBeLessThan(5_001_000);
    expect(bytes).toBeGreaterThan(4_900_000);
  });

  it('says of few that none is left by saying nothing', async () => {
    const store = new MemoryStore(() => now);
    await fill(store, 2);
    expect(await showStatus(deps(store), {}, now)).not.toHaveProperty('left');
  });
});
