import type {
  CertificateManager,
  ImportableCertificate,
  Imported,
} from '../../lib/delivery/acm/certificate-manager.ts';

/** ACM of one region in memory, with the certificates of others beside ours. */
export class FakeAcm implements CertificateManager {
  /** The key and the leaf of each import, by ARN; the key to be compared with, never to be printed. */
  readonly imports = new Map<string, { name: string; cert: string; key: string }>();
  /** Runs before each call; throws to let it fail. */
  before: (call: 'find' | 'create' | 'replace') => void | Promise<void> = () => {};
  readonly #region: string;
  #made = 0;

  constructor(region: string) {
    this.#region = region;
  }

  async find({ name }: Imported): Promise<string | undefined> {
    await this.before('find');
    return [...this.imports].find(([, one]) => one.name === name)?.[0];
  }

  async create(name: string, certificate: ImportableCertificate): Promise<string> {
    await this.before('create');
    this.#made += 1;
    const arn = `arn:aws:acm:${this.#region}:123456789012:certificate/${this.#made}`;
    this.imports.set(arn, { name, cert: certificate.cert, key: certificate.key.reveal() });
    return arn;
  }

  async replace(arn: string, certificate: ImportableCertificate): Promise<boolean> {
    await this.before('replace');
    const one = this.imports.get(arn);
    if (!one) return false;
    this.imports.set(arn, { ...one, cert: certificate.cert, key: certificate.key.reveal() });
    return true;
  }
}
