const { readCaRoots } = require('../lib/foundation/certificate/ca-roots.ts');
const { complaintAboutLength } = require('../lib/foundation/certificate/deployment-window.ts');
const { explainIssues, printable } = require('../lib/foundation/common/explain-issues.ts');
const { mostSimilar } = require('../lib/foundation/common/most-similar.ts');
const { complaintAboutGroups } = require('./group-ids.cjs');
const { findSettings, goOnWithout, makesNothing } = require('./find-settings.cjs');
const { FROM_TEXT, Params } = require('./params-schema.cjs');
const { refuse } = require('./refuse.cjs');
const { memoryFor } = require('./rules/memory-for.ts');
const { YAML_TYPES } = require('./rules/yaml-types.ts');

/** What grows with its length, by the variable that has it; the others, with all names, need about 1,100 of the 4,096 bytes that Lambda takes. */
const GROWING = {
  FALLBACK_DIRECTORY_URLS: 'fallbackDirectoryUrls',
  CAS: 'cas',
  CA_ROOTS: 'caRoots',
  DOMAINS: 'domains',
  ALSO_ALLOW: 'alsoAllow',
  CHALLENGE_TARGETS: 'challengeTargets',
  HOST_GROUPS: 'hostGroups',
  ZONE_ROLES: 'zoneRoles',
  NOTIFY: 'notify',
};
const ENVIRONMENT_ROOM = 3_000;

/** The parameters, checked, as the strings that Lambda takes: lists comma-separated, host groups and zone roles as JSON. */
module.exports = async (serverless) => {
  const settings = await findSettings(serverless);
  try {
    return await checkParams(serverless, settings);
  } catch (error) {
    if (!makesNothing() || Object.keys(settings).length === 0) throw error;
    goOnWithout(error);
    return checkParams(serverless, {});
  }
};

async function checkParams(serverless, settings) {
  const { resolveVariable } = serverless;
  const given = await gatherParams(serverless, settings);
  const { success, data, error } = Params.safeParse(given, { reportInput: true });
  if (!success) refuseParam(explainIssues(error, YAML_TYPES));
  // A production function would reach what only it may.
  if (data.caAtLoopback !== '' && (await resolveVariable('sls:stage')) !== 'local')
    refuseParam('caAtLoopback: is for the stage local only');
  for (const group of Object.keys(data.hostRoles))
    if (group !== '*' && !Object.hasOwn(data.hostGroups, group))
      refuseParam(`hostRoles: "${group}" is no group of hostGroups`);
  for (const [group, { window = [] }] of Object.entries(data.hostGroups))
    for (const text of window) {
      const complaint = complaintAboutLength(text, data.checkEveryHours);
      if (complaint) refuseParam(`hostGroups.${group}.window: ${complaint}`);
    }
  const sameId = complaintAboutGroups(Object.keys(data.hostGroups));
  if (sameId) refuseParam(sameId);
  const params = {
    contact: data.contact,
    agreeToTerms: String(data.agreeToTerms),
    notify: [...new Set(data.notify ?? [data.contact])].join(','),
    domains: data.domains.join(','),
    alsoAllow: data.alsoAllow.join(','),
    challengeTargets: data.challengeTargets.join(','),
    fallbackDirectoryUrls: data.fallbackDirectoryUrls.join(','),
    caRoots: readCaRoots(data.caRoots, new Date()).roots.join(','),
    cas: data.cas.join(','),
    caAtLoopback: data.caAtLoopback,
    hostGroups: JSON.stringify(data.hostGroups),
    hostRoles: JSON.stringify(data.hostRoles),
    directoryUrl: data.directoryUrl ?? '',
    docsUrl: data.docsUrl,
    kmsKeyArn: data.kmsKeyArn,
    bucket: data.bucket,
    permissionsBoundary: data.permissionsBoundary,
    tags: data.tags,
    dashboard: String(data.dashboard),
    ordersPerRun: String(data.ordersPerRun),
    checkEveryHours: String(data.checkEveryHours),
    ...memoryFor(data.certificates),
    checkSeconds: data.checkEveryHours * 3600,
    // A check may take its time, or begin some minutes late.
    heartbeatSeconds: data.checkEveryHours * 3600 + 300,
    checkRate: data.checkEveryHours === 1 ? 'rate(1 hour)' : `rate(${data.checkEveryHours} hours)`,
    zoneRoles: JSON.stringify(data.zoneRoles),
  };
  return { ...params, ...variablesOf(params) };
}

/** What --param gives, else settings.yml, else serverless.yml. */
async function gatherParams({ options, resolveVariable }, settings) {
  const atOnce = new Set((options?.param ?? []).map((text) => text.split('=', 1)[0]));
  const known = [
    ...Object.keys(Params.shape),
    ...Object.keys((await resolveVariable('self:params.default, null')) ?? {}),
  ];
  for (const name of atOnce) if (!known.includes(name)) refuse(`--param: ${unknownName(name, known)}`);
  const given = {};
  for (const name of Object.keys(Params.shape)) {
    const isSet = !atOnce.has(name) && Object.hasOwn(settings, name);
    const value = isSet ? settings[name] : ((await resolveVariable(`param:${name}, null`)) ?? undefined);
    given[name] = typeof value === 'string' && FROM_TEXT[name] ? FROM_TEXT[name](value) : value;
  }
  return makesNothing() ? { ...STAND_INS, ...definedOf(given) } : given;
}

function unknownName(name, known) {
  const similar = mostSimilar(name, known);
  const meant = similar === undefined ? '' : ` (did you mean ${similar}?)`;
  return `unknown name "${printable(name)}"${meant}; settings.example.yml explains each`;
}

const definedOf = (given) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

/** What has no default, for commands that need no value of it: those that ask or remove a stack that was deployed with --param. */
const STAND_INS = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'] };
/** The settings that grow, as variables of the environment, or bundled with the code where they have no room there. */
function variablesOf(params) {
  const all = Object.fromEntries(Object.entries(GROWING).map(([variable, name]) => [variable, params[name]]));
  const fits = Buffer.byteLength(Object.values(all).join('')) <= ENVIRONMENT_ROOM;
  const none = Object.fromEntries(Object.keys(all).map((variable) => [variable, '']));
  return fits
    ? { settingsIn: 'environment', variables: all, bundled: {} }
    : { settingsIn: 'code', variables: none, bundled: all };
}

function refuseParam(complaints) {
  refuse(
    `${complaints}. Set it in settings.yml ("npx --no-install perennial-tls init" writes it), or with --param="name=value"`,
  );
}
