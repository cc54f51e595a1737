import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** A run ends with its longest file, so that these begin first. */
const LONGEST = [
  'e2e/documented-commands',
  'integration/install-faults-refused',
  'e2e/command-line',
  'e2e/host-faults',
  'integration/install-listeners',
  'integration/install-list',
  'e2e/without-clone',
  'e2e/policies',
  'e2e/attacks',
  'integration/install-faults-unlucky',
  'e2e/migration',
  'integration/bench-clients',
  'integration/install-hooked-servers',
  'e2e/hosts',
  'integration/install-container',
  'integration/install-containers',
  'e2e/health',
  'e2e/messages',
  'e2e/coming-back',
  'host-script/folders',
  'integration/install-hostile-folder',
  'integration/install-two-keys',
  'integration/other-user',
  'integration/install-readers',
  'host-script/list',
  'integration/install-faults-killed',
  'e2e/chats',
  'e2e/faults',
  'integration/example-stacks',
  'e2e/line',
  'e2e/fleet',
  'integration/region',
  'integration/hosts',
  'e2e/first-boot',
  'e2e/way-over',
  'host-script/readers',
  'integration/template-large',
  'e2e/notices',
  'e2e/acm',
  'integration/template-params',
  'host-script/install',
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
