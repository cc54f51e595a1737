import {
  ACMClient,
  type CertificateSummary,
  ImportCertificateCommand,
  type KeyAlgorithm,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  type CertificateManager,
  CertificateManagerError,
  type ImportableCertificate,
  type Imported,
} from '../../delivery/acm/certificate-manager.ts';
import { once } from '../../foundation/common/once.ts';
import { errorName, errorText, isAccessDenied } from './error-name.ts';
import { patiently } from './patiently.ts';

/** An import belongs to a bucket, which only one stack uses and which outlives it, and to a certificate's name. */
const BUCKET_TAG = 'perennial-bucket';
const NAME_TAG = 'perennial-name';

/** Without these ListCertificates shows only RSA_1024 and RSA_2048 (API reference, "Filters"). */
const KEY_TYPES: KeyAlgorithm[] = ['EC_prime256v1', 'EC_secp384r1', 'RSA_2048', 'RSA_3072', 'RSA_4096'];
const MAX_PAGES = 5;

type Call<T> = (options: { abortSignal?: AbortSignal }) => Promise<T>;

export class AcmCertificates implements CertificateManager {
  readonly #acm: ACMClient;
  readonly #region: string;
  readonly #bucket: string;
  /** whose import of this bucket an ARN is */
  readonly #owners = new Map<string, string>();

  constructor(acm: ACMClient, { region, bucket }: { region: string; bucket: string }) {
    this.#acm = acm;
    this.#region = region;
    this.#bucket = bucket;
  }

  async find(wanted: Imported, signal?: AbortSignal): Promise<string | undefined> {
    const { name } = wanted;
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const input = { Includes: { keyTypes: KEY_TYPES }, MaxItems: 1000, NextToken: after };
      const answer = await this.#ask(signal, (options) =>
        this.#acm.send(new ListCertificatesCommand(input), options),
      );
      for (const summary of answer.CertificateSummaryList ?? []) {
        const arn = mayBeOf(summary, wanted);
        if (arn && (await this.#ownerOf(arn, signal)) === name) return arn;
      }
      after = answer.NextToken;
      if (after === undefined) return undefined;
    }
    throw new CertificateManagerError('acm-limit-exceeded', {
      seen: `ACM in ${this.#region} has over ${MAX_PAGES * 1000} certificates, too many to look for an earlier import of ${name}`,
      remedy: 'delete those that nothing uses',
    });
  }

  async create(name: string, certificate: ImportableCertificate, signal?: AbortSignal): Promise<string> {
    const input = { ...inputOf(certificate), Tags: this.#tags(name) };
    const { CertificateArn = '' } = await this.#ask(signal, (options) =>
      this.#acm.send(new ImportCertificateCommand(input), options),
    );
    this.#owners.set(CertificateArn, name);
    return CertificateArn;
  }

  async replace(
    CertificateArn: string,
    certificate: ImportableCertificate,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const input = { ...inputOf(certificate), CertificateArn };
    try {
      const replace = (options: object) => this.#acm.send(new ImportCertificateCommand(input), options);
      return (await this.#unlessGone(signal, replace)) !== undefined;
    } catch (error) {
      throw isRefused(error)
        ? new CertificateManagerError('acm-refuses-replacement', { seen: error.message })
        : error;
    }
  }

  /** The name here of an import of this bucket; asked once of each, as tags stay with an import. */
  async #ownerOf(CertificateArn: string, signal?: AbortSignal): Promise<string | undefined> {
    const known = this.#owners.get(CertificateArn);
    if (known !== undefined) return known;
    const answer = await this.#unlessGone(signal, (options) =>
      this.#acm.send(new ListTagsForCertificateCommand({ CertificateArn }), options),
    );
    const tags = new Map((answer?.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    const owner = tags.get(BUCKET_TAG) === this.#bucket ? tags.get(NAME_TAG) : undefined;
    if (owner !== undefined) this.#owners.set(CertificateArn, owner);
    return owner;
  }

  #tags(name: string) {
    return [
      { Key: BUCKET_TAG, Value: this.#bucket },
      { Key: NAME_TAG, Value: name },
    ];
  }

  #unlessGone<T>(signal: AbortSignal | undefined, call: Call<T>): Promise<T | undefined> {
    return this.#ask(signal, (options) =>
      call(options).catch((error) => {
        if (errorName(error) === 'ResourceNotFoundException') return undefined;
        throw error;
      }),
    );
  }

  #ask<T>(signal: AbortSignal | undefined, call: Call<T>): Promise<T> {
    const options = signal ? { abortSignal: signal } : {};
    return patiently(() => call(options), signal).catch((error) => {
      // Without the cause: it may hold the request, and so the key.
      throw importError(error, this.#region);
    });
  }
}

export function acmIn(bucket: string): (region: string) => CertificateManager {
  return once((region) => new AcmCertificates(new ACMClient({ region }), { region, bucket }));
}

const isRefused = (error: unknown): error is CertificateManagerError =>
  error instanceof CertificateManagerError && error.reason === 'acm-refuses-certificate';

/** The ARN of an import that has one of the names, as far as ACM says which it has. */
function mayBeOf(
  { CertificateArn, Type, DomainName, SubjectAlternativeNameSummaries = [] }: CertificateSummary,
  { names }: Imported,
): string | undefined {
  const inIt = [...(DomainName ? [DomainName] : []), ...SubjectAlternativeNameSummaries];
  const mayBe = inIt.length === 0 || inIt.some((one) => names.includes(one));
  return Type === 'IMPORTED' && mayBe ? CertificateArn : undefined;
}

function inputOf({ cert, chain, key }: ImportableCertificate) {
  return {
    Certificate: Buffer.from(cert),
    CertificateChain: chain === '' ? undefined : Buffer.from(chain),
    PrivateKey: Buffer.from(key.reveal()),
  };
}

function importError(error: unknown, region: string): CertificateManagerError {
  const name = errorName(error);
  const words = errorText(error);
  const failure = (reason: CertificateManagerError['reason'], what: string, remedy = '') =>
    new CertificateManagerError(reason, { seen: `ACM in ${region} ${what}`, remedy });
  // In a region that an account has not switched on, AWS does not know the account's credentials.
  if (['UnrecognizedClientException', 'InvalidClientTokenId', 'ENOTFOUND'].includes(nodeCode(error) ?? name))
    return failure(
      'acm-region-disabled',
      `does not know this account (${name})`,
      'switch the region on under Account, AWS Regions, or take it out of "acm"',
    );
  if (isAccessDenied(error))
    return failure(
      'acm-access-denied',
      `denied access (${words})`,
      "compare the function's role with the one in resources/acm.yml, and look for a policy of the organization",
    );
  if (name === 'LimitExceededException')
    return failure(
      'acm-limit-exceeded',
      `takes no further import (${words})`,
      'delete certificates that nothing uses there, or ask for a higher quota',
    );
  if (['ValidationException', 'InvalidParameterException'].includes(name))
    return failure('acm-refuses-certificate', `refuses the certificate: ${words}`);
  return failure('acm-unavailable', `did not answer well: ${words}`);
}

function nodeCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
