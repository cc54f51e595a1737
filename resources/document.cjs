const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const SCRIPT = join(__dirname, '../lib/delivery/deployment/host/install.sh');

// No two dots in a row, so that no name leads out of its folder.
const LINEAGE = '[a-z0-9][a-z0-9_-]*([.][a-z0-9_-]+)*';

// Patterns of what may reach the host; the script gets each as the environment variable SSM_<name>.
const PARAMETERS = {
  bucket: ["The stack's bucket", '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$'],
  region: ["The bucket's region", '^[a-z]{2}(-[a-z]+)+-[0-9]$'],
  names: ['Certificate names, separated by one space', `^${LINEAGE}( ${LINEAGE})*$`],
  root: ['The folder that holds live/ and archive/', '^(/[a-zA-Z0-9_-][a-zA-Z0-9._-]*)+$'],
  reload: ['How the web server is told', '^(container|service|hooks)$'],
  container: ["The container's name", '^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$'],
  port: ['Where TLS is served', '^[0-9]{1,5}$'],
};

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
            Object.entries(PARAMETERS).map(([name, [description, allowedPattern]]) => [
              name,
              { type: 'String', description, allowedPattern, interpolationType: 'ENV_VAR' },
            ]),
          ),
          mainSteps: [
            {
              action: 'aws:runShellScript',
              name: 'install',
              inputs: {
                timeoutSeconds: '300',
                runCommand: readFileSync(SCRIPT, 'utf8').trimEnd().split('\n'),
              },
            },
          ],
        },
      },
    },
  },
};
