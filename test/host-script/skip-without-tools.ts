import { beforeEach } from 'vitest';
import { missingTool } from './missing-tool.ts';

const missing = missingTool();
beforeEach((context) => context.skip(missing !== undefined, missing));
