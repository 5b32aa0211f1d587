import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Puts an executable into a folder that stands in for another tool: JavaScript that runs as the tool would, told what
 * to print by the test. Its version is asked for like the real one's.
 */
export function fakeTool(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  const text = `#!${process.execPath}
const args = process.argv.slice(2);
if (args.length === 1 && /version$/.test(args[0])) { console.log('${name} 9.8.7'); process.exit(0); }
${script}
`;
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

/** A tool that prints a report and ends. */
export function toolThatPrints(folder: string, name: string, report: unknown, code = 0): string {
  const text = typeof report === 'string' ? report : JSON.stringify(report);
  return fakeTool(
    folder,
    name,
    `process.stdout.write(${JSON.stringify(text)}, () => process.exit(${code}));`,
  );
}

export function plant(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
