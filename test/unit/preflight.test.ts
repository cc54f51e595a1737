import { createRequire } from 'node:module';
import { beforeEach, describe, expect, it } from 'vitest';

const preflight = createRequire(import.meta.url)('../../resources/preflight.cjs');

const BOUNDARY = 'arn:aws:iam::123456789012:policy/workloads';
const resources = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [
        {
          PolicyDocument: { Statement: [{ Effect: 'Allow', Action: ['s3:GetObject', 'sqs:DeleteMessage'] }] },
        },
      ],
    },
  },
};

const named = (name: string, message: string) => Object.assign(new Error(message), { name });
const allowing = (...Action: string[]) => ({ Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

let warnings: string[];
let asked: object[];
beforeEach(() => {
  [warnings, asked] = [[], []];
});

/** Asks with a Lambda and an IAM that answer so. */
function ask({
  lambda,
  boundary,
  policy = allowing('*'),
}: {
  lambda?: Error;
  boundary?: string;
  policy?: object | Error;
}) {
  const clients = {
    lambda: {
      async send({ input }: { input: object }) {
        asked.push(input);
        if (lambda) throw lambda;
        return { Layers: [] };
      },
    },
    iam: {
      async send({ input }: { input: { VersionId?: string } }) {
        asked.push(input);
        if (policy instanceof Error) throw policy;
        if (input.VersionId === undefined) return { Policy: { DefaultVersionId: 'v7' } };
        return { PolicyVersion: { Document: encodeURIComponent(JSON.stringify(policy)) } };
      },
    },
    warn: (line: string) => warnings.push(line),
  };
  const stack = { runtime: 'nodejs24.x', architecture: 'arm64', region: 'xx-new-1', resources, boundary };
  return preflight(clients, stack);
}

describe('before anything is made', () => {
  it('the region is asked for the runtime, and the boundary in its default version', async () => {
    await ask({ boundary: BOUNDARY });
    expect(asked).toEqual([
      { CompatibleRuntime: 'nodejs24.x', CompatibleArchitecture: 'arm64', MaxItems: 1 },
      { PolicyArn: BOUNDARY },
      { PolicyArn: BOUNDARY, VersionId: 'v7' },
    ]);
    expect(warnings).toEqual([]);
  });

  it('a region without the runtime is refused', async () => {
    const lambda = named('InvalidParameterValueException', 'nodejs24.x failed to satisfy enum');
    await expect(ask({ lambda })).rejects.toThrow(
      /^Lambda in xx-new-1 does not have the runtime nodejs24\.x on arm64; deploy to another region/,
    );
  });

  it('a boundary that denies is refused with what it denies', async () => {
    await expect(ask({ boundary: BOUNDARY, policy: allowing('s3:*') })).rejects.toThrow(
      `permissionsBoundary: ${BOUNDARY} does not let the stack's roles sqs:DeleteMessage; have it allow them`,
    );
  });

  it('a boundary that is not there is refused', async () => {
    await expect(ask({ boundary: BOUNDARY, policy: named('NoSuchEntityException', 'no') })).rejects.toThrow(
      `permissionsBoundary: there is no policy ${BOUNDARY}`,
    );
  });

  it('who may not ask is told, and deploys', async () => {
    await ask({
      lambda: named('AccessDeniedException', 'no'),
      boundary: BOUNDARY,
      policy: named('AccessDenied', 'no'),
    });
    expect(warnings).toEqual([
      'could not ask whether xx-new-1 has the runtime nodejs24.x: no',
      `could not read the permissions boundary ${BOUNDARY}: no`,
    ]);
  });

  it('without a boundary none is asked for', async () => {
    await ask({ boundary: '' });
    expect(asked).toHaveLength(1);
  });
});
