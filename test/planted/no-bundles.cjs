const { writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** An empty zip: its end record alone (APPNOTE.TXT, 4.3.16). */
const EMPTY_ZIP = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);

/** In the place of serverless-esbuild, for faults of the template: functions are not bundled, which takes longest. */
module.exports = class NoBundles {
  constructor(serverless) {
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => {
        const artifact = join(serverless.serviceDir, 'empty.zip');
        writeFileSync(artifact, EMPTY_ZIP);
        for (const one of Object.values(serverless.service.functions)) one.package = { artifact };
        if (process.env.BUNDLED_FILES) writeFileSync(process.env.BUNDLED_FILES, '');
      },
    };
  }
};
