import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** A run ends with its longest file, so that these begin first. */
const LONGEST = [
  'e2e/documented-commands',
  'integration/install-faults-refused',
  'integration/install-faults-unlucky',
  'e2e/migration',
  'e2e/policies',
  'integration/install-container',
  'e2e/bad-input',
  'integration/install-two-keys',
  'integration/install-faults-killed',
  'integration/template-params',
  'integration/install-refused',
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
