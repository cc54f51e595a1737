import type { Plan, PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { DeployedStack } from '../stack/find-stack.ts';
import { invoke } from '../stack/functions.ts';
import { StackError } from '../stack/stack-error.ts';

interface Asked {
  forced?: boolean;
  ignoreBudget?: boolean;
  /** A renewal file that is not in the bucket yet. */
  file?: object;
}

/** Asks scan, without changing anything, what it would do with one certificate; who may not ask waits without knowing. */
export function decider(stack: DeployedStack, { forced = false, ignoreBudget = false, file }: Asked = {}) {
  return async (name: string): Promise<PlannedCertificate | undefined> => {
    try {
      const files = file && { [name]: file };
      const event = {
        start: 'plan',
        names: [name],
        ...(forced && { forced, ignoreBudget }),
        ...(files && { files }),
      };
      const { certificates } = await invoke<Plan>(stack, 'scan', event);
      return certificates.find((certificate) => certificate.name === name);
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
      return undefined;
    }
  };
}
