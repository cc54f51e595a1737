import type { AskRenewalInfo } from '../../issuance/ca/renewal-info.ts';
import { parseRenewalInfo } from '../../issuance/ca/rules/renewal-window.ts';
import { readDirectory } from './directory.ts';
import { parseRetryAfter } from './problem.ts';
import { AcmeTransport } from './transport.ts';

/** Asks CAs over HTTPS, without an account (RFC 9773, 4.1); each CA's directory is read once. */
export function renewalInfoOf({ timeoutMs }: { timeoutMs: number }): AskRenewalInfo {
  const transport = new AcmeTransport({ timeoutMs });
  const addresses = new Map<string, Promise<string | undefined>>();
  const addressAt = (directoryUrl: string) => {
    const known = addresses.get(directoryUrl);
    if (known) return known;
    const read = readDirectory(directoryUrl, { timeoutMs }).then(({ renewalInfo }) => renewalInfo);
    addresses.set(directoryUrl, read);
    read.catch(() => addresses.delete(directoryUrl));
    return read;
  };
  return async (directoryUrl, certId) => {
    const address = await addressAt(directoryUrl);
    if (address === undefined) return undefined;
    const { data, headers } = await transport.request(`${address}/${certId}`, 'get');
    const { host } = new URL(address);
    return {
      ...parseRenewalInfo(data, `renewal information of ${host}`),
      retryAfterMs: parseRetryAfter(headers['retry-after'], new Date()),
    };
  };
}
