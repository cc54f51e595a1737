import assert from 'node:assert/strict';
import { afterAll, beforeAll } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { describeHostScriptContract } from '../contract/host-script.ts';
import { engineOf, KILL, shadow } from './host-faults/shadow.ts';
import { type InstallFixture, type Published, servedSerial, startInstallFixture } from './install-fixture.ts';

/** More than the contract has cases: each has certificates of its own, on one host. */
const CASES = 20;

let fixture: InstallFixture;
let host: Host;
let cases = 0;
let repair: (() => Promise<void>) | undefined;

beforeAll(async () => {
  fixture = await startInstallFixture();
  const lineages = Array.from({ length: CASES }, (_, index) => [`a${index}`, `b${index}`]).flat();
  host = await fixture.startHost({
    sites: lineages.map((lineage) => ({ serverName: `${lineage}.example`, lineage })),
  });
});
afterAll(() => fixture?.stop());

describeHostScriptContract('install.sh', async () => {
  await repair?.();
  repair = undefined;
  const own = (name: string) => `${name}${index}`;
  const ownKey = (key: string) => key.replace(/(?<=^(live|archive)\/)[ab](?=\.json$|\/)/, own);
  const index = cases;
  cases += 1;
  const published: Published[] = [];
  return {
    async publish(name) {
      const made = await fixture.publish(own(name), [`${own(name)}.example`]);
      published.push(made);
      return made.version;
    },
    async pointBack(_, version, putBack) {
      const older = published.find((one) => one.version === version);
      assert(older);
      await fixture.pointTo(older, putBack ? { putBack } : {});
    },
    put: async (key, text) => void (await fixture.put(ownKey(key), text)),
    remove: async (key) => void (await fixture.remove(ownKey(key))),
    async breakServer(isBroken) {
      if (isBroken) repair = await host.nginx.writeConfiguration('nonsense;');
      else await repair?.();
      if (!isBroken) repair = undefined;
    },
    async install(...names) {
      const { report } = await fixture.install(host, names.map(own).join(' '));
      return report.results.map((result) => ({ ...result, name: result.name.replace(String(index), '') }));
    },
    async installKilled(name) {
      const revive = await shadow(host, engineOf(host), `case $* in *-t) ${KILL} ;; esac`);
      const { exitCode } = await fixture.install(host, own(name));
      await revive();
      assert.notEqual(exitCode, 0);
    },
    async served(name) {
      const serial = await servedSerial(host, `${own(name)}.example`);
      return published.find((one) => one.serial === serial)?.version;
    },
  };
});
