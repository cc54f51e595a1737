const { appendFileSync, readFileSync } = require('node:fs');
const { join, parse } = require('node:path');

// What the functions never use of the packages they bundle; measured in docs/decisions/0003.
const REPLACED = {
  axios: 'axios.cjs',
  'node-forge': 'node-forge.cjs',
  '@peculiar/x509': 'x509.cjs',
  asn1js: 'empty.cjs',
  debug: 'debug.cjs',
  '@aws-sdk/credential-provider-node': 'credential-provider-node.mjs',
  '@smithy/core/event-streams': 'event-streams.mjs',
};

const replaceUnused = {
  name: 'replace-unused',
  setup(build) {
    const filter = new RegExp(`^(${Object.keys(REPLACED).join('|')})$`);
    build.onResolve({ filter }, ({ path }) => ({ path: join(__dirname, 'stubs', REPLACED[path]) }));
  },
};

// An AWS client's schemas are plain arrays, but with computed keys, so the bundler keeps those of every operation. Marked
// as pure, only those of the commands in use stay. Errors are told apart by name, so their classes are not registered.
const shakeSchemas = {
  name: 'shake-schemas',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk.client-[a-z0-9-]+.dist-es.schemas.schemas_0\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
        .replace(/^((?:export )?var \w+\$?) = (\[[\s\S]*?\]);$/gm, '$1 = /* @__PURE__ */ (() => $2)();')
        .replace(/^n0_registry\.registerError\(.*\);$/gm, '');
      return { contents, loader: 'js' };
    });
  },
};

// A client reads only its version from its package.json, and would carry all of it.
const trimPackageJson = {
  name: 'trim-package-json',
  setup(build) {
    build.onLoad({ filter: /@aws-sdk.client-[a-z0-9-]+.package\.json$/ }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ name, version }), loader: 'json' };
    });
  },
};

// The list of regions with their names for people; a region's partition is found by its pattern as well.
const trimRegions = {
  name: 'trim-regions',
  setup(build) {
    build.onLoad({ filter: /util-endpoints.lib.aws.partitions\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replace(
        /"[a-z-]+-\d+": \{\s*"description": "[^"]*"\s*\},?/g,
        '',
      );
      return { contents, loader: 'js' };
    });
  },
};

// Modules inside the SDK that a Lambda never comes to: hashes in JavaScript, where Node has none of its own, signatures of
// event streams and for access points of several regions, the region by EC2 metadata, the adaptive retry mode, and sessions
// of directory buckets.
const NEVER_REACHED = new Map([
  ['Sha1Js', 'export class Sha1Js {}'],
  ['Sha256Js', 'export class Sha256Js {}'],
  ['Sha512Js', 'export class Sha512Js {}'],
  ['Md5Js', 'export class Md5Js {}'],
  ['HeaderFormatter', 'export class HeaderFormatter {}'],
  ['getInstanceMetadataRegion', 'export const getInstanceMetadataRegion = async () => undefined;'],
  ['DefaultRateLimiter', 'export class DefaultRateLimiter {}'],
  ['AdaptiveRetryStrategy', 'export class AdaptiveRetryStrategy {}'],
  ['S3ExpressIdentityProviderImpl', 'export class S3ExpressIdentityProviderImpl {}'],
  [
    'SignatureV4MultiRegion',
    `import { SignatureV4SignWithCredentials } from './SignatureV4SignWithCredentials';
    export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {
      static sigv4aDependency() { return 'none'; }
    }`,
  ],
]);

const leaveOutUnreached = {
  name: 'leave-out-unreached',
  setup(build) {
    const filter = new RegExp(`dist-es.*[/\\\\](${[...NEVER_REACHED.keys()].join('|')})\\.js$`);
    build.onLoad({ filter }, ({ path }) => ({ contents: NEVER_REACHED.get(parse(path).name), loader: 'js' }));
  },
};

// serverless-esbuild zips as fast as can be, and a function is fetched at each cold start: a tenth less of it this way.
function deflateWell() {
  const archiver = require(require.resolve('archiver', { paths: [require.resolve('serverless-esbuild')] }));
  const { create } = archiver;
  archiver.create = (format, options) => create(format, { zlib: { level: 9 }, ...options });
}

// The check lists what is deployed: BUNDLED_FILES is the file that gets the path of each file of which something is bundled.
const tellBundled = {
  name: 'tell-bundled',
  setup(build) {
    const list = process.env.BUNDLED_FILES;
    if (!list) return;
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      const inputs = Object.values(metafile?.outputs ?? {}).flatMap((output) =>
        Object.entries(output.inputs),
      );
      const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => `${path}\n`);
      appendFileSync(list, used.join(''));
    });
  },
};

// Settings that the environment of a function has no room for.
const bundleSettings = (settings) => ({
  name: 'bundle-settings',
  setup(build) {
    if (Object.keys(settings).length === 0) return;
    const contents = `export const BUNDLED_SETTINGS = ${JSON.stringify(settings)};`;
    build.onLoad({ filter: /lib.lambda.bundled-settings\.ts$/ }, () => ({ contents, loader: 'js' }));
  },
});

// serverless-esbuild has each function built for itself. In one build, what they share is read once: the same files in less
// than half the time. The build of the first function is that of all, and the others are of nothing.
const bundleAtOnce = (serverless) => ({
  name: 'bundle-at-once',
  setup({ initialOptions }) {
    const plugin = serverless?.pluginManager.plugins.find((one) => one.functionEntries);
    if (!plugin) return;
    const entries = [...new Set(plugin.functionEntries.map(({ entry }) => entry))];
    initialOptions.entryPoints = initialOptions.entryPoints[0] === entries[0] ? entries : [];
  },
});

// Without serverless, as the benchmark bundles, no settings are.
module.exports = (serverless) => {
  deflateWell();
  return [
    bundleAtOnce(serverless),
    bundleSettings(serverless?.service.custom.params.bundled ?? {}),
    replaceUnused,
    shakeSchemas,
    trimPackageJson,
    trimRegions,
    leaveOutUnreached,
    tellBundled,
  ];
};
