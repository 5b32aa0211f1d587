#!/usr/bin/env node
// A checkout runs its sources (Node strips the types), a published package its bundle.
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  console.error(`memhold-scanner: Node 20.12 or newer is needed, this is ${process.versions.node}`);
  process.exit(2);
}
const source = new URL('../src/command.ts', import.meta.url);
const fromSource = existsSync(source);
if (fromSource && !process.features.typescript) {
  console.error(
    'memhold-scanner: a checkout runs on its own Node: npx node packages/scanner/bin/memhold-scanner.js',
  );
  process.exit(2);
}
if (fromSource)
  module.enableCompileCache?.(
    fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url)),
  );
// Node ends with 1 where an import fails, and 1 means findings.
const { guardOutcome, main, writer } = await import(
  fromSource ? source.href : new URL('../command.js', import.meta.url).href
).catch(({ code, name }) => {
  console.error(
    `memhold-scanner: cannot start, a part of it cannot be loaded (${code ?? name}): install it again`,
  );
  process.exit(2);
});
const settle = guardOutcome('memhold-scanner');

for (const stream of [process.stdout, process.stderr]) {
  // `memhold-scanner | head` closes the pipe early: no reason to fail. A report that is lost otherwise is one.
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
const isTerminal = (stream) => stream.isTTY === true;
const surroundings = {
  tool: { name: 'memhold-scanner', version: createRequire(import.meta.url)('../package.json').version },
  folder: process.cwd(),
  env: process.env,
  colours: isTerminal(process.stdout) && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
  stdin: () => process.stdin,
  out: writer(process.stdout),
  err: (text) => void process.stderr.write(`${text}\n`),
  progress: isTerminal(process.stderr)
    ? (text) => void process.stderr.write(`\r\u001b[2K${text}`)
    : undefined,
  now: () => new Date(),
};
const program = { node: process.execPath, script: fileURLToPath(import.meta.url) };
settle(await main(process.argv.slice(2), surroundings, program));
