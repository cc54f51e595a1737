const fs = require('node:fs');
const { join } = require('node:path');

const KEPT_MS = 86_400_000;

/** Removes from a folder what is more than a day old. */
exports.removeOld = (store) => {
  for (const name of fs.readdirSync(store))
    if (fs.statSync(join(store, name)).mtimeMs < Date.now() - KEPT_MS)
      fs.rmSync(join(store, name), { recursive: true, force: true });
};
