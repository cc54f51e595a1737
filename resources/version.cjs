// What a deployed stack says of itself: docs/operate/lifecycle.md, "Which release is deployed".
const { version } = require('../package.json');
const { FORMAT } = require('../lib/foundation/bucket/rules/bucket-format.ts');

module.exports = { release: version, format: String(FORMAT) };
