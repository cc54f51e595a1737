import { describe, expect, it } from 'vitest';
import { checkRequest } from '../../../local/api-models/check-request.ts';
import type { Member, ServiceModel, Shape } from '../../../local/api-models/service-model.ts';
import type { AwsRequest } from '../../../local/gateway/request.ts';

const of = (shape: string, more: Partial<Member> = {}): Member => ({ shape, ...more });

/** A service with shapes of each kind, and one operation for each protocol. */
const SHAPES: Record<string, Shape> = {
  Name: { type: 'string', min: 1, max: 5, pattern: '[a-z]*' },
  Colour: { type: 'string', enum: ['red', 'green'] },
  Count: { type: 'integer', min: 0, max: 9 },
  Flag: { type: 'boolean' },
  When: { type: 'timestamp' },
  Bytes: { type: 'blob', max: 4 },
  Names: { type: 'list', member: of('Name'), min: 1, max: 2 },
  Tags: { type: 'map', key: of('Name'), value: of('Colour'), max: 1 },
  Either: { type: 'structure', union: true, members: { Name: of('Name'), Count: of('Count') } },
  Input: {
    type: 'structure',
    required: ['Name'],
    members: {
      Name: of('Name'),
      Colour: of('Colour'),
      Count: of('Count'),
      Flag: of('Flag'),
      When: of('When'),
      Bytes: of('Bytes'),
      Names: of('Names'),
      Flat: of('Names', { flattened: true }),
      Tags: of('Tags'),
      Either: of('Either'),
    },
  },
  RestInput: {
    type: 'structure',
    required: ['Name', 'Shelf'],
    members: {
      Shelf: of('Name', { location: 'uri', locationName: 'Shelf' }),
      Name: of('Name', { location: 'uri', locationName: 'Name' }),
      Count: of('Count', { location: 'querystring', locationName: 'max' }),
      Colour: of('Colour', { location: 'header', locationName: 'X-Colour' }),
      Names: of('Names', { locationName: 'ManyNames' }),
      Tags: of('Tags'),
    },
  },
  TaggedInput: {
    type: 'structure',
    required: ['Shelf', 'Name', 'Part'],
    members: {
      Shelf: of('Name', { location: 'uri', locationName: 'Shelf' }),
      Name: of('Name', { location: 'uri', locationName: 'Name' }),
      Part: of('Count', { location: 'querystring', locationName: 'part' }),
    },
  },
};

function model(protocol: string): ServiceModel {
  const http = { method: 'POST', requestUri: '/' };
  return {
    metadata: { protocol, targetPrefix: 'Shop' },
    shapes: SHAPES,
    operations: {
      Sell: { name: 'Sell', http, input: of('Input') },
      // As S3's PutBucketLifecycle, which stands before PutBucketLifecycleConfiguration.
      OldPut: {
        name: 'OldPut',
        http: { method: 'PUT', requestUri: '/{Shelf}/{Name+}?kind=book' },
        input: of('Input'),
        deprecated: true,
      },
      Put: {
        name: 'Put',
        http: { method: 'PUT', requestUri: '/{Shelf}/{Name+}?kind=book' },
        input: of('RestInput'),
      },
      Part: {
        name: 'Part',
        http: { method: 'PUT', requestUri: '/{Shelf}/{Name+}' },
        input: of('TaggedInput'),
      },
    },
  };
}

const REQUEST: AwsRequest = {
  service: 'shop',
  region: 'us-east-1',
  accessKeyId: 'A',
  method: 'POST',
  path: '/',
  headers: {},
  body: Buffer.from(''),
};

const check = (protocol: string, request: Partial<AwsRequest>) =>
  checkRequest((service) => (service === 'shop' ? model(protocol) : undefined), { ...REQUEST, ...request });
const json = (input: unknown) =>
  check('json', {
    headers: { 'x-amz-target': 'Shop.Sell' },
    body: Buffer.from(typeof input === 'string' ? input : JSON.stringify(input)),
  });
const form = (body: string) =>
  check('query', {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: Buffer.from(`Action=Sell&Version=1&${body}`),
  });

