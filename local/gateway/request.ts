/** One AWS API call as it arrived: `service` is the credential scope's service name (s3, ssm, route53, lambda, events, sqs, cloudformation, sts, …). */
export interface AwsRequest {
  service: string;
  region: string;
  accessKeyId: string;
  method: string;
  /** path with query, as sent */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** the ports of the connection that it came over, by which the caller's process is found */
  connection?: Connection;
}

/** The two ports of a TCP connection on the loopback address. */
export interface Connection {
  callerPort: number;
  serverPort: number;
}

export interface AwsResponse {
  status: number;
  headers: Record<string, string>;
  body: Buffer | string;
}

/** Asks moto. */
export type Forward = (request: AwsRequest) => Promise<AwsResponse>;

/** What stands in for one AWS service: answers what moto lacks or gets wrong, forwards the rest. */
export interface LocalService {
  handle(request: AwsRequest, forward: Forward): Promise<AwsResponse>;
}

/** Puts an event on the default bus as AWS services do. */
export type EmitEvent = (event: {
  source: string;
  detailType: string;
  detail: unknown;
  resources?: string[];
}) => Promise<void>;
