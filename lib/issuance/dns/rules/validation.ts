/** What a validating resolver says of one record set (RFC 4035, 4.3). `why` is its own words (RFC 8914), where it gives some. */
export type Validation =
  | { status: 'secure' }
  /** Not signed, or nothing above says that it is. */
  | { status: 'insecure' }
  /** Refused, though the servers answer. */
  | { status: 'bogus'; why: string | undefined }
  /** No answer with or without validation. */
  | { status: 'unanswered' };
