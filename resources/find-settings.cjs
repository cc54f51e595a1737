const { refuse } = require('./refuse.cjs');
const { complaintAboutStage, warnOfProduction } = require('./rules/stage-names.ts');
const { readSettings, settingsOf } = require('./settings.cjs');

/** Commands that ask or remove a stack, and so need no setting. */
const MAKE_NOTHING = ['info', 'invoke', 'logs', 'metrics', 'remove', 'rollback'];

/** Serverless takes its command before all options. */
const makesNothing = () => MAKE_NOTHING.includes(process.argv[2]);

/** What settings.yml says for the stage that serverless was given. */
async function findSettings({ resolveVariable }) {
  try {
    const stage = await resolveVariable('sls:stage, null');
    const sections = readSettings(stage);
    // As of staging.
    const hasOwnCa = (await resolveVariable(`self:params.${stage}.directoryUrl, null`)) !== null;
    if (stage !== null && !makesNothing())
      checkStage(stage, [...Object.keys(sections), ...(hasOwnCa ? [stage] : [])]);
    return settingsOf(sections, { stage, hasOwnCa });
  } catch (error) {
    if (!makesNothing()) return refuse(error.message);
    goOnWithout(error);
    return {};
  }
}

function checkStage(stage, known) {
  const complaint = complaintAboutStage(stage, known);
  if (complaint) throw new Error(complaint);
  const warning = warnOfProduction(stage, known);
  if (warning) warn(warning);
}

/** A stack can be asked and removed whatever settings.yml says by now. */
const goOnWithout = ({ message }) =>
  warn(`${message}. "serverless ${process.argv[2]}" goes on without settings.yml`);

/** Once: Serverless asks for the parameters again and again. */
const said = new Set();
function warn(line) {
  if (!said.has(line)) process.stderr.write(`Warning: ${line}\n`);
  said.add(line);
}

module.exports = { findSettings, goOnWithout, makesNothing };
