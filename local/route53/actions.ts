/** A Route 53 API call by name, with the id in its path. What is not looked at here is `other`. */
export interface Route53Call {
  action: string;
  /** The hosted zone's or the change's id, without prefix. */
  id: string;
  query: URLSearchParams;
}

const RECORD_SETS = /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/;
const CHANGE = /^\/2013-04-01\/change\/([^/]+)$/;
const ZONE = /^\/2013-04-01\/hostedzone\/([^/]+)$/;
const ZONES = /^\/2013-04-01\/hostedzone\/?()$/;
const ZONES_BY_NAME = /^\/2013-04-01\/hostedzonesbyname\/?()$/;

const ACTIONS: [method: string, path: RegExp, action: string][] = [
  ['POST', RECORD_SETS, 'ChangeResourceRecordSets'],
  ['GET', RECORD_SETS, 'ListResourceRecordSets'],
  ['GET', CHANGE, 'GetChange'],
  ['GET', ZONE, 'GetHostedZone'],
  ['DELETE', ZONE, 'DeleteHostedZone'],
  ['POST', ZONES, 'CreateHostedZone'],
  ['GET', ZONES, 'ListHostedZones'],
  ['GET', ZONES_BY_NAME, 'ListHostedZonesByName'],
];

export function readCall(method: string, path: string): Route53Call {
  const { pathname, searchParams: query } = new URL(path, 'http://localhost');
  for (const [expected, pattern, action] of ACTIONS) {
    const id = expected === method ? pattern.exec(pathname)?.[1] : undefined;
    if (id !== undefined) return { action, id: decodeURIComponent(id), query };
  }
  return { action: `other ${method} ${pathname.split('/')[2] ?? ''}`, id: '', query };
}
