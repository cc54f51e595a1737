import * as z from 'zod/mini';

/** Binds an ACME account to a customer's account at the CA (RFC 8555, 7.3.4); `hmacKey` is secret. */
export const ExternalAccount = z.strictObject({
  kid: z.string().check(z.regex(/^[\x21-\x7e]+$/, 'must be the key identifier that the CA gave you')),
  hmacKey: z.string().check(z.regex(/^[A-Za-z0-9_+/-]{16,}=*$/, 'must be the HMAC key in base64url')),
});
export type ExternalAccount = z.infer<typeof ExternalAccount>;
