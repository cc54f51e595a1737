import { identifierOf } from '../../../foundation/certificate/domain-name.ts';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';

/** What the CA refused, as in our error. */
export interface Refusal {
  reason: Reason;
  message: string;
  /** The CA's own Retry-After. */
  retryAfterMs?: number | undefined;
  /** The DNS names that the problem's subproblems are about (RFC 8555, 6.7.1). */
  identifiers?: readonly string[] | undefined;
  /** Whether nothing can come of the order any more (RFC 8555, 7.1.6). */
  orderEnded?: boolean | undefined;
  /** The DNS names whose proof was refused. */
  unproved?: readonly string[] | undefined;
}

/** What a limit of the CA holds up. `value` is the domain, the name, or the names of the set; empty for the account. */
export interface LimitScope {
  scope: 'account' | 'registered-domain' | 'exact-set' | 'name';
  value: string;
}

const ACCOUNT: LimitScope = { scope: 'account', value: '' };
/** Boulder's words (ratelimits/limiter.go, wfe2/wfe.go), and those of its releases before 2025. */
const EXACT_SET = /already issued for this exact set of/i;
const DOMAIN = /already issued for:? "?([a-z0-9_.-]*[a-z0-9])/i;
const FAILED = /failed authorizations \(\d+\) for "([^"]+)"/i;
const PAUSED = /prevented from requesting certificates for (.+?) and possibly others/i;
const FOR_ALL = /from this account|new registrations|pending authorizations|service busy|too many requests/i;

/**
 * The scopes that a refusal names; none for one that states no limit. A limit in unknown words holds up only the set of names
 * that was refused: too narrow costs one more refusal, too wide a fleet's renewals.
 */
export function limitScopes(refusal: Refusal, names: readonly string[]): LimitScope[] {
  const { reason, message, identifiers = [] } = refusal;
  if (isOfKind(reason, 'of-account')) return [ACCOUNT];
  if (reason !== 'acme-rate-limited') return [];
  const exactSet: LimitScope = { scope: 'exact-set', value: setOf(names) };
  if (EXACT_SET.test(message)) return [exactSet];
  const [, domain] = DOMAIN.exec(message) ?? [];
  if (domain !== undefined) return [{ scope: 'registered-domain', value: domain.toLowerCase() }];
  const [, failed] = FAILED.exec(message) ?? [];
  const [, paused] = PAUSED.exec(message) ?? [];
  const named = failed === undefined ? paused?.split(', ') : [failed];
  if (named) return named.map(nameScope);
  if (FOR_ALL.test(message)) return [ACCOUNT];
  return identifiers.length > 0 ? identifiers.map(nameScope) : [exactSet];
}

/** A set of names as one text, whatever their order. */
export function setOf(names: readonly string[]): string {
  return [...new Set(names)].sort().join(' ');
}

function nameScope(name: string): LimitScope {
  return { scope: 'name', value: identifierOf(name.trim().toLowerCase()) };
}
