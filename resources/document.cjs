const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const SCRIPT = join(__dirname, '../lib/delivery/deployment/host/install.sh');

// No two dots in a row, so that no name leads out of its folder.
const LINEAGE = '[a-z0-9][a-z0-9_-]*([.][a-z0-9_-]+)*';

// Patterns of what may reach the host, and the default of what need not; the script gets each as SSM_<name>.
const PARAMETERS = {
  bucket: ["The stack's bucket", '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'],
  region: ["The bucket's region", '^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$'],
  names: ['Certificate names, separated by one space', `^(${LINEAGE}( ${LINEAGE})*)?$`, ''],
  group: ['Without names: the host group, for what its list has', '^([a-z0-9][a-z0-9-]{0,63})?$', ''],
  newHostsOnly: ['With a group: whether what is installed stays', '^(true|false)?$', ''],
  root: ['The folder that holds live/ and archive/', '^(/[a-zA-Z0-9_-][a-zA-Z0-9._-]*)+$'],
  reload: ['How the web server is told', '^(container|service|hooks)$'],
  container: [
    "The container's name or compose service",
    '^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(/[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127})?$',
  ],
  port: ['Where TLS is served', '^[0-9]{1,5}$'],
  address: ['Where to ask what is served', '^([0-9.]{7,15}|[0-9a-f:]{2,39})?$', ''],
  proxyProtocol: ['Whether the PROXY protocol is spoken', '^(true|false)?$', ''],
  keyGroup: ['The group that may read the key', '^([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})?$', ''],
  keyMode: ["The key's mode", '^(0?[46][04][04])?$', ''],
};

/** After these a line goes on: where it ends, a space does as well, which is shorter in JSON. */
const GOES_ON = /( \{| do| then| else| in| \|\|| &&| \||;;)$/;

// Systems Manager takes documents of up to 64 KB: without comments, needless line ends, and indentation, but for a quarter of it in
// Python, which needs it.
function inShort(script) {
  let isPython = false;
  let text = '';
  for (const line of script.split('\n').filter((one) => !/^\s*(#(?!!).*)?$/.test(one))) {
    text += text === '' ? '' : !isPython && GOES_ON.test(text) ? ' ' : '\n';
    isPython = isPython ? !line.includes("'") : / -c '$/.test(line);
    text += line.replace(/^ +/, (indent) => (isPython ? indent.slice((indent.length * 3) / 4) : ''));
  }
  return text;
}

// No Name: a changed script becomes a new document, which `deploy` gets by reference (docs/decisions/0004).
module.exports = {
  Resources: {
    InstallDocument: {
      Type: 'AWS::SSM::Document',
      Properties: {
        DocumentType: 'Command',
        DocumentFormat: 'JSON',
        TargetType: '/AWS::EC2::Instance',
        UpdateMethod: 'Replace',
        Content: {
          schemaVersion: '2.2',
          description: 'Perennial: install certificates and reload the web server',
          parameters: Object.fromEntries(
            Object.entries(PARAMETERS).map(([name, [description, allowedPattern, fallback]]) => [
              name,
              {
                type: 'String',
                description,
                allowedPattern,
                interpolationType: 'ENV_VAR',
                ...(fallback !== undefined && { default: fallback }),
              },
            ]),
          ),
          mainSteps: [
            {
              action: 'aws:runShellScript',
              name: 'install',
              inputs: {
                timeoutSeconds: '300',
                // One text: as JSON, a line end in it is shorter than the end of one text and the begin of another.
                runCommand: [inShort(readFileSync(SCRIPT, 'utf8'))],
              },
            },
          ],
        },
      },
    },
  },
};
