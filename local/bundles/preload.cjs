// Loaded before serverless (`node --require`): serverless.yml stays as it is for whoever deploys to AWS.
const Module = require('node:module');
const { join } = require('node:path');

const SERVERLESS = /[/\\]node_modules[/\\]serverless[/\\]/;
const PLUGIN = /[/\\]node_modules[/\\]serverless-esbuild[/\\]/;
/** A third of what serverless loads, for what the plugin does only where it bundles and zips. */
const SELDOM_USED = ['effect', '@effect/platform-node', './utils/effect-fs', 'bestzip'];
const { KEPT_BUNDLES: store } = process.env;
/** What serverless gets in the place of some of its modules. */
const QUICKER = {
  'json-cycle': (cycle) => ({ ...cycle, stringify: require('./without-cycles.cjs') }),
  './classes/config-schema-handler': (Handler) => require('./valid-once.cjs')(Handler, join(store, 'valid')),
};
const load = Module._load;
let kept;

Module._load = (request, parent, ...rest) => {
  const isOfPlugin = PLUGIN.test(parent?.filename ?? '');
  if (isOfPlugin && SELDOM_USED.includes(request)) return atFirstUse(request, parent);
  const loaded = load(request, parent, ...rest);
  if (SERVERLESS.test(parent?.filename ?? '') && QUICKER[request]) return QUICKER[request](loaded);
  if (kept || isOfPlugin || !PLUGIN.test(request)) return loaded;
  Module._load = load;
  kept = require('./keep.cjs')(loaded, store);
  return kept;
};

/** A module that is loaded when something of it is asked for; of `effect`, which has all its modules as members, that one alone. */
function atFirstUse(request, parent) {
  const member = (name) =>
    request === 'effect' && /^[A-Z]/.test(name)
      ? load(`effect/${name}`, parent, false)
      : load(request, parent, false)[name];
  return new Proxy({}, { get: (_, name) => name === '__esModule' || member(name) });
}
