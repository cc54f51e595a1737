import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Pebble } from './start.ts';

export interface IssuedCertificate {
  serial: string;
  /** of its subjectAltName, in the certificate's order */
  names: string[];
}

/** Every certificate that the CA has issued, in that order, by its own log. */
export class IssuedCertificates {
  readonly #pebble: Pebble;
  readonly #known = new Map<string, Promise<IssuedCertificate>>();
  #listed: Promise<IssuedCertificate[]> | undefined;
  #logSize = -1;

  constructor(pebble: Pebble) {
    this.#pebble = pebble;
  }

  /** A log that has not grown is not read again. */
  async list(): Promise<IssuedCertificate[]> {
    const { size } = await stat(this.#pebble.logFile);
    if (this.#listed === undefined || size !== this.#logSize) this.#listed = this.#read();
    this.#logSize = size;
    return this.#listed;
  }

  async #read(): Promise<IssuedCertificate[]> {
    const log = await readFile(this.#pebble.logFile, 'utf8');
    const serials = [...log.matchAll(/Issued certificate serial (\w+)/g)].map(([, serial = '']) => serial);
    return Promise.all(serials.map((serial) => this.#one(serial)));
  }

  #one(serial: string): Promise<IssuedCertificate> {
    const known = this.#known.get(serial) ?? this.#ask(serial);
    this.#known.set(serial, known);
    return known;
  }

  async #ask(serial: string): Promise<IssuedCertificate> {
    const answer = await this.#pebble.manage(`cert-status-by-serial/${serial}`);
    const { subjectAltName = '' } = new X509Certificate(JSON.parse(answer).Certificate);
    return { serial, names: subjectAltName.split(', ').map((name) => name.replace('DNS:', '')) };
  }
}
