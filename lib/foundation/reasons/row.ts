/** The properties of a reason that the code decides by. */
export type Kind =
  | 'ca-down' // the CA cannot be used now for anything
  | 'tried-at-once' // the call to the CA is repeated at once
  | 'of-account' // the CA's limit is for the whole account
  | 'refused' // the CA refuses every repetition
  | 'agreement' // a person has to agree first
  | 'not-of-proof' // says nothing against the proof of a name
  | 'asks-to-wait' // the CA says when to come again
  | 'of-order' // counts against the order that is being resumed, as every problem of the CA does
  | 'without-end' // refuses nothing: the order, perhaps carried out by now, can be resumed
  | 'order-unknown' // the CA has no such order of ours
  | 'against-replaces' // perhaps because of the certificate that the order replaces (RFC 9773, 5)
  | 'of-key' // perhaps because the CA takes the key no more
  | 'wrong-certificate' // what the CA issued is not what was ordered
  | 'limited' // by the CA, or by our own budget
  | 'left' // not a failure: another worker, or the next run, does the work
  | 'for-age' // only the age of the certificate is the reason to renew it
  | 'says-remedy' // what is seen says what to do
  | 'on-schedule' // a schedule that is too coarse decides so
  | 'copies-doubtful' // copies may lag, or old versions remain
  | 'without-zone' // no hosted zone can be used for the name
  | 'nobody-there' // no host is there to report that it is over
  | 'nothing-there' // the host has nothing that could serve it
  | 'urgent' // told at once, and again within hours
  | 'harmless' // it holds up nothing
  | 'passing' // over by itself: a host is slow or offline, or at work already
  | 'consequence' // follows from another host's report
  | 'never-ran' // the command did not reach the host
  | 'container' // the host lacks the container
  | 'of-archive'; // what the bucket has of the version does not go together

/** The remedy in one line, and its kinds. An empty remedy: there is nothing to do, or the family has one. */
export type Row = string | readonly [remedy: string, ...kinds: Kind[]];

/** Several reasons with the same row. */
export function rows<Reason extends string>(row: Row, ...reasons: Reason[]): Record<Reason, Row> {
  return Object.fromEntries(reasons.map((reason) => [reason, row])) as Record<Reason, Row>;
}

/** Several reasons of one kind, each with its remedy. */
export function all<Reason extends string>(kind: Kind, remedies: Record<Reason, string>) {
  const kinds = Object.entries<string>(remedies).map(([reason, remedy]) => [reason, [remedy, kind]]);
  return Object.fromEntries(kinds) as Record<Reason, Row>;
}
