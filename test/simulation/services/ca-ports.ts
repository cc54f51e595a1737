import { InputError } from '../../../lib/foundation/common/input-error.ts';
import type { DescribeAccount } from '../../../lib/issuance/ca/accounts.ts';
import {
  AcmeError,
  type Authorization,
  type CertificateAuthority,
  type OpenCertificateAuthority,
} from '../../../lib/issuance/ca/certificate-authority.ts';
import type { AskRenewalInfo } from '../../../lib/issuance/ca/renewal-info.ts';
import type { Calls } from '../engine/calls.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Ca } from './ca.ts';
import { asker } from './ca-answers.ts';
import { suggestedWindow } from './ca-calendar.ts';
import { spoil } from './spoilt-certificates.ts';

interface Parts {
  cas: readonly Ca[];
  calls: Calls;
}

function caAt({ cas }: Parts, directoryUrl: string): Ca {
  const ca = cas.find((one) => one.directoryUrl === directoryUrl);
  if (!ca) throw new AcmeError('ca-unreachable', `nobody is at ${directoryUrl}`);
  return ca;
}

/** Our accounts at the CAs as one run of a function has them; `makes` for one that may register. */
export function authoritiesFor(
  invocation: Invocation,
  parts: Parts,
  { makes }: { makes: boolean },
): OpenCertificateAuthority {
  return async (directoryUrl, options) => {
    const ca = caAt(parts, directoryUrl);
    const ask = asker(invocation, ca, parts.calls);
    // An account that is stored is opened without a word to the CA.
    const { keptAccount } = ca;
    if (keptAccount !== undefined && keptAccount !== options?.lost) return authorityOf(ca, keptAccount, ask);
    const account = await ask('open account', () => {
      if (!makes && ca.keptAccount === undefined)
        throw new AcmeError('account-missing', `there is no account at ${directoryUrl}`);
      const isLost = ca.keptAccount !== undefined && ca.keptAccount === options?.lost;
      if (ca.keptAccount === undefined || isLost) ca.keptAccount = ca.newAccount();
      if (isLost) for (const hear of ca.onAccountAnew) hear();
      return ca.keptAccount;
    });
    return authorityOf(ca, account, ask);
  };
}

/** A problem in words that end in its type, such as `… (caa)`. */
function problemsOf(message: string | undefined): Authorization['problems'] {
  if (message === undefined) return [];
  const [, type = 'unknown'] = /\((\w+)\)$/.exec(message) ?? [];
  return [{ reason: `acme-${type}`, message, identifiers: [] }];
}

function authorityOf(ca: Ca, account: string, ask: ReturnType<typeof asker>): CertificateAuthority {
  return {
    directoryUrl: ca.directoryUrl,
    accountUrl: account,
    caaIssuer: () => ask('directory', () => ({ identity: ca.identity, accountUri: account })),
    standingIssuer: () => ask('directory', () => ({ identity: ca.identity, accountUri: account })),
    createOrder: (request) => ask(`order ${request.names.join(' ')}`, () => ca.newOrder(account, request)),
    order: (url) => ask(`look at ${url}`, () => ca.order(account, url)),
    authorization: (url) =>
      ask(`look at ${url}`, () => {
        const { identifier, status, txtValue, problem } = ca.authorization(account, url);
        const challenge = { url: `${url}/challenge`, status, txtValue };
        return { url, identifier, status, challenge, problems: problemsOf(problem) };
      }),
    answerChallenge: (url) => ask(`answer ${url}`, () => ca.answer(account, url.replace(/\/challenge$/, ''))),
    prepare: async () => {},
    finalize: (order, csr) => ask(`finalize ${order.url}`, () => ca.finalize(account, order.url, csr)),
    revoke: (pem, reason) =>
      ask('revoke', () => {
        ca.requireAccount(account);
        const found = [...ca.issued.values()].find(({ fullchain }) => fullchain.startsWith(pem));
        if (!found) throw new AcmeError('acme-malformed', `the CA ${ca.host} refused: Certificate unknown`);
        ca.revoke(found, reason);
        found.heardAt ??= ca.parts.scheduler.now;
      }),
    certificate: (order, { alternates } = { alternates: false }) =>
      ask(`certificate of ${order.url}`, () => {
        const issued = ca.certificate(account, order.url);
        const others = alternates && issued ? [issued.otherChain] : [];
        return [spoil(ca, issued), ...others];
      }),
  };
}

export function renewalInfoFor(invocation: Invocation, parts: Parts): AskRenewalInfo {
  return async (directoryUrl, certId) => {
    const ca = caAt(parts, directoryUrl);
    const { faults, random } = ca.parts;
    return asker(
      invocation,
      ca,
      parts.calls,
    )(`renewal information ${certId}`, () => {
      if (faults.happens('ca.odd-renewal-info'))
        throw random.chance(0.5)
          ? new InputError('renewal-info-malformed', 'the window ends before it begins')
          : new AcmeError('acme-malformed', 'the CA knows no such certificate');
      const issued = ca.issued.get(certId);
      if (!issued) throw new AcmeError('acme-malformed', `the CA ${ca.host} refused: Certificate not found`);
      if (issued.window) issued.heardAt ??= ca.parts.scheduler.now;
      const { start, end } = issued.window ?? suggestedWindow(issued.notBefore, issued.notAfter);
      return { window: { start: new Date(start), end: new Date(end) }, retryAfterMs: ca.askAgainMs };
    });
  };
}

export function accountsFor(invocation: Invocation, parts: Parts): DescribeAccount {
  return async (directoryUrl) => {
    const ca = caAt(parts, directoryUrl);
    return parts.calls.make(invocation, {
      port: 'ssm',
      what: `parameter of ${ca.host}`,
      effect: () => (ca.keptAccount === undefined ? undefined : { accountUri: ca.keptAccount }),
      trouble: () => new Error('the Parameter Store does not answer'),
      latencyMs: 20,
    });
  };
}

/** `undefined` from a CA that cannot be asked now, as its adapter has it. */
export function caaIssuerFor(
  invocation: Invocation,
  parts: Parts,
): (directoryUrl: string) => Promise<{ identity: string } | undefined> {
  return async (directoryUrl) => {
    const ca = caAt(parts, directoryUrl);
    return asker(
      invocation,
      ca,
      parts.calls,
    )('directory', () => ({ identity: ca.identity })).catch(() => undefined);
  };
}

export const ASK_AGAIN: readonly [number, number] = [6 * HOUR, DAY];
