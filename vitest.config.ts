import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { CountTests } from './tools/check/count-tests.ts';
import { LongestFirst } from './tools/check/longest-first.ts';

const processors = availableParallelism();
/** Servers, hosts and clouds wait two thirds of their time. */
const waiting = { maxWorkers: 3 * processors, sequence: { groupOrder: 2 } };
const withClouds = { ...waiting, globalSetup: 'test/preload.ts', expect: { poll: { timeout: 20_000 } } };

// What tests start, serverless above all, is compiled once. Functions get an environment of their own and start as on AWS.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.local/compile-cache');

// A person's own settings are no test's.
process.env.PERENNIAL_SETTINGS = '';

export default defineConfig({
  test: {
    reporters: ['default', new CountTests()],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: ['test/unit/simulation/**'],
          testTimeout: 30_000,
          maxWorkers: processors,
          // These neither mock modules nor change what is global, and loading everything anew takes longer than they do.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // In a process of its own: it takes Node's clock and chance away.
          name: 'simulation',
          include: ['test/unit/simulation/**/*.test.ts'],
          testTimeout: 180_000,
          maxWorkers: processors,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          // A second or two a run: too much beside what answers at once.
          name: 'host-script',
          include: ['test/host-script/**/*.test.ts'],
          setupFiles: 'test/host-script/skip-without-tools.ts',
          testTimeout: 60_000,
          ...waiting,
        },
      },
      {
        test: {
          name: 'integration',
          // Their CA is on this machine.
          env: { CA_AT_LOOPBACK: 'true' },
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          ...withClouds,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          // The first run installs other ACME clients.
          hookTimeout: 600_000,
          ...withClouds,
        },
      },
    ],
  },
});
