import { hash } from 'node:crypto';
import { archiveKey, liveKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { describeHostScriptContract } from '../../contract/host-script.ts';
import { Scheduler } from '../../simulation/engine/scheduler.ts';
import { Bucket } from '../../simulation/services/bucket.ts';
import { installOn } from '../../simulation/services/install-script.ts';

describeHostScriptContract('the model of install.sh', async () => {
  const bucket = new Bucket(new Scheduler(Date.parse('2026-11-20T00:00:00Z')));
  const host = {
    instanceId: 'i-0123456789abcdef0',
    group: 'web',
    isOnline: true,
    isBroken: false,
    isSlow: false,
    installed: new Map<string, string>(),
    served: new Map<string, string>(),
    since: 0,
  };
  let versions = 0;
  const sha256 = { fullchain: hash('sha256', 'PEM'), privkey: hash('sha256', 'PEM') };
  const put = async (key: string, text: string) => void bucket.put(key, text, 'test', ['web']);
  return {
    put,
    async publish(name) {
      versions += 1;
      const version = `20261120T${String(versions).padStart(6, '0')}Z-3f9a2c`;
      for (const file of ['fullchain', 'privkey'] as const) await put(archiveKey(name, version, file), 'PEM');
      await put(liveKey(name), JSON.stringify({ version, sha256 }));
      return version;
    },
    pointBack: (name, version, putBack) =>
      put(liveKey(name), JSON.stringify({ version, sha256, ...(putBack && { putBack }) })),
    remove: async (key) => bucket.remove(key, 'test'),
    breakServer: async (isBroken) => void Object.assign(host, { isBroken }),
    install: async (...names) =>
      JSON.parse(installOn(host, { names, bucket, dies: undefined }).output).results,
    installKilled: async (name) => void installOn(host, { names: [name], bucket, dies: 'swapped' }),
    served: async (name) => host.served.get(name),
  };
});
