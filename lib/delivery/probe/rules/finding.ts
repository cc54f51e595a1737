import { type Result, resultsOf } from '../../../foundation/common/finding.ts';

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

/** A finding without its site. */
export type SiteResult = Result<SiteCheck>;
export type SiteFinding = { site: string } & SiteResult;

export const { ok, warning, failing } = resultsOf<SiteCheck>();
