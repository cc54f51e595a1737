/** What IAM is asked about a call, in IAM's words; a call that touches several resources is several of these. */
export interface Authorization {
  /** such as `s3:GetObject` */
  action: string;
  /** an ARN, or `*` for an action that knows no resources */
  resource: string;
  /** condition keys and their values; a list for a key that can have several */
  context: Record<string, string | string[]>;
}

/** The account of everything in the local cloud. */
export const ACCOUNT = '123456789012';
