/**
 * Where a template in S3 is, for CloudFormation of a region that Serverless does not know and takes for one of AWS's first
 * partition. The suffix is that of botocore's partitions.json.
 */
export function templateUrlIn(region: string, url: string): string {
  const { pathname } = new URL(url);
  const suffix = region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
  return `https://s3.${region}.${suffix}${pathname}`;
}
