import { expect, it } from 'vitest';
import { missingTool } from '../../host-script/missing-tool.ts';

const all = () => true;

it("the hosts' script is tested where its tools are there and namespaces are given", () => {
  expect(missingTool(all, () => true)).toBeUndefined();
});

it.each(['unshare', 'flock', 'openssl'])('without %s its tests are skipped, which they say', (tool) => {
  expect(missingTool((one) => one !== tool, all)).toBe(`${tool} is not installed on this machine`);
});

it('without a mount namespace its tests are skipped, which they say', () => {
  expect(missingTool(all, () => false)).toMatch(/^unshare --mount fails/);
});
