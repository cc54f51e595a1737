import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readVersions, versionsBelow } from './object-versions.ts';
import type { Subject } from './subject.ts';
import type { World } from './world.ts';

/** The TXT values that the DNS gives, by `TXT name`. */
export function txtOf({ line }: World): Record<string, string[]> {
  const sets = line.cloud.parts.route53.published.zones().flatMap((zone) => [...zone.recordSets().values()]);
  return Object.fromEntries(
    sets.filter(({ type }) => type === 'TXT').map(({ name, values }) => [`TXT ${name}`, values]),
  );
}

/** Checks the invariants of ARCHITECTURE.md and names those that were there to check; throws for the first that does not hold. */
export async function checkInvariants(world: World, txtBefore: Record<string, string[]>): Promise<string[]> {
  const checked = new Set<string>(['I3', 'I6']);
  const pointers = await versionsBelow(world, 'live/');
  for (const subject of world.subjects) {
    if (await pairMatches(world, subject)) checked.add('I1');
    if ((await neverGoesBack(world, subject, pointers)) > 0) checked.add('I2');
    await issuesNoMore(world, subject);
    checked.add('I4');
    if (subject.failures.length > 0) {
      await isRememberedAndTold(world, subject);
      checked.add('I7');
    }
  }
  assert.deepEqual(txtOf(world), txtBefore, 'I3: the TXT values are those of before');
  await printsNoKey(world);
  return [...checked].sort();
}

/** I1: the certificate and the key of the pointer's version belong together; so do those of the copy that holds both. */
export async function pairMatches({ line }: World, { name, names }: Subject): Promise<boolean> {
  const pointer = await line.pointer(name);
  if (pointer === undefined) return false;
  const read = (key: string) => line.text(key).then((text) => text ?? '');
  const folder = `archive/${name}/${pointer.version}`;
  const [chain, key, bundle] = await Promise.all(
    [`${folder}/fullchain.pem`, `${folder}/privkey.pem`, `live/${name}/bundle.pem`].map(read),
  );
  const leaf = new X509Certificate(chain ?? '');
  assert.ok(leaf.checkPrivateKey(createPrivateKey(key ?? '')), `I1: the key of ${name} is another's`);
  assert.equal(leaf.serialNumber.toLowerCase().replace(/^0+/, ''), pointer.serial.replace(/^0+/, ''));
  assert.deepEqual(leaf.subjectAltName?.split(', ').sort(), names.map((dns) => `DNS:${dns}`).sort());
  assert.ok(leaf.validFromDate <= new Date(), `I1: ${name} is valid already`);
  // Copies may lag or lack; what is there is a pair.
  if (bundle === '') return true;
  const copied = new X509Certificate(bundle ?? '');
  assert.ok(copied.checkPrivateKey(createPrivateKey(bundle ?? '')), `I1: the copy of ${name} is no pair`);
  return true;
}

/** I2: the versions of the pointer, oldest first, only rise. How many there were. */
async function neverGoesBack(
  world: World,
  { name }: Subject,
  pointers: Map<string, string[]>,
): Promise<number> {
  const key = `live/${name}.json`;
  const texts = await readVersions(world, key, pointers.get(key));
  // Some rows put there what is no pointer.
  const versions = texts.flatMap((text) => /"version": "([^"]+)"/.exec(text)?.[1] ?? []);
  assert.deepEqual(versions, [...versions].sort(), `I2: the pointer of ${name} went back`);
  return versions.length;
}

/** I4 */
async function issuesNoMore(world: World, subject: Subject): Promise<void> {
  const { length } = await world.certificatesOf(subject);
  assert.ok(
    length <= subject.renewals,
    `I4: ${length} certificates for ${subject.renewals} renewals of ${subject.name}`,
  );
}

/** I6 */
async function printsNoKey({ line, subjects, evidence }: World): Promise<void> {
  const keys = (await line.keys('archive/')).filter(
    (key) => key.endsWith('privkey.pem') && subjects.some(({ name }) => key.startsWith(`archive/${name}/`)),
  );
  const pems = await Promise.all(keys.map((key) => line.text(key)));
  const secrets = new Set(pems.flatMap((pem) => pem?.split('\n').filter((text) => text.length > 40) ?? []));
  const seen = [...evidence.printed.map((text) => ({ what: 'log line', text })), ...evidence.bodies];
  for (const { what, text } of seen) {
    const leak = /PRIVATE KEY|"d":"/.test(text) || longWords(text).some((word) => secrets.has(word));
    assert.ok(!leak, `I6: key material in ${what}`);
  }
}

/** Words as long as a line of a PEM, also where line ends are escaped, as in JSON. */
function longWords(text: string): string[] {
  return text.replace(/\\+n/g, '\n').match(/[A-Za-z0-9+/=]{41,}/g) ?? [];
}

/** I7: in `state/`, whose versions show it also after it was forgotten, and as a fact on the bus. */
async function isRememberedAndTold(world: World, { name, failures }: Subject): Promise<void> {
  const key = `state/${name}.json`;
  const texts = await readVersions(world, key, (await versionsBelow(world, key)).get(key));
  const bodies = texts.map((text): { lastFailure?: { reason: string } } => JSON.parse(text || '{}'));
  const told = world.evidence.facts.filter(
    ({ type, detail }) => type === 'Certificate Renewal Failed' && detail.name === name,
  );
  for (const reason of failures) {
    const remembered = bodies.map(({ lastFailure }) => lastFailure?.reason ?? '');
    assert.ok(
      remembered.some((one) => reason.test(one)),
      `I7: ${reason} is not remembered (${remembered.join() || 'nothing is'})`,
    );
    const reasons = told.map(({ detail }) => detail.reason ?? '');
    assert.ok(
      reasons.some((one) => reason.test(one)),
      `I7: ${reason} is not told (${reasons.join() || 'nothing is'})`,
    );
  }
}
