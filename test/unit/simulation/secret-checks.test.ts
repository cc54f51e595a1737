import { describe, expect, it } from 'vitest';
import type { Installation } from '../../../lib/delivery/deployment/hosts.ts';
import type { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkSecrets } from '../../simulation/checks/secret-checks.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const TYPES = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048'] as const;

const PLACES: Record<string, (world: World, text: string) => void> = {
  'a mail': (world, text) => world.mails.send({ subject: 'trouble', text, by: 'notify-1' }),
  'the subject of a mail': (world, text) => world.mails.send({ subject: text, text: '', by: 'notify-1' }),
  'an event': (world, text) =>
    world.bus.put([
      { type: 'Renewal File Rejected', detail: { name: 'a', reason: 'x', message: text } },
    ] as never),
  'a message of a queue': (world, text) => world.queues.confirm.send({ detail: { 'command-id': [text] } }),
  'a command': (world, text) => {
    world.fleet.send({ group: { name: text }, names: [], instanceIds: [] } as unknown as Installation, 0);
  },
  'a line of a log': (world, text) => world.warn({ id: 'renew-1' }, `could not finalize: ${text}`),
};

describe.each(Object.entries(PLACES))('%s', (_, put) => {
  async function judge(type: (typeof TYPES)[number], textOf: (key: PrivateKeyPem) => string) {
    const world = new World({ seed: 1n, start: START, heaviness: 'none' });
    const breaches = new Breaches(world.trace, () => world.scheduler.now);
    checkSecrets({ world, breaches });
    const { newKey } = world.runtimeFor(new Invocation('renew-1', 'renew', 0));
    put(world, textOf(await newKey(type)));
    return [...breaches.first.keys()];
  }

  it.each(TYPES)('may not have a key (%s) in PEM, nor its body in one line', async (type) => {
    expect(await judge(type, (key) => key.reveal())).toEqual(['private-key-shown']);
    const body = (key: PrivateKeyPem) => key.reveal().replace(/-----[^-]+-----/g, '');
    expect(await judge(type, body)).toEqual(['private-key-shown']);
    expect(await judge(type, (key) => JSON.stringify(body(key)))).toEqual(['private-key-shown']);
    expect(await judge(type, (key) => body(key).replace(/\s/g, ''))).toEqual(['private-key-shown']);
  });

  it('may have what a key shows of itself, and a digest', async () => {
    expect(await judge('ecdsa-p256', (key) => `${key} ${'0af'.repeat(21)}1`)).toEqual([]);
  });
});

it('an error of a run may not have a key', async () => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkSecrets({ world, breaches });
  const step = async (invocation: Invocation) => {
    throw new Error((await world.runtimeFor(invocation).newKey('ecdsa-p256')).reveal());
  };
  world.lambda.begin({ functionName: 'renew', limitMs: 1_000, about: '', step, ended: () => {} });
  await world.scheduler.runUntil(START + 2_000);
  expect([...breaches.first.keys()]).toEqual(['private-key-shown']);
});
