import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as AWS would see it: `S3 GET /bucket/live/shop.json`, `SSM SendCommand`, with its body. */
export interface SeenRequest {
  what: string;
  body: string;
}

/** A stand-in for AWS on the loopback address: S3 with objects, and for everything else an empty answer. */
export async function startRecordingAws(objects: Record<string, string>) {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const what = nameOf(request, body);
    seen.push({ what, body });
    const xml = Object.entries(XML).find(([name]) => what.startsWith(name))?.[1];
    if (what.startsWith('S3 ')) answerAsS3(request, response, { objects, body });
    else if (xml) response.setHeader('content-type', 'application/xml').end(xml);
    else if (what === 'AmazonSQS SendMessage') response.end(taken(body));
    else response.setHeader('content-type', 'application/json').end(ANSWERS[what] ?? '{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, seen, stop };
}

const XML = {
  'Route53 ':
    '<ListHostedZonesResponse><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>example.com.</Name><CallerReference>1</CallerReference></HostedZone></HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>',
  'SNS ': '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
};

/** The SDK compares the hash of what it sent. */
function taken(body: string): string {
  const hash = createHash('md5').update(JSON.parse(body).MessageBody).digest('hex');
  return JSON.stringify({ MessageId: '1', MD5OfMessageBody: hash });
}

const ANSWERS: Record<string, string> = {
  'SSM DescribeInstanceInformation':
    '{"InstanceInformationList":[{"InstanceId":"i-00000001","PingStatus":"Online"}]}',
  'SSM SendCommand': '{"Command":{"CommandId":"command-1"}}',
  'SSM GetCommandInvocation':
    '{"Status":"Success","Comment":"perennial-group=web","StandardOutputContent":"{\\"perennial\\":1,\\"results\\":[{\\"name\\":\\"shop\\",\\"outcome\\":\\"served\\",\\"version\\":\\"20260101T000000Z-0a1b2c\\"}]}"}',
  'ACM ImportCertificate': '{"CertificateArn":"arn:aws:acm:eu-west-1:123456789012:certificate/1"}',
  'SSM ListCommands': '{"Commands":[{"Parameters":{"names":["shop"]}}]}',
};

function nameOf({ headers, method, url = '' }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', action] = target.split('.');
    const known = { AmazonSSM: 'SSM', AWSEvents: 'EventBridge', CertificateManager: 'ACM' }[service];
    return `${known ?? service} ${action}`;
  }
  const action = /(?:^|&)Action=(\w+)/.exec(body)?.[1];
  if (action !== undefined) return `SNS ${action}`;
  if (url.startsWith('/2013-04-01/')) return `Route53 ${method} ${url.split('?')[0]}`;
  const { pathname, searchParams } = new URL(url, 'http://aws.test');
  const prefix = searchParams.get('prefix');
  return `S3 ${prefix === null ? method : 'LIST'} ${decodeURIComponent(pathname)}${prefix ?? ''}`;
}

function answerAsS3(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
  { objects, body }: { objects: Record<string, string>; body: string },
): void {
  const { pathname, searchParams } = new URL(url, 'http://aws.test');
  const key = decodeURIComponent(pathname).replace(/^\/[^/]*\//, '');
  const etag = (object: string) => `"${createHash('md5').update(object).digest('hex')}"`;
  response.setHeader('content-type', 'application/xml');
  if (searchParams.has('list-type')) {
    const prefix = searchParams.get('prefix') ?? '';
    const isListed = (name: string) =>
      name.startsWith(prefix) && !(searchParams.has('delimiter') && name.slice(prefix.length).includes('/'));
    const found = Object.entries(objects).filter(([name]) => isListed(name));
    const contents = found.map(
      ([name, object]) =>
        `<Contents><Key>${name}</Key><ETag>${etag(object)}</ETag><LastModified>2026-01-01T00:00:00Z</LastModified></Contents>`,
    );
    response.end(`<ListBucketResult>${contents.join('')}</ListBucketResult>`);
  } else if (method === 'PUT' && headers['if-none-match'] === '*' && objects[key] !== undefined) {
    response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
  } else if (method === 'PUT') {
    objects[key] = body;
    response.setHeader('etag', etag(body)).end();
  } else if (method === 'DELETE') {
    delete objects[key];
    response.writeHead(204).end();
  } else if (objects[key] === undefined) {
    response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  } else response.setHeader('etag', etag(objects[key])).end(objects[key]);
}
