import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shadow } from './host-faults/shadow.ts';
import { type InstallFixture, type Published, startInstallFixture } from './install-fixture.ts';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

describe('a host', () => {
  const names = ['one', 'two', 'three'];
  const startHost = () =>
    fixture.startHost({ sites: names.map((name) => ({ serverName: `${name}.example`, lineage: name })) });
  const counted = 'echo started >>/mnt/aws-starts; ';

  test.each<[string, number, boolean]>([
    ['with python3 starts no AWS CLI for three certificates', 0, true],
    ['without python3 starts it for each object, and for each pointer once more at the end', 12, false],
  ])('%s', async (_, starts, hasPython) => {
    const host = await startHost();
    await writeFile(join(host.bin, 'aws-itself'), await readFile(join(host.bin, 'aws')), { mode: 0o755 });
    await writeFile(join(host.bin, 'aws'), `#!/bin/sh\n${counted}exec aws-itself "$@"\n`, { mode: 0o755 });
    if (!hasPython) await shadow(host, 'python3', 'exit 127');
    for (const name of names) await fixture.publish(name, [`${name}.example`]);
    const { report, stderr } = await fixture.install(host, names.join(' '));
    expect(
      report.results.map(({ outcome }) => outcome),
      stderr,
    ).toEqual(['served', 'served', 'served']);
    const log = await readFile(join(host.root, '../aws-starts'), 'utf8').catch(() => '');
    expect(log.split('\n').filter(Boolean)).toHaveLength(starts);
  });

  test('whose python3 brings nothing waits for it once, and not for each round', async () => {
    const host = await startHost();
    await shadow(host, 'python3', 'echo started >>/mnt/python-starts; exit 1');
    for (const name of names) await fixture.publish(name, [`${name}.example`]);
    const { report, stderr } = await fixture.install(host, names.join(' '));
    expect(
      report.results.map(({ outcome }) => outcome),
      stderr,
    ).toEqual(['served', 'served', 'served']);
    expect(await readFile(join(host.root, '../python-starts'), 'utf8')).toBe('started\n');
  });

  test.each(['command', 'list'])('installs by %s what is called as one of its own files', async (by) => {
    const called = ['asked', 'closed', 'endpoints', 'engines', 'list'];
    const sites = called.map((name) => ({ serverName: `${name}.example`, lineage: name }));
    const host = await fixture.startHost({ sites });
    const published: Published[] = [];
    for (const name of called) published.push(await fixture.publish(name, [`${name}.example`]));
    await fixture.list(...published);
    const { report, stderr } =
      by === 'list'
        ? await fixture.install(host, '', { group: 'web' })
        : await fixture.install(host, called.join(' '));
    expect(
      report.results.map(({ name, outcome }) => `${name} ${outcome}`),
      stderr,
    ).toEqual(called.map((name) => `${name} served`));
  });
});
