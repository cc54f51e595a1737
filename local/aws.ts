import { createAcm } from './acm/acm.ts';
import { activityOf } from './activity.ts';
import { checkRequest } from './api-models/check-request.ts';
import type { AwsOptions } from './aws-options.ts';
import { changesDeployment, outputsOf } from './deployments.ts';
import { busEvent } from './events/event.ts';
import { EventBuses } from './events/event-buses.ts';
import { createEvents } from './events/events.ts';
import { createForward } from './gateway/forward.ts';
import { Gateway } from './gateway/gateway.ts';
import type { EmitEvent, Forward, LocalService } from './gateway/request.ts';
import { HOME_REGION, inRegion } from './gateway/scope.ts';
import { Authorizations } from './iam/authorizations.ts';
import { AsyncInvocations } from './lambda/async-invocations.ts';
import { UnpackedCode } from './lambda/code.ts';
import { Functions } from './lambda/functions.ts';
import { createLambda } from './lambda/lambda.ts';
import { FunctionLogs } from './logs/function-logs.ts';
import { createLogs } from './logs/logs.ts';
import { createMotoClients } from './moto/clients.ts';
import { Queues } from './queues/queues.ts';
import { AgedObjects } from './s3/aged-objects.ts';
import { createS3 } from './s3/s3.ts';
import { readAssociations } from './ssm/deployed-associations.ts';
import { getDocument, ssmRequest } from './ssm/send-command.ts';
import { createSts } from './sts/sts.ts';

/** AWS on this machine: the gateway in front of a running moto, and what happens inside AWS behind it. */
export class LocalAws {
  readonly gateway: Gateway;
  readonly buses: EventBuses;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly agedObjects = new AgedObjects();
  readonly #asyncInvocations: AsyncInvocations;
  readonly #clients: ReturnType<typeof createMotoClients>;
  /** Behind the gateway, for what a test sets up and no part of the product asks for. */
  readonly motoUrl: string;
  readonly #moto: ReturnType<typeof createForward>;
  readonly #inside: (line: string) => void;
  readonly #acm = createAcm();
  readonly #logs = new FunctionLogs();
  #adapting: Promise<unknown> = Promise.resolve();
  #region = HOME_REGION;

  constructor(options: AwsOptions) {
    const { motoUrl, onLine, onResult } = options;
    const keep: AwsOptions['onLine'] = (functionName, line) => {
      this.#logs.add(functionName, line);
      onLine(functionName, line);
    };
    const inside = (line: string) => onLine('local cloud', line);
    const deliver = (arn: string, body: string, ruleArn?: string) => this.#deliver(arn, body, ruleArn);
    this.#inside = inside;
    this.motoUrl = motoUrl;
    this.#clients = createMotoClients(motoUrl, () => this.#region);
    this.#moto = createForward(motoUrl);
    const forward: Forward = (request) =>
      this.#moto.forward({ ...request, headers: inRegion(request.headers, this.#region) });

    this.functions = new Functions({
      forward,
      code: new UnpackedCode({ motoUrl, dir: options.codeDir }),
      variables: () => ({ AWS_ENDPOINT_URL: this.gateway.endpoint, ...options.functionVariables }),
      accessKeyFor: (role) => this.gateway.calls.accessKeyFor(role),
      cpu: options.cpu,
      onLine: keep,
      onResult,
    });
    this.#asyncInvocations = new AsyncInvocations({
      functions: this.functions,
      forward,
      retryDelaysMs: options.asyncRetryDelaysMs,
      send: (destinationArn, body) => this.#deliver(destinationArn, body),
      onLine,
    });
    this.queues = new Queues({
      ...this.#clients,
      motoUrl,
      invoke: (functionArn, payload) => this.functions.invoke(functionArn, payload),
      retryAfterMs: options.queueRetryAfterMs,
      onError: inside,
    });
    this.buses = new EventBuses({ client: this.#clients.eventBridge, deliver, onUndelivered: inside });
    const authorizations = new Authorizations(options.hostTags ?? (() => undefined), this.#acm.tagsOf);
    const { apiModels } = options;
    this.gateway = new Gateway({
      motoUrl,
      complaintsAbout: (request) => (apiModels ? checkRequest(apiModels, request) : []),
      authorizationsOf: (...call) => authorizations.of(...call),
      services: this.#services(motoUrl),
      onFailure: inside,
      onCall: (request, name) => {
        if (changesDeployment(request, name)) void this.#adapt();
      },
    });
  }

  /** What its State Manager runs. */
  readonly stateManager = {
    deployed: () => readAssociations(this.#clients.cloudFormation),
    document: (name: string) => getDocument({ DocumentName: name }, ssmRequest(), this.#moto.forward),
  };

  readonly emit: EmitEvent = (content) => this.buses.route(busEvent(content));

  async start(): Promise<void> {
    await this.gateway.start();
  }

  /** Waits until all that is deployed now is known here: rules, mappings, the functions' code unpacked. */
  async adapt(): Promise<void> {
    await this.#adapt();
    await Promise.all([this.buses.prepare(), this.functions.prepareAll()]);
  }

  /** From now on things happen in another region: what is deployed there runs, and nothing of the one before. */
  async moveTo(region: string): Promise<void> {
    this.#region = region;
    await this.adapt();
  }

  /** The environment with which a principal's programs talk to this AWS, and are known by in the call log. */
  environmentOf(principal: string): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.gateway.endpoint,
      AWS_REGION: this.#region,
      AWS_DEFAULT_REGION: this.#region,
      AWS_ACCESS_KEY_ID: this.gateway.calls.accessKeyFor(principal),
      AWS_SECRET_ACCESS_KEY: 'local',
    };
  }

  /** Of all deployed stacks, by their names. */
  outputs(): Promise<Record<string, string>> {
    return outputsOf(this.#clients.cloudFormation);
  }

  /** What is still going on, in words such as `2 functions running`; empty when nothing is. */
  activity(): Promise<string[]> {
    const { functions, buses, queues } = this;
    return activityOf({ functions, buses, queues, asyncInvocations: this.#asyncInvocations });
  }

  async stop(): Promise<void> {
    this.#asyncInvocations.stop();
    await this.queues.stop();
    await this.functions.stop();
    await this.gateway.stop();
    for (const client of Object.values(this.#clients)) client.destroy();
    this.#moto.close();
  }

  #services(motoUrl: string): Record<string, LocalService> {
    const { functions, queues } = this;
    return {
      lambda: createLambda({ functions, asyncInvocations: this.#asyncInvocations, motoUrl }),
      events: createEvents(this.buses),
      sqs: queues,
      s3: createS3(this.emit, this.agedObjects),
      acm: this.#acm,
      logs: createLogs(this.#logs),
      sts: createSts((...key) => this.gateway.calls.registerPrincipal(...key)),
    };
  }

  async #deliver(arn: string, body: string, ruleArn?: string): Promise<void> {
    if (arn.includes(':sqs:')) await this.queues.send(arn, body, ruleArn);
    else if (arn.includes(':lambda:'))
      this.#asyncInvocations.accept(await this.functions.deployed(arn), body);
    else throw new Error(`the local cloud cannot deliver to ${arn}`);
  }

  #adapt(): Promise<unknown> {
    this.buses.forget();
    this.#adapting = Promise.all([this.#adapting, this.functions.forget(), this.queues.refresh()]).catch(
      (error) => this.#inside(`after a deployment: ${error}`),
    );
    return this.#adapting;
  }
}
