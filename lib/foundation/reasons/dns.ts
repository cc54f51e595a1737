import { all, type Row } from './row.ts';

/** Route 53 and the zone roles. */
export const ZONE = {
  'record-not-simple':
    'remove the record with a routing policy at the name, or alias the challenge name elsewhere',
  'record-set-full':
    'remove old values from the record set, or let fewer challenge names lead to it; the next try looks again',
  'record-refused': 'look at the records of the name with doctor',
  'zone-missing': 'create the hosted zone again, or delegate the domain to the one that is there',
  'zone-access-denied':
    "compare the function's role with resources/roles.yml, or the zone role's policy with docs/guides/zone-roles.md",
  ...all('without-zone', {
    'zone-role-denied': 'let the zone role trust this account, with the external id of params.zoneRoles',
  }),
  'zone-unavailable': 'nothing: the next try asks again',
  'zone-role-unseen': 'give params.zoneRoles a readRoleArn that may only read, and deploy',
};

/** The public DNS, the hosted zone of a name, and CAA. */
export const DNS = {
  ...ZONE,
  'dns-unavailable': "see whether the domain's name servers answer; the next try asks again",
  ...all('without-zone', {
    'no-hosted-zone': 'create a public hosted zone for the domain in this account, or name a "zoneRole"',
    'only-private-zone': 'create a public hosted zone for the domain beside the private one',
    'ambiguous-hosted-zone': 'delete the hosted zone that the domain is not delegated to',
  }),
  'delegated-elsewhere':
    'delegate the domain to the hosted zone, or put its challenge name into one by a CNAME',
  'outside-challenge-targets': 'list the name in params.challengeTargets, or let the CNAME lead elsewhere',
  'cname-loop': 'remove the CNAMEs that lead back to themselves',
  'wait-limit-reached': [
    'look whether the name servers of the domain answer and agree; the next try waits again',
    'of-order',
    'without-end',
  ],
  'caa-forbids': 'let the CAA record allow the CA, or set "caa" in the renewal file',
  'caa-wrong-account': 'let accounturi in the CAA record name this account, or remove it',
  'caa-unknown-critical': 'remove the critical CAA property that no CA knows',
} satisfies Record<string, Row>;
