import type { LocalCloud } from '../../local/cloud.ts';
import type { ActionName } from '../../local/gateway/action.ts';
import type { AwsRequest } from '../../local/gateway/request.ts';

export interface SeenFact {
  type: string;
  detail: { name?: string; reason?: string; message?: string; names?: string[] };
}

/** What leaves the functions where people and programs can read it: printed lines, events, parameters, states. */
export class Evidence {
  readonly printed: string[] = [];
  readonly facts: SeenFact[] = [];
  /** bodies of requests, and answers of functions, by what they are */
  readonly bodies: { what: string; text: string }[] = [];

  constructor(cloud: LocalCloud) {
    cloud.onFunctionLog((_name, line) => void this.printed.push(line));
    cloud.onInvocation(
      (name, { payload }) => void this.bodies.push({ what: `answer of ${name}`, text: payload }),
    );
    cloud.parts.aws.gateway.onRequest((request, name) => this.#witness(request, name));
  }

  clear(): void {
    for (const list of [this.printed, this.facts, this.bodies]) list.length = 0;
  }

  #witness({ service, body }: AwsRequest, { action, resource }: ActionName): void {
    const text = body.toString();
    if (action === 'PutEvents') {
      for (const { DetailType, Detail } of JSON.parse(text).Entries ?? [])
        this.facts.push({ type: DetailType, detail: JSON.parse(Detail) });
    }
    const isOpen =
      action === 'PutEvents' ||
      action === 'SendCommand' ||
      /\/(state|hosts|limits|account-urls)\//.test(`/${resource}`);
    if (isOpen || service === 'ssm') this.bodies.push({ what: action, text });
  }
}
