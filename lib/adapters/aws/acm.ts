import {
  ACMClient,
  ImportCertificateCommand,
  type KeyAlgorithm,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  type CertificateManager,
  CertificateManagerError,
  type ImportableCertificate,
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

export class AcmCertificates implements CertificateManager {
  readonly #acm: ACMClient;
  readonly #region: string;
  readonly #bucket: string;

  constructor(acm: ACMClient, { region, bucket }: { region: string; bucket: string }) {
    this.#acm = acm;
    this.#region = region;
    this.#bucket = bucket;
  }

  async find(name: string): Promise<string | undefined> {
    let after: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const input = { Includes: { keyTypes: KEY_TYPES }, MaxItems: 1000, NextToken: after };
      const answer = await this.#ask(() => this.#acm.send(new ListCertificatesCommand(input)));
      for (const { CertificateArn: arn, Type } of answer.CertificateSummaryList ?? [])
        if (arn && Type === 'IMPORTED' && (await this.#isOf(arn, name))) return arn;
      after = answer.NextToken;
      if (after === undefined) return undefined;
    }
    throw new CertificateManagerError('acm-limit-exceeded', {
      seen: `ACM in ${this.#region} has over ${MAX_PAGES * 1000} certificates, too many to look for an earlier import of ${name}`,
      remedy: 'delete those that nothing uses',
    });
  }

  async create(name: string, certificate: ImportableCertificate): Promise<string> {
    const input = { ...inputOf(certificate), Tags: this.#tags(name) };
    const { CertificateArn = '' } = await this.#ask(() =>
      this.#acm.send(new ImportCertificateCommand(input)),
    );
    return CertificateArn;
  }

  async replace(CertificateArn: string, certificate: ImportableCertificate): Promise<boolean> {
    return this.#unlessGone(async () => {
      await this.#acm.send(new ImportCertificateCommand({ ...inputOf(certificate), CertificateArn }));
      return true;
    });
  }

  #isOf(CertificateArn: string, name: string): Promise<boolean> {
    return this.#unlessGone(async () => {
      const { Tags = [] } = await this.#acm.send(new ListTagsForCertificateCommand({ CertificateArn }));
      return this.#tags(name).every((own) =>
        Tags.some((tag) => tag.Key === own.Key && tag.Value === own.Value),
      );
    });
  }

  #tags(name: string) {
    return [
      { Key: BUCKET_TAG, Value: this.#bucket },
      { Key: NAME_TAG, Value: name },
    ];
  }

  #unlessGone(call: () => Promise<boolean>): Promise<boolean> {
    return this.#ask(() =>
      call().catch((error) => {
        if (errorName(error) === 'ResourceNotFoundException') return false;
        throw error;
      }),
    );
  }

  #ask<T>(call: () => Promise<T>): Promise<T> {
    return patiently(call).catch((error) => {
      // Without the cause: it may hold the request, and so the key.
      throw importError(error, this.#region);
    });
  }
}

export function acmIn(bucket: string): (region: string) => CertificateManager {
  return once((region) => new AcmCertificates(new ACMClient({ region }), { region, bucket }));
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
