/** A record set of any type and kind; names in lower case without the trailing dot. */
export interface FoundRecord {
  name: string;
  type: string;
  kind: 'simple' | 'alias' | 'routing-policy';
  values: readonly string[];
}
