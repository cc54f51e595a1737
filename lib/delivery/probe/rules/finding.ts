import { type Result, resultsOf } from '../../../foundation/common/finding.ts';

/** The checks from outside, in this order. */
type SiteCheck =
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
