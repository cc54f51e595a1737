const { existsSync, readFileSync } = require('node:fs');
const { basename, dirname, resolve } = require('node:path');
const { CORE_SCHEMA, load, types } = require('js-yaml');
const { printable } = require('../lib/foundation/common/explain-issues.ts');
const { explainSettings } = require('./rules/settings-issues.ts');
const { complaintAboutKeys } = require('./rules/settings-keys.ts');
const { complaintAboutYaml } = require('./rules/yaml-complaint.ts');
const { Section, Settings } = require('./settings-schema.cjs');

const MEND = 'mend it there (settings.example.yml explains each key)';

/** The file with a person's own settings; PERENNIAL_SETTINGS names another one, and none where it is empty. */
function settingsFile() {
  const { PERENNIAL_SETTINGS: named = 'settings.yml' } = process.env;
  return named === '' ? undefined : resolve(__dirname, '..', named);
}

/** The sections of settings.yml, all of them checked; none where there is no such file. Throws what is wrong, in one line. */
function readSettings(deployed) {
  const file = settingsFile();
  if (file === undefined) return {};
  if (!existsSync(file)) {
    if (!process.env.PERENNIAL_SETTINGS) return {};
    throw new Error(`there is no file ${printable(file)}, which PERENNIAL_SETTINGS names`);
  }
  return parseSettings(readText(file, `${basename(file)}: `), file, deployed);
}

function readText(file, where) {
  try {
    return readFileSync(file, 'utf8');
  } catch ({ code }) {
    throw new Error(
      `${where}cannot be read (${code}); see that ${printable(file)} is a file that you may read`,
    );
  }
}

/** `deployed`: the stage whose name is not in doubt, as it was given. */
function parseSettings(text, file, deployed) {
  const name = basename(file);
  const refuse = (complaint) => {
    throw new Error(`${name}: ${complaint}; ${MEND}`);
  };
  const given = parseYaml(text, refuse) ?? {};
  const complaint = complaintAboutKeys(given, Object.keys(Section.shape), deployed);
  if (complaint) refuse(complaint);
  const sections = withRoots(given, file);
  const { success, error } = Settings.safeParse(sections, { reportInput: true });
  if (!success) refuse(explainSettings(error));
  // As given: with defaults filled in, a section would hide what another one says.
  return sections;
}

/** No setting is a date, which YAML makes of 2026-12-20. Merge keys (<<) are plain text in it unless their type is implicit. */
const schema = CORE_SCHEMA.extend({ implicit: [types.merge] });

function parseYaml(text, refuse) {
  try {
    const given = load(text, { schema });
    // Not of what has no end.
    JSON.stringify(given);
    return given;
  } catch ({ reason = 'has an alias of what it stands in', mark }) {
    return refuse(complaintAboutYaml(text, { reason, mark }));
  }
}

/** Roots may be named by a file beside the settings, instead of standing there. */
function withRoots(sections, file) {
  const filled = Object.entries(sections).map(([section, values]) => {
    const named = values?.caRoots;
    if (typeof named !== 'string' || named === '' || named.includes('-----')) return [section, values];
    const path = resolve(dirname(file), named);
    if (!existsSync(path))
      throw new Error(
        `${basename(file)}: ${printable(section)}.caRoots: there is no file ${printable(path)}; ${MEND}`,
      );
    const caRoots = readText(path, `${basename(file)}: ${printable(section)}.caRoots: `);
    return [section, { ...values, caRoots }];
  });
  return Object.fromEntries(filled);
}

/** What a production CA is named by, which a stage with a CA of its own in serverless.yml does not take from all stages. */
const CA_PARAMS = ['directoryUrl', 'fallbackDirectoryUrls'];

/** The cloud of `npm run local`, all of which is in serverless.yml. */
const LOCAL = 'local';

/** The settings of one stage. `hasOwnCa`: whether serverless.yml names the stage's CA, as it does for staging. */
function settingsOf(sections, { stage, hasOwnCa }) {
  if (stage === LOCAL) return sections[LOCAL] ?? {};
  const forAll = Object.entries(sections.default ?? {}).filter(
    ([name]) => !(hasOwnCa && CA_PARAMS.includes(name)),
  );
  return { ...Object.fromEntries(forAll), ...sections[stage] };
}

module.exports = { parseSettings, readSettings, settingsOf };
