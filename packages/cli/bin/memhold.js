#!/usr/bin/env node
// A checkout runs its sources (Node strips the types), a published package its bundle.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `memhold: Node 24 or newer is needed, this is ${process.versions.node} — install it, or use npx`,
  );
  process.exit(1);
}
const source = new URL('../src/main.ts', import.meta.url);
const fromSource = existsSync(source);
// In the checkout's own folder: Node's default is one under /tmp that other users of the machine could fill.
if (fromSource)
  module.enableCompileCache(fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url)));
const argv = process.argv.slice(2);
const command = argv.find((one, i) => !one.startsWith('-') && argv[i - 1] !== '--data-dir');
// Of these 1 is an answer: whatever else goes wrong ends with 2.
const isScan = ['scan', 'hook', 'gate', 'checklist', 'schedule'].includes(command);
const { guardOutcome, main } = await import(
  fromSource ? source.href : new URL('../main.js', import.meta.url).href
).catch((error) => {
  if (!isScan) throw error;
  console.error(
    `memhold: cannot start, a part of it cannot be loaded (${error.code ?? error.name}): install it again`,
  );
  process.exit(2);
});
const settle = isScan ? guardOutcome('memhold') : undefined;
process.exitCode = await main(argv);
settle?.(process.exitCode);
// A handle that something left open must not keep a finished command alive.
setTimeout(() => process.exit(), 2000).unref();
