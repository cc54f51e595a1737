const { createHash, randomUUID } = require('node:crypto');
const fs = require('node:fs');
const { basename, join } = require('node:path');
const { removeOld } = require('./remove-old.cjs');

/** All files that bundles are made of, in the project; packages are what the lock file says. */
const INPUTS = ['{functions,lib,resources}/**/*', '{package,package-lock,tsconfig}.json'];
/** Where serverless-esbuild has zips, in its folder for work. */
const ZIPS = '.serverless';
const MAKE = 'before:package:createDeploymentArtifacts';

/**
 * The plugin serverless-esbuild; what it made before of the same files with the same options it takes from `store`, the same
 * zips, in the place of bundling and zipping anew.
 */
module.exports = (Plugin, store) =>
  class extends Plugin {
    constructor(...given) {
      super(...given);
      const make = this.hooks[MAKE];
      this.hooks[MAKE] = async () => {
        const kept = join(store, keyOf(this.serverless.service, this.serviceDirPath));
        if (takeKept(this, kept)) return;
        await make();
        keep(this, kept);
      };
    }
  };

/** A hash of all that decides what is in the zips. */
function keyOf({ functions, package: packaging, provider, custom = {} }, project) {
  const handlers = Object.entries(functions).map(([name, { handler, package: own }]) => [name, handler, own]);
  const options = [handlers, packaging, provider.runtime, custom.esbuild, custom.params?.bundled];
  const hash = createHash('sha256').update(JSON.stringify([process.version, options]));
  for (const file of INPUTS.flatMap((pattern) => fs.globSync(pattern, { cwd: project })).sort()) {
    const path = join(project, file);
    if (fs.statSync(path).isFile()) hash.update(`\0${file}\0`).update(fs.readFileSync(path));
  }
  return hash.digest('hex').slice(0, 32);
}

function takeKept(plugin, kept) {
  if (!fs.existsSync(kept)) return false;
  plugin.prepare();
  const zips = join(plugin.workDirPath, ZIPS);
  fs.cpSync(kept, zips, { recursive: true });
  for (const [name, one] of Object.entries(plugin.functions))
    one.package = { artifact: join(basename(plugin.workDirPath), ZIPS, `${name}.zip`) };
  return true;
}

function keep(plugin, kept) {
  const store = join(kept, '..');
  fs.mkdirSync(store, { recursive: true });
  removeOld(store);
  const made = `${kept}.${randomUUID()}`;
  fs.cpSync(join(plugin.workDirPath, ZIPS), made, { recursive: true });
  try {
    fs.renameSync(made, kept);
  } catch {
    // Another run has kept the same meanwhile.
    fs.rmSync(made, { recursive: true });
  }
}
