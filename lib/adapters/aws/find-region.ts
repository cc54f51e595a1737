/** In one line, with what to do. */
export const NO_REGION =
  'no AWS region is set, and none is assumed. Set AWS_REGION, give the profile a region ("aws configure set region eu-central-1"), or say it with --region';

/**
 * The region as the AWS CLI and the SDKs find it: `AWS_REGION`, `AWS_DEFAULT_REGION`, then that of the profile (`AWS_PROFILE`,
 * or the one given) in the shared configuration files. `undefined` where there is none (AWS SDKs and Tools Reference Guide,
 * "AWS Region"; AWS CLI User Guide, "Environment variables").
 */
export async function findRegion(profile?: string): Promise<string | undefined> {
  const named = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;
  if (named) return named;
  // Most have it in the environment, and need no SDK for that.
  const { STSClient } = await import('@aws-sdk/client-sts');
  // The SDK takes an AWS_REGION that is set to nothing for a region.
  if (process.env.AWS_REGION === '') delete process.env.AWS_REGION;
  const client = new STSClient(profile ? { profile } : {});
  try {
    return await client.config.region();
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}
