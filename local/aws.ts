import { busEvent } from './events/event.ts';
import { EventBuses } from './events/event-buses.ts';
import { createEvents } from './events/events.ts';
import type { ActionName } from './gateway/action.ts';
import { createForward } from './gateway/forward.ts';
import { Gateway } from './gateway/gateway.ts';
import type { AwsRequest, EmitEvent, LocalService } from './gateway/request.ts';
import { AsyncInvocations } from './lambda/async-invocations.ts';
import { UnpackedCode } from './lambda/code.ts';
import { Functions } from './lambda/functions.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import { createLambda } from './lambda/lambda.ts';
import { createMotoClients } from './moto/clients.ts';
import { Queues } from './queues/queues.ts';
import { createS3 } from './s3/s3.ts';

export interface AwsOptions {
  motoUrl: string;
  /** a Python interpreter, to unpack zips */
  python: string;
  /** for unpacked code; not below a node_modules folder */
  codeDir: string;
  /** stand-ins for further services, such as ssm and route53, given the way to put events */
  services: (emit: EmitEvent) => Record<string, LocalService>;
  /** what functions get in their environment beside the endpoint */
  functionVariables?: () => Record<string, string>;
  /** see Poller: shortens the wait after a failed batch */
  queueRetryAfterMs?: number | undefined;
  asyncRetryDelaysMs?: number[];
  onLine: (source: string, line: string) => void;
  onResult?: (functionName: string, result: InvocationResult) => void;
}

/** AWS on this machine: the gateway with everything that happens inside AWS behind it. */
export interface LocalAws {
  gateway: Gateway;
  buses: EventBuses;
  queues: Queues;
  functions: Functions;
  emit: EmitEvent;
  /** Waits until what is deployed is known here: rules, mappings, functions' code unpacked. */
  deployed(): Promise<void>;
  /** What is still going on, in words; empty when nothing is. */
  activity(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts AWS in front of a running moto. */
export async function startAws(options: AwsOptions): Promise<LocalAws> {
  const { motoUrl, onLine } = options;
  const clients = createMotoClients(motoUrl);
  const { forward, close } = createForward(motoUrl);
  const inside = (line: string) => onLine('local cloud', line);

  const functions = new Functions({
    forward,
    code: new UnpackedCode({ motoUrl, python: options.python, dir: options.codeDir }),
    variables: () => ({ AWS_ENDPOINT_URL: gateway.endpoint, ...options.functionVariables?.() }),
    registerPrincipal: (accessKeyId, role) => gateway.calls.registerPrincipal(accessKeyId, role),
    onLine,
    ...(options.onResult && { onResult: options.onResult }),
  });
  const queues = new Queues({
    motoUrl,
    sqs: clients.sqs,
    lambda: clients.lambda,
    invoke: (functionArn, payload) => functions.invoke(functionArn, payload),
    retryAfterMs: options.queueRetryAfterMs,
    onError: inside,
  });
  const asyncInvocations = new AsyncInvocations({
    functions,
    forward,
    send: (destinationArn, body) => deliver(destinationArn, body),
    onLine,
    ...(options.asyncRetryDelaysMs && { retryDelaysMs: options.asyncRetryDelaysMs }),
  });
  const deliver = async (arn: string, body: string) => {
    if (arn.includes(':sqs:')) await queues.send(arn, body);
    else if (arn.includes(':lambda:')) asyncInvocations.accept(await functions.deployed(arn), body);
    else throw new Error(`the local cloud cannot deliver to ${arn}`);
  };
  const buses = new EventBuses({ client: clients.eventBridge, deliver, onUndelivered: inside });
  const emit: EmitEvent = (content) => buses.route(busEvent(content));

  const gateway = new Gateway({
    motoUrl,
    services: {
      lambda: createLambda({ functions, asyncInvocations, motoUrl }),
      events: createEvents(buses),
      sqs: queues,
      s3: createS3(emit),
      ...options.services(emit),
    },
    onCall(request, name) {
      if (changesDeployment(request, name)) void forgetDeployment();
    },
  });
  let knowing: Promise<unknown> = Promise.resolve();
  const forgetDeployment = () => {
    buses.forget();
    knowing = Promise.all([knowing, functions.forget(), queues.refresh()]).catch((error) =>
      inside(`${error}`),
    );
    return knowing;
  };
  await gateway.start();

  return {
    gateway,
    buses,
    queues,
    functions,
    emit,
    async deployed() {
      await forgetDeployment();
      await Promise.all([buses.prepare(), functions.prepareAll()]);
    },
    async activity() {
      const counts: [number, string][] = [
        [functions.running, 'function running'],
        [asyncInvocations.pending, 'asynchronous invocation'],
        [buses.pending, 'event on its way'],
        [queues.inFlight, 'batch with a function'],
      ];
      const going = counts.filter(([count]) => count > 0);
      const depth = going.length > 0 ? 0 : await queues.depth();
      return [...going, ...(depth > 0 ? [[depth, 'message in a mapped queue']] : [])].map((one) =>
        one.join(' '),
      );
    },
    async stop() {
      asyncInvocations.stop();
      await queues.stop();
      await functions.stop();
      await gateway.stop();
      for (const client of Object.values(clients)) client.destroy();
      close();
    },
  };
}

/** Calls after which other functions, rules or mappings may be deployed. */
function changesDeployment({ service }: AwsRequest, { action }: ActionName): boolean {
  if (service === 'cloudformation') return /^(Create|Update|Delete|Execute)/.test(action);
  return service === 'lambda' && /^(Create|Update|Delete|Put|POST|DELETE)/.test(action);
}
