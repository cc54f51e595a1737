import * as z from 'zod/mini';
import { oneLine } from '../../foundation/common/one-line.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type OrderProblem } from '../../issuance/ca/certificate-authority.ts';

/** A problem document (RFC 8555, 6.7), as far as we read it. */
const Problem = z.object({
  type: z._default(z.string(), 'about:blank'),
  detail: z._default(z.string(), ''),
  instance: z.optional(z.string()),
  subproblems: z.optional(
    z.array(
      z.object({
        type: z._default(z.string(), ''),
        detail: z._default(z.string(), ''),
        identifier: z.optional(z.object({ value: z.string() })),
      }),
    ),
  ),
});

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  data: unknown;
}

type Problem = z.infer<typeof Problem>;

const ACME_ERROR = 'urn:ietf:params:acme:error:';
const LONGEST = 900;

export function isBadNonce({ status, data }: HttpAnswer): boolean {
  return status === 400 && Problem.safeParse(data).data?.type === `${ACME_ERROR}badNonce`;
}

/** A refusal of the CA as an error: its type in kebab-case, its words, and its Retry-After. */
export function acmeError(
  { status, headers, data }: HttpAnswer,
  { url, now }: { url: string; now: Date },
): AcmeError {
  const problem = Problem.safeParse(data).data;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
  const { host } = new URL(url);
  if (!problem?.type.startsWith(ACME_ERROR))
    return new AcmeError('ca-unavailable', `the CA ${host} answered HTTP ${status}`, { retryAfterMs });
  const reason = reasonOf(problem);
  const seen = `the CA ${host} refused: ${oneLine(describe(problem), LONGEST)}`;
  const remedy = reason === 'acme-user-action-required' ? `agree at ${termsOf(problem, headers)}` : '';
  return new AcmeError(reason, { seen, remedy }, { retryAfterMs, identifiers: identifiersOf(problem) });
}

/** RFC 8555, 6.7: `compound` only says that the subproblems tell; one that all of them have is the reason. */
function reasonOf({ type, subproblems = [] }: Problem): Reason {
  const [first = type, ...others] = new Set(subproblems.map((subproblem) => subproblem.type));
  const said = type === `${ACME_ERROR}compound` && others.length === 0 ? first : type;
  return `acme-${said.startsWith(ACME_ERROR) ? kebab(said.slice(ACME_ERROR.length)) : 'unknown'}`;
}

function identifiersOf({ subproblems = [] }: Problem): string[] {
  return subproblems.flatMap(({ identifier }) => identifier?.value.toLowerCase() ?? []);
}

/** Where a person agrees to changed terms (RFC 8555, 7.3.3), or else the terms themselves, which are in a link. */
function termsOf({ instance }: Problem, { link = '' }: HttpAnswer['headers']): string {
  const [, terms] = /<(https:[^>]{1,300})>\s*;\s*rel="?terms-of-service/.exec(link) ?? [];
  const page = instance?.startsWith('https:') ? oneLine(instance, LONGEST) : undefined;
  return page ?? terms ?? "the CA's website";
}

function describe({ detail, subproblems = [] }: Problem): string {
  const parts = subproblems.map(
    (one) => `${one.identifier?.value ?? ''}: ${one.detail}${inBrackets(one.type)}`,
  );
  return [detail, ...parts].join('; ');
}

function inBrackets(type: string): string {
  return type.startsWith(ACME_ERROR) ? ` (${type.slice(ACME_ERROR.length)})` : '';
}

/** The words of a challenge's `error` (RFC 8555, 8), in one line. */
export function describeProblem(data: unknown): string | undefined {
  const problem = Problem.safeParse(data).data;
  return problem && oneLine(`${describe(problem)} (${problem.type.replace(ACME_ERROR, '')})`, LONGEST);
}

/** An order's `error` (RFC 8555, 7.1.3). */
export function orderProblem(data: unknown): OrderProblem | undefined {
  const problem = Problem.safeParse(data).data;
  const message = describeProblem(data);
  if (!problem || message === undefined) return undefined;
  const reason = problem.type.startsWith(ACME_ERROR) ? reasonOf(problem) : undefined;
  return { reason, message, identifiers: identifiersOf(problem) };
}

/** Retry-After in milliseconds, from seconds or an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  // Date.parse takes almost anything for a date, even "-5".
  if (!/^[A-Z][a-z]+, /.test(header)) return undefined;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/** `badCSR` gives `bad-csr`; anything but camel case gives `unknown`. */
function kebab(camel: string): string {
  if (!/^[a-z][a-zA-Z]{0,63}$/.test(camel)) return 'unknown';
  return camel.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
}
