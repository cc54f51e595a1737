import { type Result, resultsOf } from '../../../foundation/common/finding.ts';

export const TLS_VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof TLS_VERSIONS)[number];

/** The words of the resolver, the server or Node. */
export interface Unseen {
  error: string;
}

export interface Served {
  address: string;
  /** Hex, lower case. */
  serial: string;
  notBefore: Date;
  notAfter: Date;
  /** Node's code for why it does not trust it, such as `UNABLE_TO_VERIFY_LEAF_SIGNATURE`. */
  untrusted: string | undefined;
  /** From ALPN (RFC 7301). */
  protocol: string | undefined;
}

export interface HttpAnswer {
  status: number;
  location: string | undefined;
  /** The header Strict-Transport-Security (RFC 6797). */
  hsts: string | undefined;
}

export interface SiteFacts {
  site: string;
  addresses: string[] | Unseen;
  /** One for each public IPv4 address. */
  served: (Served | (Unseen & { address: string }))[];
  /** TLS versions that the first answering address accepts. */
  versions: TlsVersion[];
  /** `/` over http and over https at that address. */
  plain: HttpAnswer | Unseen;
  secure: HttpAnswer | Unseen;
}

export interface LiveFacts {
  /** Of the live version, hex. */
  serial: string;
  /** Whether hosts are not to be touched now, and may have an older version. */
  mayLag?: boolean;
  now: Date;
}

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
