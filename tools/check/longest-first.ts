import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** A run ends with its longest file, so that these begin first. */
const LONGEST = [
  'e2e/documented-commands',
  'e2e/host-faults',
  'integration/install-faults-refused',
  'integration/install-listeners',
  'e2e/hosts',
  'e2e/command-line',
  'integration/install-hostile-folder',
  'integration/template-params',
  'integration/install-faults-unlucky',
  'integration/install-container',
  'integration/install-limits',
  'integration/install-readers',
  'integration/install-faults-killed',
  'e2e/faults',
  'integration/install-containers',
  'e2e/migration',
  'e2e/line',
  'integration/install-refused',
  'integration/install-two-keys',
  'integration/hosts',
  'e2e/messages',
  'e2e/policies',
].map((name) => `test/${name}.test.ts`);

/** What failed last comes first, as ever, then the longest files; the others in vitest's own order. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
