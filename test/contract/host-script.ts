import { beforeEach, describe, expect, it } from 'vitest';

interface Reported {
  name: string;
  outcome: string;
  version?: string | undefined;
  reason?: string | undefined;
}

/** A host that serves nothing of the bucket yet, and the bucket; certificates are `a` and `b`. */
export interface ScriptedHost {
  /** Stores a version and points to it; returns it. */
  publish(name: string): Promise<string>;
  /** Points to a version of before; `putBack` says that it is meant. */
  pointBack(name: string, version: string, putBack: boolean): Promise<void>;
  remove(key: string): Promise<void>;
  put(key: string, text: string): Promise<void>;
  /** Has its server refuse every configuration, or take it again. */
  breakServer(isBroken: boolean): Promise<void>;
  install(...names: string[]): Promise<Reported[]>;
  /** Kills the script after it swapped the version, before the reload. */
  installKilled(name: string): Promise<void>;
  /** The version whose certificate it serves. */
  served(name: string): Promise<string | undefined>;
}

/** What install.sh does to a host and reports of it, as its model in the simulation has to. */
export function describeHostScriptContract(subject: string, makeHost: () => Promise<ScriptedHost>): void {
  describe(`${subject} on a host`, () => {
    let host: ScriptedHost;
    beforeEach(async () => {
      host = await makeHost();
    });
    const installed = async (...names: string[]) =>
      (await host.install(...names)).map(({ name, outcome, version, reason }) => ({
        name,
        outcome,
        ...(version && { version }),
        ...(outcome !== 'served' && outcome !== 'unchanged' && { reason }),
      }));

    /** A worker that the last reload has replaced may answer for a moment. */
    const expectServed = (version: string) => expect.poll(() => host.served('a')).toBe(version);

    it('installs what is live, once', async () => {
      const version = await host.publish('a');
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'served', version }]);
      await expectServed(version);
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'unchanged', version }]);
      const next = await host.publish('a');
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'served', version: next }]);
      await expectServed(next);
    });

    it('goes back to what it had where the server refuses the new version, and on once it takes it', async () => {
      const before = await host.publish('a');
      await host.install('a');
      await host.breakServer(true);
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'unchanged', version: before }]);
      const next = await host.publish('a');
      const refused = { outcome: 'rolled-back', reason: 'nginx-test-failed' };
      expect(await installed('a')).toEqual([{ name: 'a', ...refused, version: next }]);
      await expectServed(before);
      await host.breakServer(false);
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'served', version: next }]);
      await expectServed(next);
    });

    it('goes back to nothing where it had nothing', async () => {
      const version = await host.publish('a');
      await host.breakServer(true);
      expect(await installed('a')).toEqual([
        { name: 'a', outcome: 'rolled-back', reason: 'nginx-test-failed', version },
      ]);
      expect(await host.served('a')).toBeUndefined();
    });

    it.each<[string, string, (host: ScriptedHost, version: string) => Promise<void>]>([
      ['pointer-missing', 'has no pointer', (host) => host.remove('live/a.json')],
      [
        'pointer-malformed',
        'has a pointer that is none',
        (host) => host.put('live/a.json', '{"version": 7}'),
      ],
      [
        'object-missing',
        'lacks a file of its version',
        (host, version) => host.remove(`archive/a/${version}/privkey.pem`),
      ],
      [
        'hash-mismatch',
        'has a file of its version that somebody changed',
        (host, version) => host.put(`archive/a/${version}/fullchain.pem`, 'changed'),
      ],
    ])('fails with %s for a certificate that %s, and installs the others', async (reason, _, spoil) => {
      const version = await host.publish('a');
      const other = await host.publish('b');
      await spoil(host, version);
      expect(await installed('a', 'b')).toEqual([
        expect.objectContaining({ name: 'a', outcome: 'failed', reason }),
        { name: 'b', outcome: 'served', version: other },
      ]);
      expect(await host.served('a')).toBeUndefined();
    });

    it('refuses a version that is older than its own, but where it was put back on purpose', async () => {
      const before = await host.publish('a');
      const version = await host.publish('a');
      await host.install('a');
      await host.pointBack('a', before, false);
      const refused = { outcome: 'failed', reason: 'version-older', version: before };
      expect(await installed('a')).toEqual([{ name: 'a', ...refused }]);
      await expectServed(version);
      await host.pointBack('a', before, true);
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'served', version: before }]);
      await expectServed(before);
    });

    it('goes on where a run was killed between the swap and the reload', async () => {
      const before = await host.publish('a');
      await host.install('a');
      const next = await host.publish('a');
      await host.installKilled('a');
      await expectServed(before);
      expect(await installed('a')).toEqual([{ name: 'a', outcome: 'served', version: next }]);
      await expectServed(next);
    });
  });
}
