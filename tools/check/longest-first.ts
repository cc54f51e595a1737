import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** A run ends with its longest file, so that these begin first. */
const LONGEST = [
  'e2e/documented-commands',
  'integration/install-list',
  'e2e/command-line',
  'e2e/attacks',
  'integration/install-listeners',
  'integration/install-faults-unlucky',
  'integration/install-containers',
  'integration/install-faults-refused',
  'e2e/migration',
  'e2e/coming-back',
  'e2e/host-faults',
  'integration/install-hostile-folder',
  'e2e/policies',
  'integration/install-faults-killed',
  'integration/template-params',
  'e2e/health',
  'e2e/messages',
  'integration/install-fetch',
  'integration/install-readers',
  'e2e/hosts',
  'e2e/update-from-before',
  'e2e/faults',
  'e2e/fleet',
  'integration/install-container',
  'e2e/first-boot',
  'integration/install-engine',
  'integration/install-refused',
  'integration/policies',
  'e2e/acm',
  'integration/install-hooked-servers',
  'integration/install-two-keys',
  'integration/install-busybox',
  'integration/template-alarm-states',
  'e2e/line',
  'e2e/bad-input',
  'integration/install-limits',
  'e2e/doctor',
  'e2e/way-over',
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
