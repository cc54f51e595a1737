import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** A run ends with its longest file, so that these begin first. Templates are packed one at a time, so their files lie apart. */
const LONGEST = [
  'e2e/documented-commands',
  'integration/install-faults-refused',
  'e2e/command-line',
  'e2e/host-faults',
  'integration/install-listeners',
  'integration/install-list',
  'e2e/without-clone',
  'e2e/policies',
  'integration/template-params',
  'e2e/attacks',
  'integration/install-faults-unlucky',
  'e2e/migration',
  'integration/bench-clients',
  'integration/template-large',
  'integration/install-hooked-servers',
  'e2e/hosts',
  'integration/install-container',
  'integration/install-containers',
  'integration/template-bucket',
  'e2e/health',
  'e2e/messages',
  'e2e/coming-back',
  'integration/template',
  'host-script/folders',
  'integration/install-hostile-folder',
  'integration/install-two-keys',
  'integration/other-user',
  'integration/template-settings',
  'integration/install-readers',
  'host-script/list',
  'integration/install-faults-killed',
  'e2e/chats',
  'e2e/faults',
  'integration/template-update',
  'integration/example-stacks',
  'e2e/line',
  'e2e/fleet',
  'integration/region',
  'integration/hosts',
  'integration/template-kms',
  'e2e/first-boot',
  'e2e/way-over',
  'host-script/readers',
  'e2e/notices',
  'e2e/acm',
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
