import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../../lib/delivery/deployment/host/install.sh');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-fetch-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The program in the script that fetches several objects at once. */
async function program(): Promise<string> {
  const [, text = ''] =
    /"\$python" -I -c '\n(import hashlib[^']*)'/.exec(await readFile(SCRIPT, 'utf8')) ?? [];
  return text;
}

/** Runs the program as the script does, for one object; what came, if something did. */
async function fetchOne(
  env: Record<string, string>,
  change: (text: string) => string = (text) => text,
  region = 'us-east-1',
) {
  const [asked, target] = [join(folder, 'asked'), join(folder, 'object')];
  await rm(`${target}.came`, { force: true });
  await writeFile(asked, `test.txt ${target}\n`);
  const args = ['-I', '-c', change(await program()), 'examplebucket', region, '9', asked];
  const options = { env: { PATH: '/usr/bin:/bin', HOME: folder, ...env }, timeout: 30_000 };
  await promisify(execFile)('python3', args, options).catch(() => undefined);
  return readFile(`${target}.came`, 'utf8').catch(() => undefined);
}

/** An HTTP server that answers by path and remembers what it was asked. */
async function serve(answers: (request: IncomingMessage) => string | undefined) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    const answer = answers(request);
    response.writeHead(answer === undefined ? 404 : 200).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, stop: () => server.close() };
}

