import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const { parseSettings } = createRequire(import.meta.url)('../../resources/settings.cjs');

/** Beside which nothing is read. */
const FILE = '/nowhere/settings.yml';
const PORT = 'default.hostGroups.web.port: must be a whole number from 1 to 65535';

const web = (text: string) => `default:\n  hostGroups: { web: { ${text} } }\n`;

describe('what is wrong in settings.yml is said with what to do', () => {
  it.each([
    [
      'default:\n  staging:\n    ordersPerRun: 7\n',
      'default: unknown key "staging" (a section; move it to the left margin)',
    ],
    [
      'default:\n  hostGroups:\n  web: { port: 443 }\n',
      'default: unknown key "web" (indent it to put it below hostGroups)',
    ],
    ['params:\n  default:\n    ordersPerRun: 7\n', 'leave out "params:"; sections stand at the left margin'],
    ['stages:\n  default:\n    ordersPerRun: 7\n', 'leave out "stages:"; sections stand at the left margin'],
    [
      'default:\n  region: eu-west-1\n',
      'default: unknown key "region" (the region is given by --region or AWS_REGION)',
    ],
    ['region: eu-west-1\n', '"region": the region is given by --region or AWS_REGION'],
    ['default:\n  stage: test\n', 'default: unknown key "stage" (the stage is given by --stage)'],
    [web('port: 70000'), PORT],
    [web('port: 0'), PORT],
    [web('port: -1'), PORT],
    [web('port: 443.5'), PORT],
    [web('port: "443"'), 'default.hostGroups.web.port: must be a number, without quotes'],
    ['default:\n  checkEveryHours: "6"\n', 'default.checkEveryHours: must be a number, without quotes'],
    ['default:\n  checkEveryHours: six\n', 'default.checkEveryHours: must be a number'],
    ['default:\n  agreeToTerms: "true"\n', 'default.agreeToTerms: must be true or false, without quotes'],
    ['default:\n  agreeToTerms: yes\n', 'default.agreeToTerms: must be true or false; write true'],
    ['default:\n  agreeToTerms: agreed\n', 'default.agreeToTerms: must be true or false; write true'],
    [web('proxyProtocol: off'), 'default.hostGroups.web.proxyProtocol: must be true or false; write false'],
    [web('keyMode: 0640'), 'default.hostGroups.web.keyMode: must be text, in quotes'],
    [web('contaner: nginx'), 'default.hostGroups.web: unknown key "contaner" (did you mean container?)'],
    [
      web('contaner: nginx, prot: 1'),
      'default.hostGroups.web: unknown key "contaner", "prot" (did you mean container, port?)',
    ],
    [
      'default:\n  zoneRoles: { dns: { roleArn: "arn:aws:iam::123456789012:role/dns", externalid: abc } }\n',
      'default.zoneRoles.dns: unknown key "externalid" (did you mean externalId?)',
    ],
    [
      'default:\n  domains:\n    - *.example.com\n',
      'line 3: a text that begins with "*" has to be in quotes; a domain is written without "*."',
    ],
    [
      'default:\n  hostRoles: {*: []}\n',
      'line 2: a text that begins with "*" has to be in quotes; a domain is written without "*."',
    ],
    [
      Buffer.from('default:\n  ordersPerRun: 7\n', 'utf16le').toString(),
      'has null bytes, as UTF-16 does; save it as UTF-8',
    ],
    ['default: {}\n---\nstaging: {}\n', 'has two documents; leave out the line "---" between them'],
    [
      'default:\n  contact: a@b.test\nstaging:\n  tags: {}\n  "tags": {}\n',
      'line 5: "tags" stands twice in staging; leave out one of them',
    ],
    [
      'default: {}\r\nstaging: { cas: [], cas: [] }\r\n',
      'line 2: "cas" stands twice in staging; leave out one of them',
    ],
    ['\ufeffdefault: {}\ndefault: {}\n', 'line 2: the section "default" stands twice; make one of the two'],
    [
      '\ufeffdefault: { cas: [], "cas": [] }\n',
      'line 1: "cas" stands twice in default; leave out one of them',
    ],
    [
      'default:\n  hostGroups:\n    web:\n    container: nginx\n',
      'default.hostGroups.web: must be a mapping (key: value); default.hostGroups.container: must be a mapping (key: value) (indent it to put it below its group)',
    ],
    [
      'default:\n  zoneRoles:\n    dns:\n    roleArn: arn\n',
      'default.zoneRoles.dns: must be a mapping (key: value); default.zoneRoles.roleArn: the name of a zone role may hold only a-z, 0-9 and "-" (indent it to put it below its role)',
    ],
    [
      'default:\n  contcat: a@b.test\n  domain: []\nstaging:\n  orderPerRun: 1\n',
      'default: unknown key "contcat" (did you mean contact?); default: unknown key "domain" (did you mean domains?); staging: unknown key "orderPerRun" (did you mean ordersPerRun?)',
    ],
  ])('%j', (yml, complaint) => {
    expect(() => parseSettings(yml, FILE)).toThrow(
      expect.objectContaining({
        message: `settings.yml: ${complaint}; mend it there (settings.example.yml explains each key)`,
      }),
    );
  });
});

describe('a merge key of YAML', () => {
  it('takes over what another section has, but for what stands beside it', () => {
    const yml =
      'default: &d\n  ordersPerRun: 7\n  checkEveryHours: 2\nstaging:\n  <<: *d\n  checkEveryHours: 3\n';
    expect(parseSettings(yml, FILE)).toMatchObject({ staging: { ordersPerRun: 7, checkEveryHours: 3 } });
  });
});
