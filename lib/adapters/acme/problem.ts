import * as z from 'zod/mini';
import { inRoom } from '../../foundation/common/in-room.ts';
import { oneLine } from '../../foundation/common/one-line.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import type { CaProblem } from '../../issuance/ca/rules/ended-order.ts';

const text = (fallback: string) => z.catch(z._default(z.string(), fallback), fallback);

/** A problem document (RFC 8555, 6.7), as far as we read it: what cannot be read of it hides nothing else. */
const Problem = z.object({
  type: text('about:blank'),
  detail: text(''),
  /** What it is in short (RFC 7807, 3.1); some CAs give nothing else. */
  title: text(''),
  instance: z.catch(z.optional(z.string()), undefined),
  /** Problems as well, each with the identifier that it is about (6.7.1). */
  subproblems: z.catch(z._default(z.array(z.unknown()), []), []),
  identifier: z.catch(z.optional(z.object({ value: z.string() })), undefined),
});
type Problem = z.infer<typeof Problem>;

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  data: unknown;
}

const ACME_ERROR = 'urn:ietf:params:acme:error:';
/** A hundred names with their own words; a mail of fifty troubles stays below the 256 KB of an SNS message. */
const LONGEST = 3_500;

export function isBadNonce({ status, data }: HttpAnswer): boolean {
  return status === 400 && read(data)?.type === `${ACME_ERROR}badNonce`;
}

/** A refusal of the CA as an error: its type in kebab-case, its words, and its Retry-After. */
export function acmeError(
  { status, headers, data }: HttpAnswer,
  { url, now }: { url: string; now: Date },
): AcmeError {
  const problem = read(data);
  const retryAfterMs = parseRetryAfter(headers['retry-after'], now);
  const { host } = new URL(url);
  if (!problem?.type.startsWith(ACME_ERROR)) {
    const words = problem && describe(problem);
    const seen = `the CA ${host} answered HTTP ${status}${words ? `: ${words}` : ''}`;
    return new AcmeError('ca-unavailable', seen, { retryAfterMs });
  }
  const reason = reasonOf(problem);
  const seen = `the CA ${host} refused: ${describe(problem)}`;
  const remedy = reason === 'acme-user-action-required' ? `agree at ${termsOf(problem, headers)}` : '';
  return new AcmeError(reason, { seen, remedy }, { retryAfterMs, identifiers: identifiersOf(problem) });
}

function read(data: unknown): Problem | undefined {
  return Problem.safeParse(data).data;
}

/** All problems below a problem. */
function subproblemsOf({ subproblems }: Problem, depth = 0): Problem[] {
  return subproblems.flatMap((data) => {
    const problem = read(data);
    // RFC 8555 knows one level; a few more cost nothing.
    return problem ? [problem, ...(depth < 3 ? subproblemsOf(problem, depth + 1) : [])] : [];
  });
}

/** RFC 8555, 6.7: `compound` only says that the subproblems tell; one that all of them have is the reason. */
function reasonOf(problem: Problem): Reason {
  const { type } = problem;
  const [first = type, ...others] = new Set(subproblemsOf(problem).map((subproblem) => subproblem.type));
  const said = type === `${ACME_ERROR}compound` && others.length === 0 ? first : type;
  return `acme-${said.startsWith(ACME_ERROR) ? kebab(said.slice(ACME_ERROR.length)) : 'unknown'}`;
}

function identifiersOf(problem: Problem): string[] {
  return subproblemsOf(problem).flatMap(
    ({ identifier }) => identifier?.value.toLowerCase().replace(/\.$/, '') ?? [],
  );
}

/** Where a person agrees to changed terms (RFC 8555, 7.3.3), or else the terms themselves, which are in a link. */
function termsOf({ instance }: Problem, { link = '' }: HttpAnswer['headers']): string {
  const [, terms] = /<(https:[^>]{1,300})>\s*;\s*rel="?terms-of-service/.exec(link) ?? [];
  const page = instance?.startsWith('https:') ? oneLine(instance, 900) : undefined;
  return page ?? terms ?? "the CA's website";
}

/** Its words, then those of its subproblems, each once with all the names that it is about; how many more there are. */
function describe(problem: Problem): string {
  const names = Map.groupBy(subproblemsOf(problem), (one) => `${wordsOf(one)}${inBrackets(one.type)}`.trim());
  const parts = [...names].map(([words, of]) => {
    const about = of.flatMap(({ identifier }) => identifier?.value ?? []).join(', ');
    return about === '' ? words : `${about}: ${words}`;
  });
  return inRoom([wordsOf(problem), ...parts], LONGEST);
}

const wordsOf = ({ detail, title }: Problem) => detail.trim() || title;

function inBrackets(type: string): string {
  return type.startsWith(ACME_ERROR) ? ` (${type.slice(ACME_ERROR.length)})` : '';
}

/** The `error` of an order or a challenge (RFC 8555, 7.1.3 and 8); `undefined` for none. */
export function problemOf(data: unknown): CaProblem | undefined {
  const problem = read(data);
  if (!problem) return undefined;
  const { type } = problem;
  return {
    reason: type.startsWith(ACME_ERROR) ? reasonOf(problem) : undefined,
    message: `${describe(problem)} (${oneLine(type.replace(ACME_ERROR, ''), 100)})`.trim(),
    identifiers: identifiersOf(problem),
  };
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
