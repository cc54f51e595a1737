import { X509Certificate } from 'node:crypto';
import { ACMClient, GetCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import {
  GetObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';

const STACK = 'perennial-local';

export interface Import {
  arn: string;
  /** hexadecimal */
  serial: string;
}

/** What a person with the SDK does and sees at an endpoint where the stack is deployed. */
export class Observer {
  readonly #client: { endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } };
  readonly #s3: S3Client;

  constructor(endpoint: string) {
    this.#client = { endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
    this.#s3 = new S3Client({ ...this.#here, forcePathStyle: true });
  }

  async createZone(Name: string): Promise<void> {
    await new Route53Client(this.#here).send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
  }

  /** The stack's bucket, from its outputs. */
  async bucket(): Promise<string> {
    const { Stacks = [] } = await new CloudFormationClient(this.#here).send(
      new DescribeStacksCommand({ StackName: STACK }),
    );
    const output = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === 'Bucket');
    return output?.OutputValue ?? '';
  }

  async put(Bucket: string, Key: string, content: unknown): Promise<void> {
    await this.#s3.send(new PutObjectCommand({ Bucket, Key, Body: JSON.stringify(content) }));
  }

  /** An object's JSON; `undefined` where there is none. */
  async read<T>(Bucket: string, Key: string): Promise<T | undefined> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? '');
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  async hasObjects(Bucket: string, Prefix: string): Promise<boolean> {
    const { KeyCount = 0 } = await this.#s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return KeyCount > 0;
  }

  /** Throws what the function throws. */
  async invoke(FunctionName: string, event: object): Promise<void> {
    const { FunctionError, Payload } = await new LambdaClient(this.#here).send(
      new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(event)) }),
    );
    if (FunctionError) throw new Error(`${FunctionName}: ${Payload?.transformToString()}`);
  }

  /** The imported certificates with a P-256 key in a region. */
  async imports(region: string): Promise<Import[]> {
    const acm = new ACMClient({ ...this.#client, region });
    const { CertificateSummaryList = [] } = await acm.send(
      new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
    );
    return Promise.all(
      CertificateSummaryList.map(async ({ CertificateArn = '' }) => {
        const { Certificate = '' } = await acm.send(new GetCertificateCommand({ CertificateArn }));
        return { arn: CertificateArn, serial: new X509Certificate(Certificate).serialNumber.toLowerCase() };
      }),
    );
  }

  /** What there is beside the stack's record: buckets and functions. */
  async left(): Promise<{ buckets: string[]; functions: string[]; resources: number }> {
    const { Buckets = [] } = await this.#s3.send(new ListBucketsCommand({}));
    const { Functions = [] } = await new LambdaClient(this.#here).send(new ListFunctionsCommand({}));
    const resources = await new CloudFormationClient(this.#here)
      .send(new ListStackResourcesCommand({ StackName: STACK }))
      .then(({ StackResourceSummaries = [] }) => StackResourceSummaries.length)
      .catch(() => 0);
    return {
      buckets: Buckets.map(({ Name = '' }) => Name),
      functions: Functions.map(({ FunctionName = '' }) => FunctionName),
      resources,
    };
  }

  get #here() {
    return { ...this.#client, region: 'us-east-1' };
  }
}
