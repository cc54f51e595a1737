import * as z from 'zod/mini';
import { pemOf } from '../foundation/certificate/ca-roots.ts';
import { DIRECTORY_COMPLAINT, DIRECTORY_URL } from '../foundation/certificate/directory-url.ts';
import { HostGroupSettings } from '../foundation/certificate/host-group.ts';
import { ZoneRoleSettings } from '../foundation/certificate/zone-role.ts';
import { parseJson, parseValue } from '../foundation/common/parse-json.ts';
import { BUNDLED_SETTINGS } from './bundled-settings.ts';

const List = z.pipe(
  z.string(),
  z.transform((text: string) => text.split(',').filter((item) => item !== '')),
);

/** The environment that serverless.yml gives each function. */
const Environment = z.object({
  AWS_REGION: z.string(),
  BUCKET: z.string(),
  EVENT_BUS: z.string(),
  DIRECTORY_URL: z.string().check(z.regex(DIRECTORY_URL, DIRECTORY_COMPLAINT)),
  FALLBACK_DIRECTORY_URLS: z._default(List, []),
  CA_ROOTS: z._default(List, []),
  CAS: z._default(List, []),
  CONTACT: z.string(),
  AGREE_TO_TERMS: z.enum(['true', 'false']),
  DOMAINS: List,
  ALSO_ALLOW: List,
  CHALLENGE_TARGETS: List,
  HOST_GROUPS: z.string(),
  ZONE_ROLES: z._default(z.string(), '{}'),
  ORDERS_PER_RUN: z._default(z.coerce.number(), 100),
  CHECK_EVERY_HOURS: z._default(z.coerce.number(), 1),
  ACCOUNT_PREFIX: z.string(),
  EAB_PREFIX: z.string(),
  CAA_IDENTITY: z._default(z.string(), ''),
  DOCUMENT: z._default(z.string(), ''),
  PROBE_PRIVATE_PORTS: z._default(z.string(), ''),
  STAGE: z._default(z.string(), ''),
  NOTICE_TOPIC: z._default(z.string(), ''),
  CHAT_TOPIC: z._default(z.string(), ''),
  QUEUE: z._default(z.string(), ''),
  TAKES: z._default(z.coerce.number(), 1),
  NOTIFY: z._default(List, []),
  DOCS_URL: z._default(z.string(), 'docs'),
  DASHBOARD: z._default(z.string(), 'false'),
  RELEASE: z._default(z.string(), 'unknown'),
  DNS_RESOLVER: z._default(z.string(), ''),
  DNS_PORT: z._default(z.coerce.number(), 53),
});

/** The stack, and what else its functions are wired with. */
export type Settings = ReturnType<typeof readSettings>;

/** The stack's settings, from the environment and from what is bundled; throws an InputError that names the variable. */
export function readSettings(environment: NodeJS.ProcessEnv, bundled = BUNDLED_SETTINGS) {
  const values = parseValue({ ...environment, ...bundled }, Environment, {
    where: 'environment',
    reason: 'settings-invalid',
  });
  return {
    region: values.AWS_REGION,
    bucket: values.BUCKET,
    eventBus: values.EVENT_BUS,
    defaultCa: values.DIRECTORY_URL,
    fallbackCas: values.FALLBACK_DIRECTORY_URLS,
    /** PEM of roots that are trusted beside the public ones. */
    caRoots: values.CA_ROOTS.map(pemOf),
    cas: values.CAS,
    contact: values.CONTACT,
    agreeToTerms: values.AGREE_TO_TERMS === 'true',
    domains: values.DOMAINS,
    alsoAllow: values.ALSO_ALLOW,
    challengeTargets: values.CHALLENGE_TARGETS,
    hostGroups: parseNamed(values.HOST_GROUPS, 'params.hostGroups', HostGroupSettings),
    zoneRoles: parseNamed(values.ZONE_ROLES, 'params.zoneRoles', ZoneRoleSettings),
    ordersPerRun: values.ORDERS_PER_RUN,
    checkEveryHours: values.CHECK_EVERY_HOURS,
    accountPrefix: values.ACCOUNT_PREFIX,
    eabPrefix: values.EAB_PREFIX,
    caaIdentity: values.CAA_IDENTITY || undefined,
    /** The name of the SSM document. */
    document: values.DOCUMENT,
    stage: values.STAGE,
    /** The ARN of the SNS topic for people. */
    noticeTopic: values.NOTICE_TOPIC,
    /** That of Amazon Q in chat applications; only `chat` has it. */
    chatTopic: values.CHAT_TOPIC,
    /** The address of the queue that the function looks into, and how many messages it takes at once. */
    queue: values.QUEUE,
    takes: values.TAKES,
    /** Whom it is told to. */
    notify: values.NOTIFY,
    docsUrl: values.DOCS_URL,
    /** Whether every metric is published, for the dashboard. */
    dashboard: values.DASHBOARD === 'true',
    /** The version of this project that is deployed. */
    release: values.RELEASE,
    dns: { resolver: values.DNS_RESOLVER || undefined, port: values.DNS_PORT },
    probePrivatePorts: parsePorts(values.PROBE_PRIVATE_PORTS),
  };
}

function parsePorts(text: string): { tls: number; http: number } | undefined {
  const [tls, http] = text.split(',').map(Number);
  return tls && http ? { tls, http } : undefined;
}

/** A parameter with settings by name, as a list. */
function parseNamed<Settings extends z.ZodMiniObject>(text: string, where: string, schema: Settings) {
  const settings = parseJson(text, z.record(z.string(), schema), { where, reason: 'settings-invalid' });
  return Object.entries(settings).map(([name, one]) => ({ name, ...one }));
}