/** A proxy for HTTPS that remembers where it was to connect to, and does not. */
async function proxyThatRefuses() {
  const asked: string[] = [];
  const server = createServer().on('connect', ({ url }, socket) => {
    asked.push(String(url));
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, stop: () => server.close() };
}

const KEYS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

describe('what is fetched at once', () => {
  test("is signed as in AWS's own example", async () => {
    // S3 API reference, "Signature calculations for the Authorization header", example: GET Object.
    const harness = `
import time, urllib.request
time.strftime = lambda *_: "20130524T000000Z"
class Answer:
    read = lambda self: self.text
def answer(request, **_):
    Answer.text = (request.full_url + " " + request.get_header("Authorization")).encode()
    return Answer()
urllib.request.urlopen = answer
`;
    const signed = await fetchOne(KEYS, (text) =>
      `${harness}${text}`.replace('base = address()', 'base = "https://examplebucket.s3.amazonaws.com"'),
    );
    expect(signed).toBe(
      'https://examplebucket.s3.amazonaws.com/test.txt AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  // The suffixes of botocore's partitions.json.
  test.each([
    ['eu-central-1', 'amazonaws.com'],
    ['us-gov-west-1', 'amazonaws.com'],
    ['cn-north-1', 'amazonaws.com.cn'],
    ['eusc-de-east-1', 'amazonaws.eu'],
    ['us-iso-east-1', undefined],
  ])('of %s is asked for at %s', async (region, suffix) => {
    const harness = `
import urllib.request
class Answer:
    read = lambda self: self.text
def answer(request, **_):
    Answer.text = request.full_url.encode()
    return Answer()
urllib.request.urlopen = answer
`;
    expect(await fetchOne(KEYS, (text) => `${harness}${text}`, region)).toBe(
      suffix && `https://examplebucket.s3.${region}.${suffix}/test.txt`,
    );
  });

  test("is asked for with the instance's role, by a session token of the metadata service", async () => {
    const role = JSON.stringify({ AccessKeyId: 'ASIA1', SecretAccessKey: 's', Token: 'session' });
    const metadata = await serve(({ method, url, headers }) => {
      if (method === 'PUT') return url === '/latest/api/token' ? 'token-1' : undefined;
      if (headers['x-aws-ec2-metadata-token'] !== 'token-1') return undefined;
      return { '/latest/meta-data/iam/security-credentials/': 'web-hosts\n' }[url ?? ''] ?? role;
    });
    const s3 = await serve(() => 'content');
    const env = { AWS_ENDPOINT_URL: s3.url, AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url };
    expect(await fetchOne({ ...env, HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: new URL(s3.url).host })).toBe(
      'content',
    );
    expect(s3.asked.map(({ url }) => url)).toEqual(['/examplebucket/test.txt']);
    expect(s3.asked[0]?.headers).toMatchObject({
      'x-amz-security-token': 'session',
      authorization: expect.stringContaining('Credential=ASIA1/'),
    });
    metadata.stop();
    s3.stop();
  });

  test.each([
    ['eu-central-1', 'examplebucket.s3.eu-central-1.amazonaws.com:443'],
    ['us-gov-west-1', 'examplebucket.s3.us-gov-west-1.amazonaws.com:443'],
    ['cn-north-1', 'examplebucket.s3.cn-north-1.amazonaws.com.cn:443'],
    ['eusc-de-east-1', 'examplebucket.s3.eusc-de-east-1.amazonaws.eu:443'],
    ['us-iso-east-1', undefined],
    ['eu-isoe-west-1', undefined],
  ])('is asked for in %s at its own address, or left to the AWS CLI', async (region, expected) => {
    const proxy = await proxyThatRefuses();
    await fetchOne({ HTTPS_PROXY: proxy.url, ...KEYS }, (text) =>
      text.replace('= sys.argv[1:]', `= sys.argv[1:]\nregion = "${region}"`),
    );
    expect(proxy.asked).toEqual(expected ? [expected] : []);
    proxy.stop();
  });

  test.each<[string, string, Record<string, string>]>([
    ['its own settings', 'config', {}],
    ['a profile', 'other', { AWS_PROFILE: 'hosts' }],
  ])('asks the AWS CLI for credentials where there are %s', async (_, file, env) => {
    const home = await mkdtemp(join(folder, 'home-'));
    for (const made of ['.aws', 'bin']) await mkdir(join(home, made));
    await writeFile(join(home, '.aws', file), '');
    const said = JSON.stringify({
      Version: 1,
      AccessKeyId: 'ASIA2',
      SecretAccessKey: 's',
      SessionToken: 't',
    });
    await writeFile(join(home, 'bin/aws'), `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
    const s3 = await serve(() => 'content');
    const PATH = `${join(home, 'bin')}:/usr/bin:/bin`;
    expect(await fetchOne({ AWS_ENDPOINT_URL: s3.url, HOME: home, PATH, ...env })).toBe('content');
    expect(s3.asked[0]?.headers.authorization).toContain('Credential=ASIA2/');
    s3.stop();
  });

  test.each([
    [
      'an endpoint of its own',
      '[default]\nservices = own\n[services own]\ns3 =\n  endpoint_url = https://s3.example\n',
    ],
    ['an endpoint with IPv6', '[default]\ns3 =\n  use_dualstack_endpoint = true\n'],
    ['an endpoint that is certified', '[default]\nuse_fips_endpoint = true\n'],
    ['certificates of its own', '[default]\nca_bundle = /etc/ssl/own.pem\n'],
  ])("asks nobody where the AWS CLI's settings name %s", async (_, config) => {
    const home = await mkdtemp(join(folder, 'home-'));
    await mkdir(join(home, '.aws'));
    await writeFile(join(home, '.aws/config'), config);
    const proxy = await proxyThatRefuses();
    const settings = { HOME: home, HTTPS_PROXY: proxy.url, ...KEYS };
    await fetchOne(settings);
    expect(proxy.asked).toEqual([]);
    await writeFile(join(home, '.aws/own-config'), config);
    await rm(join(home, '.aws/config'));
    await fetchOne({ ...settings, AWS_CONFIG_FILE: join(home, '.aws/own-config') });
    expect(proxy.asked).toEqual([]);
    await fetchOne(settings);
    expect(proxy.asked).toEqual(['examplebucket.s3.us-east-1.amazonaws.com:443']);
    proxy.stop();
  });

  test('gives up where nobody answers as soon as the AWS CLI does', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const begun = performance.now();
    expect(await fetchOne({ AWS_ENDPOINT_URL: url, ...KEYS })).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(15_000);
    silent.closeAllConnections();
    silent.close();
  });

  test('leaves to the AWS CLI what it does not get', async () => {
    const s3 = await serve(() => undefined);
    expect(await fetchOne({ AWS_ENDPOINT_URL: s3.url, ...KEYS })).toBeUndefined();
    s3.stop();
    expect(await fetchOne({ AWS_USE_FIPS_ENDPOINT: 'true', ...KEYS })).toBeUndefined();
  });
});
