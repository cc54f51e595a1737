import * as z from 'zod/mini';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { AcmeError } from '../../issuance/ca/certificate-authority.ts';
import { eabParameter } from '../../issuance/ca/rules/account-parameter.ts';

/** What a CA gives its customers to bind an ACME account to theirs (RFC 8555, 7.3.4); the key in base64url. */
const ExternalAccount = z.strictObject({
  kid: z.string().check(z.regex(/^[\x21-\x7e]+$/, 'must be the key identifier that the CA gave you')),
  hmacKey: z.string().check(z.regex(/^[A-Za-z0-9_+/-]{16,}=*$/, 'must be the HMAC key in base64url')),
});
export type ExternalAccount = z.infer<typeof ExternalAccount>;

interface ExternalAccountWay {
  store: { get(name: string): Promise<string | undefined> };
  /** Path of the parameters, without a trailing slash. */
  prefix: string;
  /** Whether the CA makes no account without one. */
  isRequired: () => Promise<boolean>;
}

/** The external account at a CA; `undefined` when none is kept and none is needed. */
export async function findExternalAccount(
  directoryUrl: string,
  { store, prefix, isRequired }: ExternalAccountWay,
): Promise<ExternalAccount | undefined> {
  const parameter = eabParameter(directoryUrl, prefix);
  const text = await store.get(parameter);
  if (text !== undefined) {
    const where = `parameter ${parameter}`;
    return parseJson(text, ExternalAccount, { where, reason: 'external-account-malformed', secret: true });
  }
  if (!(await isRequired())) return undefined;
  throw new AcmeError('external-account-missing', {
    seen: `the CA ${new URL(directoryUrl).host} makes accounts for its customers only`,
    remedy: `put the key that it gave you there with: aws ssm put-parameter --type SecureString --name ${parameter} --value '{"kid": "...", "hmacKey": "..."}'`,
  });
}
