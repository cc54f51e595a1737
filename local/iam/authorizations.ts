import type { CertificateTags } from '../acm/acm.ts';
import type { ActionName } from '../gateway/action.ts';
import type { AwsRequest } from '../gateway/request.ts';
import { acmAuthorizations } from './acm-authorizations.ts';
import type { Authorization } from './authorization.ts';
import { eventsAuthorizations } from './events-authorizations.ts';
import { ObjectTags } from './object-tags.ts';
import { route53Authorizations } from './route53-authorizations.ts';
import { s3Authorizations } from './s3-authorizations.ts';
import { snsAuthorizations } from './sns-authorizations.ts';
import { sqsAuthorizations } from './sqs-authorizations.ts';
import { type HostTags, ssmAuthorizations } from './ssm-authorizations.ts';
import { stsAuthorizations } from './sts-authorizations.ts';

/** Knows what IAM would be asked about each call of the services that functions and hosts use. */
export class Authorizations {
  readonly #objectTags = new ObjectTags();
  readonly #hostTags: HostTags;
  readonly #certificateTags: CertificateTags;

  constructor(hostTags: HostTags, certificateTags: CertificateTags = () => []) {
    this.#hostTags = hostTags;
    this.#certificateTags = certificateTags;
  }

  /** To be asked once for each answered call, in their order. `undefined` when nothing is known of such a call. */
  of(request: AwsRequest, name: ActionName, status: number): Authorization[] | undefined {
    try {
      return this.#of(request, name, status);
    } catch {
      // A body that cannot be read.
      return undefined;
    } finally {
      if (request.service === 's3' && status < 300) this.#objectTags.observe(request, name.action);
    }
  }

  #of(request: AwsRequest, name: ActionName, status: number): Authorization[] | undefined {
    const { action } = name;
    switch (request.service) {
      case 's3':
        return s3Authorizations(request, { action, status, objectTags: this.#objectTags });
      case 'route53':
        return route53Authorizations(request, name);
      case 'ssm':
        return ssmAuthorizations(request, { action, hostTags: this.#hostTags });
      case 'events':
        return eventsAuthorizations(request, action);
      case 'acm':
        return acmAuthorizations(request, { action, certificateTags: this.#certificateTags });
      case 'tagging':
        return action === 'GetResources'
          ? [{ action: 'tag:GetResources', resource: '*', context: {} }]
          : undefined;
      case 'sqs':
        return sqsAuthorizations(request, action);
      case 'sns':
        return snsAuthorizations(request, action);
      case 'sts':
        return stsAuthorizations(request, action);
      default:
        return undefined;
    }
  }
}
