/** One CAA property (RFC 8659, 4.1), its value as in the DNS. */
export interface CaaProperty {
  flags: number;
  tag: string;
  value: string;
}
