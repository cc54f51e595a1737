import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CERTBOT_VERSION } from '../../../local/setup/certbot.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

describe.each(['requirements', 'certbot'])('local/setup/%s.txt', (name) => {
  const entries = read(`local/setup/${name}.txt`).split(/\n(?=\S)/);

  it('has one version and the hashes of every package', () => {
    expect(entries.length).toBeGreaterThan(20);
    const loose = entries.filter(
      (entry) => !/^[\w.[\]-]+==[\w.]+( ;[^\\]*)?( \\\n {4}--hash=sha256:[0-9a-f]{64})+\n*$/.test(entry),
    );
    expect(loose).toEqual([]);
  });

  it('has what its .in file asks for', () => {
    const wanted = read(`local/setup/${name}.in`).match(/^\w.*==.*$/gm) ?? [];
    expect(wanted.length).toBeGreaterThan(1);
    expect(
      wanted.filter((line) => !entries.some((entry) => entry.startsWith(`${line.replace(/\[.*]/, '')} `))),
    ).toEqual([]);
  });
});

it('certbot has the version that the code names', () => {
  expect(read('local/setup/certbot.in')).toContain(`certbot==${CERTBOT_VERSION}\n`);
});

describe('package-lock.json', () => {
  const packages = Object.entries(
    JSON.parse(read('package-lock.json')).packages as Record<
      string,
      { link?: boolean; integrity?: string; resolved?: string; os?: string[] }
    >,
  ).filter(([path, { link }]) => path.startsWith('node_modules/') && !link);

  it('has a hash of every package that is installed on this kind of machine', () => {
    const without = packages.filter(([, { integrity }]) => !integrity).map(([path]) => path);
    const elsewhere = packages.filter(([, { os, integrity }]) => os && !integrity).map(([path]) => path);
    expect(without).toEqual(elsewhere);
  });

  it('names no registry', () => {
    expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
