/** A call as the SDK would send it: `PutEventsCommand` and its input. */
export interface SentCommand {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command has an input of its own.
  input: any;
}

/**
 * A client of the SDK that sends nothing: `answer` is asked for each call, may throw an error, and may return nothing for an
 * empty answer. `sent` has the calls in order.
 */
export function stubbed<Client extends { send: unknown }>(
  client: Client,
  answer: (command: SentCommand, nth: number) => object | undefined,
): { client: Client; sent: SentCommand[] } {
  const sent: SentCommand[] = [];
  const send = async (command: { input: object }) => {
    // Paginators go on with the same input.
    const call = { name: command.constructor.name, input: { ...command.input } };
    sent.push(call);
    return answer(call, sent.length - 1) ?? {};
  };
  return { client: Object.assign(client, { send }), sent };
}

/** An error as the SDK throws it. */
export function awsError(name: string, more: object = {}): Error {
  return Object.assign(new Error(`${name}: no`), { name, ...more });
}
