import { randomBytes } from 'node:crypto';

/** An event of S3 as EmitEvent takes it. */
export interface S3Event {
  source: 'aws.s3';
  detailType: 'Object Created' | 'Object Deleted';
  resources: string[];
  detail: Record<string, unknown>;
}

/** Source: S3 user guide, "Amazon S3 event notifications with EventBridge: event message structure". */
export function objectCreated(object: {
  bucket: string;
  key: string;
  reason: string;
  size: number;
  headers: Record<string, string>;
}): S3Event {
  const { size, headers } = object;
  const etag = headers.etag?.replaceAll('"', '');
  return s3Event('Object Created', object, { size, etag, 'version-id': headers['x-amz-version-id'] });
}

export function objectDeleted(object: {
  bucket: string;
  key: string;
  isMarker: boolean;
  versionId: string | undefined;
}): S3Event {
  const deletion = object.isMarker ? 'Delete Marker Created' : 'Permanently Deleted';
  const event = s3Event(
    'Object Deleted',
    { ...object, reason: 'DeleteObject' },
    { 'version-id': object.versionId },
  );
  event.detail['deletion-type'] = deletion;
  return event;
}

let lastSequencer = 0n;

/** Greater for the later of two events of one key. */
function sequencer(): string {
  const now = BigInt(Date.now()) << 16n;
  lastSequencer = now > lastSequencer ? now : lastSequencer + 1n;
  return lastSequencer.toString(16).toUpperCase().padStart(18, '0');
}

function s3Event(
  detailType: S3Event['detailType'],
  { bucket, key, reason }: { bucket: string; key: string; reason: string },
  object: Record<string, unknown>,
): S3Event {
  return {
    source: 'aws.s3',
    detailType,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: '0',
      bucket: { name: bucket },
      object: { key, ...object, sequencer: sequencer() },
      'request-id': randomBytes(8).toString('hex').toUpperCase(),
      requester: '123456789012',
      'source-ip-address': '127.0.0.1',
      reason,
    },
  };
}
