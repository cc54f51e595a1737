/** What is looked at from outside, in this order. */
export type SiteCheck =
  | 'address'
  | 'connection'
  | 'served'
  | 'chain'
  | 'expiry'
  | 'tls-version'
  | 'http2'
  | 'redirect'
  | 'hsts';

/** What was seen of one name from outside, and, unless all is well, what to do. Each is one line. */
export interface SiteFinding {
  site: string;
  check: SiteCheck;
  status: 'ok' | 'warning' | 'failing';
  seen: string;
  remedy: string;
}

/** A finding before it is said of which site. */
export type SiteResult = Omit<SiteFinding, 'site'>;

export const ok = (check: SiteCheck, seen: string): SiteResult => ({ check, status: 'ok', seen, remedy: '' });

export const warning = (check: SiteCheck, seen: string, remedy: string): SiteResult => ({
  check,
  status: 'warning',
  seen,
  remedy,
});

export const failing = (check: SiteCheck, seen: string, remedy: string): SiteResult => ({
  check,
  status: 'failing',
  seen,
  remedy,
});
