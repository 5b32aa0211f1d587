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
const { main } = await import(fromSource ? source.href : new URL('../main.js', import.meta.url).href);
process.exitCode = await main(process.argv.slice(2));
// A handle that something left open must not keep a finished command alive.
setTimeout(() => process.exit(), 2000).unref();
