import { describe, expect, it } from 'vitest';
import { actionOf } from '../../../local/gateway/action.ts';
import type { AwsRequest } from '../../../local/gateway/request.ts';
import { Authorizations } from '../../../local/iam/authorizations.ts';

const HOSTS: Record<string, Record<string, string>> = { 'i-1': { 'perennial-group': 'web' }, 'mi-2': {} };

function ask(authorizations: Authorizations, sent: Partial<AwsRequest> & { service: string }, status = 200) {
  const request: AwsRequest = {
    region: 'us-east-1',
    accessKeyId: 'key',
    method: 'GET',
    path: '/',
    headers: {},
    body: Buffer.alloc(0),
    ...sent,
  };
  return authorizations.of(request, actionOf(request), status);
}

const known = () => new Authorizations((id) => HOSTS[id]);
const s3 = (method: string, path: string, headers = {}) => ({ service: 's3', method, path, headers });
const ssm = (action: string, body: unknown) => ({
  service: 'ssm',
  method: 'POST',
  headers: { 'x-amz-target': `AmazonSSM.${action}` },
  body: Buffer.from(JSON.stringify(body)),
});

describe('what IAM is asked about a call', () => {
  it('of STS is the role, with the name of the session and the external id', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const asks = (body: string) =>
      ask(known(), { service: 'sts', method: 'POST', headers, body: Buffer.from(body) });
    const assume = 'Action=AssumeRole&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fdns&RoleSessionName=s';
    const asked = { action: 'sts:AssumeRole', resource: 'arn:aws:iam::1:role/dns' };
    expect(asks(assume)).toEqual([{ ...asked, context: { 'sts:RoleSessionName': 's' } }]);
    expect(asks(`${assume}&ExternalId=x`)).toEqual([
      { ...asked, context: { 'sts:RoleSessionName': 's', 'sts:ExternalId': 'x' } },
    ]);
    expect(asks('Action=GetCallerIdentity')).toBeUndefined();
  });

  it('of ACM is the certificate, with its tags, or any of the region with those it gets', () => {
    const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';
    const tagged = new Authorizations(
      () => undefined,
      (asked) => (asked === arn ? [{ Key: 'k', Value: 'v' }] : []),
    );
    const asks = (action: string, body: unknown) =>
      ask(tagged, {
        service: 'acm',
        region: 'eu-west-1',
        method: 'POST',
        headers: { 'x-amz-target': `CertificateManager.${action}` },
        body: Buffer.from(JSON.stringify(body)),
      });
    expect(asks('ImportCertificate', { CertificateArn: arn })).toEqual([
      { action: 'acm:ImportCertificate', resource: arn, context: { 'aws:ResourceTag/k': 'v' } },
    ]);
    const made = {
      resource: 'arn:aws:acm:eu-west-1:123456789012:certificate/*',
      context: { 'aws:RequestTag/new': 'x', 'aws:TagKeys': ['new'] },
    };
    expect(asks('ImportCertificate', { Tags: [{ Key: 'new', Value: 'x' }] })).toEqual([
      { action: 'acm:ImportCertificate', ...made },
      { action: 'acm:AddTagsToCertificate', ...made },
    ]);
    expect(asks('ListCertificates', {})).toEqual([
      { action: 'acm:ListCertificates', resource: '*', context: {} },
    ]);
    expect(asks('ExportCertificate', { CertificateArn: arn })).toBeUndefined();
  });

  it('is the names, types and actions of a change batch, each once and normalized', () => {
    const change = (action: string, name: string) =>
      `<Change><Action>${action}</Action><ResourceRecordSet><Name>${name}</Name><Type>TXT</Type><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>"v"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>`;
    const names = ['_ACME-challenge.example.com', '_acme-challenge.example.com.', '*.example.com'];
    const body = `<ChangeResourceRecordSetsRequest><ChangeBatch><Changes>${names.map((name) => change('CREATE', name)).join('')}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
    const path = '/2013-04-01/hostedzone/Z1/rrset/';
    const key = 'route53:ChangeResourceRecordSets';
    expect(ask(known(), { service: 'route53', method: 'POST', path, body: Buffer.from(body) })).toEqual([
      {
        action: key,
        resource: 'arn:aws:route53:::hostedzone/Z1',
        context: {
          [`${key}NormalizedRecordNames`]: ['_acme-challenge.example.com', '\\052.example.com'],
          [`${key}RecordTypes`]: ['TXT'],
          [`${key}Actions`]: ['CREATE'],
        },
      },
    ]);
  });

  it('is the document and each host by its tags, for one command', () => {
    const sent = ssm('SendCommand', { DocumentName: 'Install', InstanceIds: ['i-1', 'mi-2'] });
    const action = 'ssm:SendCommand';
    expect(ask(known(), sent)).toEqual([
      { action, resource: 'arn:aws:ssm:us-east-1:123456789012:document/Install', context: {} },
      {
        action,
        resource: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1',
        context: { 'ssm:resourceTag/perennial-group': 'web' },
      },
      { action, resource: 'arn:aws:ssm:us-east-1:123456789012:managed-instance/mi-2', context: {} },
    ]);
  });

  it('is hosts of either kind that carry the tag, for a command to a tag', () => {
    const Targets = [{ Key: 'tag:perennial-group', Values: ['web'] }];
    const context = { 'ssm:resourceTag/perennial-group': 'web' };
    expect(ask(known(), ssm('SendCommand', { DocumentName: 'Install', Targets }))?.slice(1)).toEqual([
      { action: 'ssm:SendCommand', resource: 'arn:aws:ec2:us-east-1:123456789012:instance/*', context },
      {
        action: 'ssm:SendCommand',
        resource: 'arn:aws:ssm:us-east-1:123456789012:managed-instance/*',
        context,
      },
    ]);
  });

  it('is the tags that an object has by then, for a read', () => {
    const authorizations = known();
    const tagsRead = () => ask(authorizations, s3('GET', '/b/live/a.json'))?.[0]?.context;
    ask(authorizations, s3('PUT', '/b/live/a.json', { 'x-amz-tagging': 'perennial-groups=%3Aweb%3A' }));
    expect(tagsRead()).toEqual({ 's3:ExistingObjectTag/perennial-groups': ':web:' });
    ask(authorizations, s3('PUT', '/b/live/a.json', { 'x-amz-tagging': 'perennial-groups=%3Adb%3A' }), 412);
    expect(tagsRead()).toEqual({ 's3:ExistingObjectTag/perennial-groups': ':web:' });
    ask(authorizations, {
      ...s3('PUT', '/b/live/a.json?tagging'),
      body: Buffer.from('<Tagging><TagSet></TagSet></Tagging>'),
    });
    expect(tagsRead()).toEqual({});
  });

  it.each([
    ['a read that finds nothing', s3('GET', '/b/k'), 404, ['s3:GetObject', 's3:ListBucket']],
    [
      'a write with tags',
      s3('PUT', '/b/k', { 'x-amz-tagging': 'a=b' }),
      200,
      ['s3:PutObject', 's3:PutObjectTagging'],
    ],
    ['a swap', s3('PUT', '/b/k', { 'if-match': '"e"' }), 200, ['s3:PutObject', 's3:GetObject']],
    ['a new object', s3('PUT', '/b/k', { 'if-none-match': '*' }), 200, ['s3:PutObject']],
    [
      'a conditional delete',
      s3('DELETE', '/b/k', { 'if-match': '"e"' }),
      204,
      ['s3:DeleteObject', 's3:GetObject'],
    ],
    ['a list', s3('GET', '/b?list-type=2&prefix=live/'), 200, ['s3:ListBucket']],
  ])('is all that %s takes', (_, sent, status, actions) => {
    expect(ask(known(), sent, status)?.map(({ action }) => action)).toEqual(actions);
  });

  it.each([
    ['an older version', s3('GET', '/b/k?versionId=1')],
    ["a bucket's policy", s3('PUT', '/b?policy')],
    ['a body that is not JSON', { ...ssm('GetParameter', {}), body: Buffer.from('{') }],
    ['another service', { service: 'sts' }],
  ])('is not known for %s', (_, sent) => {
    expect(ask(known(), sent)).toBeUndefined();
  });
});
