import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const validOnce = createRequire(import.meta.url)('../../../local/bundles/valid-once.cjs');
let store: string;
let validations: number;

beforeEach(() => {
  store = join(mkdtempSync(join(tmpdir(), 'perennial-valid-')), 'valid');
  validations = 0;
});
afterEach(() => rmSync(join(store, '..'), { recursive: true }));

interface Config {
  environment: { port: unknown };
  rates: unknown[];
  itself?: Config;
}

/** As serverless's own: coerces values, and refuses what is not valid, or only says so. */
class Handler {
  static results = new WeakMap<object, boolean>();
  static getConfigurationValidationResult(input: object) {
    return Handler.results.get(input);
  }
  serverless = { version: '4.3.1', configurationInput: {} };
  schema = { mode: 'error' };
  async validateConfig(config: Config) {
    validations += 1;
    const isValid = config.rates.length > 0;
    Handler.results.set(this.serverless.configurationInput, isValid);
    if (!isValid && this.schema.mode === 'error') throw new Error('Configuration error');
    config.environment.port = String(config.environment.port);
    config.rates = config.rates.map((rate) => [rate].flat());
  }
}

/** A run of serverless, whose class is loaded anew. */
async function run(config: Config, change: (handler: Handler) => void = () => {}): Promise<Config> {
  const handler = new (validOnce(class extends Handler {}, store))();
  change(handler);
  await handler.validateConfig(config);
  return config;
}

const config = (): Config => ({ environment: { port: 53 }, rates: ['rate(1 hour)', ['rate(1 day)']] });
const coerced = { environment: { port: '53' }, rates: [['rate(1 hour)'], ['rate(1 day)']] };

it('a configuration that was valid is not validated again, and has the same values coerced', async () => {
  expect(await run(config())).toEqual(coerced);
  expect(await run(config())).toEqual(coerced);
  expect(validations).toBe(1);
  expect(readdirSync(store)).toHaveLength(1);
});

it.each<[string, Config, (handler: Handler) => void]>([
  ['configuration', { ...config(), environment: { port: 54 } }, () => {}],
  ['schema', config(), (handler) => Object.assign(handler.schema, { more: true })],
  ['serverless', config(), ({ serverless }) => Object.assign(serverless, { version: '4.3.2' })],
])('another %s is validated', async (_, other, change) => {
  await run(config());
  await run(other, change);
  expect(validations).toBe(2);
});

it.each(['error', 'warn'])(
  'what is not valid is refused each time, with configValidationMode: %s',
  async (mode) => {
    const wrong = () => run({ ...config(), rates: [] }, ({ schema }) => Object.assign(schema, { mode }));
    const results = [await wrong().catch(String), await wrong().catch(String)];
    expect(results[0]).toEqual(results[1]);
    expect(validations).toBe(2);
  },
);

it('what refers to itself is validated each time', async () => {
  for (let times = 0; times < 2; times += 1) {
    const round = config();
    round.itself = round;
    await run(round);
  }
  expect(validations).toBe(2);
});
