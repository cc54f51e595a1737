// Node runs no TypeScript below node_modules, where npm installs this project. Loaded before it (`node --import`), this has Node
// strip the types of the project's own files there, as it does by itself in a clone. Source: Node.js documentation, "Modules:
// TypeScript", "Type stripping in dependencies".
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';

const project = new URL('..', import.meta.url).href;

registerHooks({
  load(url, context, nextLoad) {
    if (!url.startsWith(project) || !url.endsWith('.ts')) return nextLoad(url, context);
    const source = strip(readFileSync(fileURLToPath(url), 'utf8'));
    return { format: 'module', source, shortCircuit: true };
  },
});

/** In silence: that the function is experimental is nothing to the person at the terminal. */
function strip(source) {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
