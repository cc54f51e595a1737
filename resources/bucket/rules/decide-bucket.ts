import { complaintAboutFormat, type Marker } from '../../../lib/foundation/bucket/rules/bucket-format.ts';
import { inOneLine } from '../../../lib/foundation/common/perennial-error.ts';

/** A bucket as S3 tells it. */
export interface SeenBucket {
  region: string;
  /** The first parts of its keys, such as `renewal/`; the key itself of what is in no folder. */
  tops: readonly string[];
  /** The statements of its policy, by their names; nothing where it has no policy. */
  statements?: readonly string[];
  /** The KMS key that it encrypts with, as an ARN, id or alias; nothing where that is S3's own or AWS's key for S3. */
  kmsKey?: string;
  /** The CloudFormation stack that made it, where that still exists. */
  madeBy?: string;
  /** What its `format.json` says, where there is one that may be read. */
  marker?: Marker;
}

/** What has been deployed before: the stack of the same stage. */
export interface SeenStack {
  /** Its output of that name; nothing where a first deploy did not end. */
  bucket?: string;
  /** Whether the bucket, and its policy, are resources of the stack. */
  owns: { bucket: boolean; policy: boolean };
  /** That of its own bucket, as in SeenBucket. */
  kmsKey?: string;
  /** What its outputs say of the release that is deployed. */
  marker?: Marker;
}

export interface BucketFacts {
  /** The release that is to be deployed. */
  release: string;
  /** `params.bucket`; empty for a bucket of the stack's own. */
  wanted: string;
  /** `params.kmsKeyArn`; empty for S3's own keys. */
  kmsKeyArn: string;
  stack: { name: string; region: string; seen?: SeenStack };
  /** What is called `wanted`. */
  found: SeenBucket | 'missing' | 'forbidden' | undefined;
  /** Other stacks of Perennial that use it. */
  usedBy: readonly string[];
}

export type BucketDecision =
  | { action: 'refuse'; complaint: string }
  | { action: 'take-over'; removePolicy: boolean }
  /** The stack makes its own, or has it. */
  | { action: 'own' };

/** What is in a bucket of ours; an empty one is as good. */
const TOPS = ['renewal/', 'live/', 'archive/', 'accounts/', 'state/'];
/** The names of the statements in resources/bucket-policy.cjs. */
const OURS =
  /^(OnlyOverTls|(Accounts|ClaimsAndAside|Chats)OfTheStack|KeysOfOthers|(KeysOfOtherGroups|CertificatesElsewhere|ListElsewhere)\d+)$/;

const SET = 'in settings.yml, or with --param="bucket=';
const refuse = (complaint: string): BucketDecision => ({ action: 'refuse', complaint });

/** Whether a deploy may go on with the bucket that `params.bucket` names, or without one, before anything is made. */
export function decideBucket(facts: BucketFacts): BucketDecision {
  const { wanted, kmsKeyArn, stack, found, usedBy } = facts;
  const { seen } = stack;
  const newer = complaintAboutNewer(facts);
  if (newer !== undefined) return refuse(newer);
  if (wanted === '') {
    if (seen?.bucket === undefined) return { action: 'own' };
    if (seen.owns.bucket) return refuseOtherKey(seen.kmsKey, kmsKeyArn) ?? { action: 'own' };
    return refuse(
      `the stack ${stack.name} uses the bucket ${seen.bucket}, which params.bucket does not name any more, and a new one would have no certificate; set it ${SET}${seen.bucket}"`,
    );
  }
  if (found === undefined || found === 'missing')
    return refuse(`there is no such bucket; leave it out for a new one, or correct it ${SET}NAME"`);
  if (found === 'forbidden')
    return refuse('it belongs to another account, or may not be looked at with these credentials');
  if (found.region !== stack.region)
    return refuse(
      `it is in ${found.region}, and the stack goes to ${stack.region}; deploy with --region ${found.region}, or copy it to a bucket there (docs/operate/lifecycle.md, "Moving")`,
    );
  const [other = found.madeBy] = usedBy;
  if (other !== undefined && other !== stack.name)
    return refuse(`it belongs to the stack ${other}, which is still there; remove that one first`);
  const isOurs = found.tops.length === 0 || found.tops.some((top) => TOPS.includes(top));
  if (!isOurs)
    return refuse(
      `it holds ${found.tops.slice(0, 3).join(', ')} and nothing of Perennial; name a bucket that a stack left, or an empty one`,
    );
  const { statements, kmsKey } = found;
  const otherKey = refuseOtherKey(kmsKey, kmsKeyArn);
  if (otherKey) return otherKey;
  const foreign = statements?.filter((name) => !OURS.test(name)) ?? [];
  if (foreign.length > 0)
    return refuse(
      `it has a bucket policy that is not Perennial's (${foreign.join(', ')}); remove that first, the stack brings its own`,
    );
  // CloudFormation makes no policy where there is one.
  const keepsPolicy = seen?.owns.policy === true && seen.bucket === wanted;
  return { action: 'take-over', removePolicy: statements !== undefined && !keepsPolicy };
}

/** A newer release has written what this one cannot read. */
function complaintAboutNewer({ release, stack, found }: BucketFacts): string | undefined {
  const seen: [where: string, marker: Marker | undefined][] = [
    [`the stack ${stack.name}`, stack.seen?.marker],
    ['format.json', typeof found === 'object' ? found.marker : undefined],
  ];
  const [complaint] = seen.flatMap(
    ([where, marker]) => (marker && complaintAboutFormat(marker, { where, own: release })) ?? [],
  );
  return complaint && inOneLine(complaint);
}

/** What is there stays under its key, which the roles may use only where the stack has it. */
function refuseOtherKey(kmsKey: string | undefined, kmsKeyArn: string): BucketDecision | undefined {
  if (kmsKey === undefined || kmsKey.split('/').pop() === kmsKeyArn.split('/').pop()) return undefined;
  return refuse(
    `its objects are encrypted with the KMS key ${kmsKey}, so the stack could not read them; set kmsKeyArn to it, or encrypt them and the bucket anew first`,
  );
}
