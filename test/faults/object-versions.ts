import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { World } from './world.ts';

/** The version ids of each object below a prefix, oldest first. One list for many: moto copies all that it keeps for each. */
export async function versionsBelow({ line }: World, prefix: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  let after: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  do {
    const page = await line.s3.send(
      new ListObjectVersionsCommand({ Bucket: line.bucket, Prefix: prefix, ...after }),
    );
    for (const { Key = '', VersionId = '' } of page.Versions ?? [])
      found.set(Key, [VersionId, ...(found.get(Key) ?? [])]);
    after = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  } while (after.KeyMarker !== undefined);
  return found;
}

/** What these versions of an object hold. */
export function readVersions(
  { line }: World,
  key: string,
  versionIds: readonly string[] = [],
): Promise<string[]> {
  return Promise.all(
    versionIds.map(async (VersionId) => {
      const { Body } = await line.s3.send(new GetObjectCommand({ Bucket: line.bucket, Key: key, VersionId }));
      return (await Body?.transformToString()) ?? '';
    }),
  );
}
