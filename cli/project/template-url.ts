/** Where CloudFormation finds a template in a bucket of the region, by the region's partition. */
export function templateUrl(region: string, { Bucket, Key }: { Bucket: string; Key: string }): string {
  const suffix = region.startsWith('cn-')
    ? 'amazonaws.com.cn'
    : region.startsWith('eusc-')
      ? 'amazonaws.eu'
      : 'amazonaws.com';
  return `https://${Bucket}.s3.${region}.${suffix}/${Key}`;
}
