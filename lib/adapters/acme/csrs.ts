import acme from 'acme-client';
import type { CsrSubject } from '../../issuance/ca/certificate-authority.ts';

/** CSRs in base64url of their DER, one for each key. */
export class Csrs {
  readonly #made = new WeakMap<CsrSubject['key'], Promise<string>>();

  of(subject: CsrSubject): Promise<string> {
    const made = this.#made.get(subject.key) ?? make(subject);
    this.#made.set(subject.key, made);
    return made;
  }
}

async function make({ key, names }: CsrSubject): Promise<string> {
  const [, csr] = await acme.crypto.createCsr({ altNames: [...names] }, key.reveal());
  return acme.crypto.getPemBodyAsB64u(csr);
}
