const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { join } = require('node:path');
const { removeOld } = require('./remove-old.cjs');

/**
 * serverless's class that validates configurations. One that it found valid before, by the same schema, it does not validate
 * again, which is a third of what `serverless invoke` takes: it gets the values that were coerced then (`53` to `'53'`).
 */
module.exports = (Handler, store) => {
  const { validateConfig } = Handler.prototype;
  Handler.prototype.validateConfig = async function validateOnce(config) {
    const before = textOf(config);
    const noted =
      before && join(store, hashOf([this.serverless.version, JSON.stringify(this.schema), before]));
    if (noted && fs.existsSync(noted)) return coerce(config, JSON.parse(fs.readFileSync(noted, 'utf8')));
    await validateConfig.call(this, config);
    const isValid = Handler.getConfigurationValidationResult(this.serverless.configurationInput);
    if (noted && isValid) note(store, noted, differences(JSON.parse(before), config));
  };
  return Handler;
};

const hashOf = (texts) => createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 32);

/** Nothing for what refers to itself. */
function textOf(config) {
  try {
    return JSON.stringify(config);
  } catch {
    return undefined;
  }
}

/** Where two objects with the same members have another value, and which the second one has. */
function differences(before, after, path = []) {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if ([before, after].some((value) => typeof value !== 'object' || value === null)) return [[path, after]];
  return Object.keys(after).flatMap((name) => differences(before[name], after[name], [...path, name]));
}

function coerce(config, values) {
  for (const [path, value] of values) {
    const last = path.at(-1);
    path.slice(0, -1).reduce((part, name) => part[name], config)[last] = value;
  }
}

/** Whoever may not write there validates each time. */
function note(store, noted, values) {
  try {
    fs.mkdirSync(store, { recursive: true });
    removeOld(store);
    fs.writeFileSync(`${noted}.${process.pid}`, JSON.stringify(values));
    fs.renameSync(`${noted}.${process.pid}`, noted);
  } catch {}
}
