import { inRoom } from '../../../foundation/common/in-room.ts';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';
import type { Refusal } from './rate-limit-scope.ts';

/** Of a line that ends with the order's address. */
const LONGEST = 3_200;

/** A problem document (RFC 8555, 6.7) of an order or a challenge, in one line with all its subproblems. */
export interface CaProblem {
  /** As in AcmeError; absent for a problem that RFC 8555 does not name. */
  reason: Reason | undefined;
  message: string;
  /** The DNS names of its subproblems. */
  identifiers: readonly string[];
}

/** What was seen of an authorization that is not valid. */
export interface Unproved {
  identifier: string;
  status: string;
  problems: readonly CaProblem[];
  /** Whether the CA refused its proof. */
  refused: boolean;
}

export interface EndedOrder {
  /** Of the certificate. */
  name: string;
  url: string;
  status: string;
  problem?: CaProblem | undefined;
  retryAfterMs?: number | undefined;
  unproved: readonly Unproved[];
}

/** Why an order came to nothing: the problem of each name and of the order itself, and what they make the reason. */
export function judgeEnded(order: EndedOrder): Refusal {
  const { name, url, status, problem, retryAfterMs, unproved } = order;
  const refused = unproved.filter((one) => one.refused);
  const names = refused.map(({ identifier }) => identifier);
  const own = problem ? [problem.message] : [];
  const reason = reasonOf(order, refused);
  const about = { reason, retryAfterMs, orderEnded: true, unproved: names };
  if (refused.length > 0) {
    const told = inRoom([...own, ...byWords(unproved)], LONGEST) || 'it gives no reason';
    return { ...about, message: `the CA did not accept the proof for ${name}: ${told}`, identifiers: names };
  }
  const others = unproved.map((one) => `${one.identifier} is ${one.status}`);
  const told = inRoom([...own, ...byWords(unproved), ...others], LONGEST) || 'the CA gives no reason';
  const seen = `an order came to nothing (${status}): ${told} (${url} for ${name})`;
  return { ...about, message: seen, identifiers: problem?.identifiers };
}

/** A refused proof is the reason, unless the CA gives all refused names another one. */
function reasonOf({ problem }: EndedOrder, refused: readonly Unproved[]): Reason {
  if (refused.length === 0) return problem?.reason ?? 'order-not-valid';
  const [first, ...others] = new Set(
    refused.flatMap(({ problems }) => problems.map(({ reason }) => reason ?? 'challenge-invalid')),
  );
  const isAll = others.length === 0 && refused.every(({ problems }) => problems.length > 0);
  const isTaken = first && (isOfKind(first, 'not-of-proof') || isOfKind(first, 'ca-down'));
  return isAll && isTaken ? first : 'challenge-invalid';
}

/** Each problem once, with all the names that have it. */
function byWords(unproved: readonly Unproved[]): string[] {
  const said = unproved.flatMap(({ identifier, problems }) =>
    problems.map(({ message }) => ({ identifier, message })),
  );
  const names = Map.groupBy(said, ({ message }) => message);
  return [...names].map(
    ([message, of]) => `${[...new Set(of.map(({ identifier }) => identifier))].join(', ')}: ${message}`,
  );
}
