// The form of settings.yml: sections as `params` has in serverless.yml, "default" for every stage and one by a stage's name.
const z = require('zod/mini');
const { Params } = require('./params-schema.cjs');

/** What only the cloud of this machine sets. */
const { caAtLoopback: _, ...forUsers } = Params.shape;
/** What is not given in a section may be given elsewhere. */
const Section = z.partial(z.strictObject(forUsers));
/** As Serverless takes the name of a stage. */
const STAGE = /^[a-zA-Z0-9-]+$/;
const Settings = z.record(
  z.string().check(z.regex(STAGE)),
  z.nullable(Section),
  'a section is named "default" or as a stage, by a-z, A-Z, 0-9 and "-"',
);

module.exports = { Section, Settings };
