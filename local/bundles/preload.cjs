// Loaded before serverless (`node --require`): serverless.yml stays as it is for whoever deploys to AWS.
const Module = require('node:module');

const PLUGIN = /[/\\]node_modules[/\\]serverless-esbuild[/\\]/;
const load = Module._load;
let kept;

Module._load = (request, parent, ...rest) => {
  const loaded = load(request, parent, ...rest);
  if (kept || !PLUGIN.test(request) || PLUGIN.test(parent?.filename ?? '')) return loaded;
  const { KEPT_BUNDLES: store } = process.env;
  Module._load = load;
  kept = require('./keep.cjs')(loaded, store);
  return kept;
};
