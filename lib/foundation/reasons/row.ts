/** What the code asks about a reason. */
export type Kind =
  | 'ca-down' // the CA cannot be used now, whatever it is asked about
  | 'tried-at-once' // the call to the CA is made again at once
  | 'of-account' // the CA's limit is for the whole account
  | 'refused' // by the CA, however often it is asked
  | 'agreement' // nothing helps until a person agrees
  | 'order-unknown' // the CA does not have the order for us
  | 'against-replaces' // perhaps because of the certificate that the order replaces (RFC 9773, 5)
  | 'order-ended' // RFC 8555, 7.1.6: nothing leads out of `invalid`
  | 'wrong-certificate' // what the CA issued is not what was ordered
  | 'left' // nobody's failure: another worker, or the next run, does the work
  | 'for-age' // only the age of the certificate is the reason to renew it
  | 'on-schedule' // what a schedule that is too coarse would decide
  | 'copies-doubtful' // copies may lag, or versions be left over
  | 'without-zone' // no hosted zone can be used for the name
  | 'nobody-there' // no host is there to say that it is over
  | 'passing' // hosts that are only slow or away come back by themselves
  | 'consequence' // follows from what another host said
  | 'never-ran' // the command did not get as far as the host
  | 'container'; // the host lacks the container

/** What a person does about it, in one line, and its kinds. Without a remedy it is nobody's trouble, or its family has one. */
export type Row = string | readonly [remedy: string, ...kinds: Kind[]];

/** The same for several reasons. */
export function rows<Reason extends string>(row: Row, ...reasons: Reason[]): Record<Reason, Row> {
  return Object.fromEntries(reasons.map((reason) => [reason, row])) as Record<Reason, Row>;
}

/** Several reasons of one kind, each with its remedy. */
export function all<Reason extends string>(kind: Kind, remedies: Record<Reason, string>) {
  const kinds = Object.entries<string>(remedies).map(([reason, remedy]) => [reason, [remedy, kind]]);
  return Object.fromEntries(kinds) as Record<Reason, Row>;
}
