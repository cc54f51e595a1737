const { join } = require('node:path');

const STUBS = join(__dirname, 'stubs');

// acme-client brings an HTTP client and an old crypto interface that nothing here calls (see docs/decisions/0003).
const REPLACED = { axios: 'axios.cjs', 'node-forge': 'node-forge.cjs' };

const replaceUnused = {
  name: 'replace-unused',
  setup(build) {
    build.onResolve({ filter: /^(axios|node-forge)$/ }, ({ path }) => ({
      path: join(STUBS, REPLACED[path]),
    }));
  },
};

module.exports = () => [replaceUnused];
