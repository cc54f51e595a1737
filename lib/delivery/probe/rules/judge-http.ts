import { DAY } from '../../../foundation/common/durations.ts';
import { ok, type SiteFacts, type SiteResult, warning } from './site-facts.ts';

/** Half a year, the usual minimum. */
const HSTS_SECONDS = (180 * DAY) / 1000;

/** Whether http redirects to https, and HSTS makes browsers stay there. */
export function judgeHttp({ site, plain, secure }: SiteFacts): SiteResult[] {
  return [redirect(site, plain), hsts(secure)];
}

function redirect(site: string, plain: SiteFacts['plain']): SiteResult {
  if ('error' in plain) return ok('redirect', `nothing on port 80 (${plain.error}), so nothing in the clear`);
  const remedy = `return 301 https://$host$request_uri; in the server block of port 80`;
  const { status, location } = plain;
  if (status < 300 || status > 399 || location === undefined)
    return warning('redirect', `http://${site}/ answers ${status} in the clear`, remedy);
  const target = URL.parse(location, `http://${site}/`);
  const leads = `http://${site}/ leads to`;
  if (target?.protocol !== 'https:')
    return warning('redirect', `${leads} ${location.slice(0, 200)}, which is not https`, remedy);
  const direct = `lead to https://${site}/ first, so that its HSTS header is seen`;
  if (target.hostname !== site)
    return warning('redirect', `${leads} another name, ${target.hostname}`, direct);
  if (status !== 301 && status !== 308)
    return warning('redirect', `${leads} https for now only (${status})`, remedy);
  return ok('redirect', `${leads} https (${status})`);
}

/** RFC 6797, 6.1: semicolons separate directives, case does not matter, and a value may be quoted. */
function hsts(secure: SiteFacts['secure']): SiteResult {
  const remedy =
    'add_header Strict-Transport-Security "max-age=31536000" always; once all is well over https';
  if ('error' in secure)
    return warning('hsts', `no answer over https (${secure.error})`, 'see the web server');
  if (secure.hsts === undefined) return warning('hsts', 'no Strict-Transport-Security header', remedy);
  const [, seconds] = /(?:^|;)\s*max-age\s*=\s*"?(\d+)"?\s*(?:;|$)/i.exec(secure.hsts) ?? [];
  const incomplete = `Strict-Transport-Security without a max-age (${secure.hsts.slice(0, 200)})`;
  if (seconds === undefined) return warning('hsts', incomplete, remedy);
  const seen = `Strict-Transport-Security for ${Math.floor((Number(seconds) * 1000) / DAY)} days`;
  return Number(seconds) < HSTS_SECONDS ? warning('hsts', seen, remedy) : ok('hsts', seen);
}