describe('a request with JSON', () => {
  it.each([
    [
      'all of it',
      { Name: 'ab', Colour: 'red', Count: 9, Flag: true, When: 1.5, Bytes: 'AAAA', Names: ['a'] },
    ],
    ['null for a member', { Name: 'ab', Colour: null }],
    ['a map and one of a union', { Name: 'ab', Tags: { x: 'red' }, Either: { Count: 1 } }],
  ])('conforms with %s', (_, input) => expect(json(input)).toEqual([]));

  it.each([
    [{}, 'Name: missing'],
    [{ Name: 'ab', Size: 1 }, 'Size: unknown'],
    [{ Name: '' }, 'Name: 0 characters, at least 1'],
    [{ Name: 'abcdef' }, 'Name: 6 characters, at most 5'],
    [{ Name: 'a1' }, 'Name: "a1" does not match [a-z]*'],
    [{ Name: 7 }, 'Name: not text'],
    [{ Name: 'a', Colour: 'blue' }, 'Colour: "blue" is none of its values'],
    [{ Name: 'a', Count: 10 }, 'Count: 10, at most 9'],
    [{ Name: 'a', Count: -1 }, 'Count: -1, at least 0'],
    [{ Name: 'a', Count: 1.5 }, 'Count: not a whole number'],
    [{ Name: 'a', Count: '1' }, 'Count: not a whole number'],
    [{ Name: 'a', Flag: 'true' }, 'Flag: not true or false'],
    [{ Name: 'a', When: 'soon' }, 'When: not a time'],
    [{ Name: 'a', Bytes: 'AAAAAAAA' }, 'Bytes: 6 bytes, at most 4'],
    [{ Name: 'a', Bytes: '*' }, 'Bytes: not base64'],
    [{ Name: 'a', Names: 'a' }, 'Names: not a list'],
    [{ Name: 'a', Names: ['a', 'b', 'c'] }, 'Names: 3 elements, at most 2'],
    [{ Name: 'a', Names: ['a', 'B'] }, 'Names[1]: "B" does not match [a-z]*'],
    [{ Name: 'a', Tags: { x: 'blue' } }, 'Tags.x: "blue" is none of its values'],
    [{ Name: 'a', Tags: { X: 'red' } }, 'Tags: key X: "X" does not match [a-z]*'],
    [{ Name: 'a', Tags: { x: 'red', y: 'red' } }, 'Tags: 2 entries, at most 1'],
    [{ Name: 'a', Either: { Count: 1, Name: 'a' } }, 'Either: 2 members, where one is taken'],
  ])('does not with %j', (input, complaint) => expect(json(input)).toEqual([`shop Sell: ${complaint}`]));

  it('says what cannot be read at all', () => {
    expect(json('{')).toEqual(['shop POST /: the body is not JSON']);
    expect(check('json', { headers: { 'x-amz-target': 'Shop.Buy' } })).toEqual([
      'shop POST /: there is no operation Buy',
    ]);
    expect(check('json', { headers: { 'x-amz-target': 'Other.Sell' } })).toEqual([
      'shop POST /: the target Other is not Shop',
    ]);
    expect(check('json', { service: 'zoo' })).toEqual(['zoo: botocore has no API model of it']);
    expect(check('query', { headers: { 'smithy-protocol': 'rpc-v2-cbor' } })).toEqual([
      'shop POST /: sent in another protocol than query, or in one that is not read here',
    ]);
  });
});

describe('a form', () => {
  it('conforms with lists, maps and numbers as text', () =>
    expect(
      form(
        'Name=ab&Count=3&Flag=false&Names.member.1=a&Names.member.2=b&Flat.1=c' +
          '&Tags.entry.1.key=x&Tags.entry.1.value=red&When=2026-01-01T00:00:00Z&Bytes=AAAA',
      ),
    ).toEqual([]));

  it.each([
    ['Count=1', 'Name: missing'],
    ['Name=a&Count=ten', 'Count: not a whole number'],
    ['Name=a&Names.member.1=A', 'Names[0]: "A" does not match [a-z]*'],
    ['Name=a&Names.1=a', 'Names: not a list'],
    ['Name=a&Flat.1=A', 'Flat[0]: "A" does not match [a-z]*'],
    ['Name=a&Tags.entry.1.key=x&Tags.entry.1.value=blue', 'Tags.x: "blue" is none of its values'],
    ['Name=a&Size=1', 'Size: unknown'],
    ['Name=a&Names=', 'Names: 0 elements, at least 1'],
  ])('does not with %s', (body, complaint) => expect(form(body)).toEqual([`shop Sell: ${complaint}`]));
});

describe('a REST request', () => {
  const put = (more: Partial<AwsRequest>, path = '/shelf/name?kind=book') =>
    check('rest-xml', { method: 'PUT', path, ...more });
  const xml = (content: string) => put({ body: Buffer.from(`<PutRequest>${content}</PutRequest>`) });

  it('conforms by path, query, headers and body', () =>
    expect(
      put(
        {
          headers: { 'x-colour': 'red' },
          body: Buffer.from(
            '<PutRequest xmlns="x"><ManyNames><member>a</member><member>b</member></ManyNames>' +
              '<Tags><entry><key>x</key><value>red</value></entry></Tags></PutRequest>',
          ),
        },
        '/shelf/name?kind=book&max=3&x-id=Put&X-Amz-Date=1',
      ),
    ).toEqual([]));

  it.each([
    ['a label', put({}, '/shelf/NAME?kind=book'), 'Put: Name: "NAME" does not match [a-z]*'],
    ['a label with escapes', put({}, '/shelf/n%2Fe?kind=book'), 'Put: Name: "n/e" does not match [a-z]*'],
    ['a query', put({}, '/shelf/name?kind=book&max=10'), 'Put: Count: 10, at most 9'],
    ['an unknown query', put({}, '/shelf/name?kind=book&min=1'), 'Put: ?min: unknown'],
    ['a header', put({ headers: { 'x-colour': 'blue' } }), 'Put: Colour: "blue" is none of its values'],
    [
      'one element',
      xml('<ManyNames><member>A</member></ManyNames>'),
      'Put: Names[0]: "A" does not match [a-z]*',
    ],
    ['no element', xml('<ManyNames/>'), 'Put: Names: 0 elements, at least 1'],
    ['an unknown element', xml('<Size>1</Size>'), 'Put: Size: unknown'],
  ])('does not with %s', (_, found, complaint) => expect(found).toEqual([`shop ${complaint}`]));

  it('is of the operation that asks for most of what it has', () =>
    expect(put({}, '/shelf/name?part=x')).toEqual(['shop Part: Part: not a whole number']));

  it('says where it fits no operation or its body cannot be read', () => {
    expect(put({}, '/shelf')).toEqual(['shop PUT /shelf: no operation has such an address']);
    expect(put({ body: Buffer.from('<a>') })[0]).toMatch(
      /^shop PUT \/shelf\/name\?kind=book: the body cannot be read/,
    );
  });

  it('reads JSON where that is the protocol', () =>
    expect(
      check('rest-json', {
        method: 'PUT',
        path: '/shelf/name?kind=book',
        body: Buffer.from('{"ManyNames":["A"]}'),
      }),
    ).toEqual(['shop Put: Names[0]: "A" does not match [a-z]*']));
});
