// Runs the commands that a document prints in a real bash, and holds the answers against what is printed below them.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { ROOT } from './server-process.ts';

/** A `bash` block of a document, and the answer that is printed right below it, where there is one. */
export interface Block {
  code: string;
  shown: { as: 'json' | 'text'; text: string } | undefined;
}

const BLOCK = /^```bash\n(.*?)^```(?:\s*^```(json|text)\n(.*?)^```)?/gms;

export function blocksOf(document: string): Block[] {
  return [...document.matchAll(BLOCK)].map(([, code, as, text]) => ({
    code: code!,
    shown: text === undefined ? undefined : { as: as as 'json' | 'text', text },
  }));
}

export interface Ran {
  code: number | null;
  output: string;
  errors: string;
}

const END_OF_BLOCK = '\u001e';
const open = new Set<ChildProcessWithoutNullStreams>();
afterAll(() => {
  for (const shell of open) shell.kill('SIGKILL');
});

/** One bash, as a reader's terminal at the top of a checkout; it ends at the first command that fails. */
export class Terminal {
  private readonly shell: ChildProcessWithoutNullStreams;
  private readonly ended: Promise<number | null>;
  private output = '';
  private errors = '';

  constructor(home: string) {
    const env = { HOME: home, PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
    this.shell = spawn('bash', ['-euo', 'pipefail', '-s'], { cwd: ROOT, env });
    open.add(this.shell);
    this.ended = new Promise((done) => this.shell.on('close', done));
    // A shell that ended by itself takes no more; its exit code tells of it.
    this.shell.stdin.on('error', () => undefined);
    this.shell.stdout.on('data', (chunk) => {
      this.output += chunk;
    });
    this.shell.stderr.on('data', (chunk) => {
      this.errors += chunk;
    });
  }

  /** Resolves when the block has ended, or the shell with it: then `code` is its exit code. */
  async run(block: string): Promise<Ran> {
    this.output = '';
    this.errors = '';
    this.shell.stdin.write(`${block}\nprintf '%s' '${END_OF_BLOCK}'\n`);
    const isThrough = new Promise<null>((done) => {
      const look = () => {
        if (!this.output.endsWith(END_OF_BLOCK)) return;
        this.shell.stdout.off('data', look);
        done(null);
      };
      this.shell.stdout.on('data', look);
    });
    const code = await Promise.race([isThrough, this.ended]);
    return { code, output: this.output.replace(END_OF_BLOCK, ''), errors: this.errors };
  }

  async close(): Promise<void> {
    this.shell.stdin.end();
    await this.ended;
    open.delete(this.shell);
  }
}

/** One command in a bash of its own. */
export async function bash(home: string, script: string): Promise<Ran> {
  const terminal = new Terminal(home);
  const ran = await terminal.run(script);
  await terminal.close();
  return { ...ran, code: ran.code ?? 0 };
}

/** What a page shows of an answer: `…` stands for anything, a part for the whole, a sample for times and counts. */
function asShown(shown: unknown, path = ''): unknown {
  if (typeof shown === 'string') return shown.includes('…') ? expect.stringMatching(patternOf(shown)) : shown;
  if (typeof shown === 'number') return /(uptime|pid|_ms|retry)/.test(path) ? expect.any(Number) : shown;
  if (Array.isArray(shown)) return shown.map((item) => asShown(item, path));
  if (typeof shown !== 'object' || shown === null) return shown;
  const entries = Object.entries(shown).map(([key, value]) => [key, asShown(value, key)]);
  return expect.objectContaining(Object.fromEntries(entries));
}

function patternOf(shown: string): RegExp {
  const parts = shown.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

/**
 * Holds what a block did against what the document shows of it. A block without an answer may print anything but a
 * problem: curl ends with 0 for an HTTP error too.
 * @returns whether there was something to compare
 */
export function expectAsPrinted({ code, shown }: Block, ran: Ran): boolean {
  expect([code, ran.code, ran.code === null ? '' : ran.output + ran.errors]).toEqual([code, null, '']);
  if (shown === undefined) {
    expect([code, ran.output]).toEqual([code, expect.not.stringMatching(/urn:memhold:error/)]);
    return false;
  }
  if (shown.as === 'json')
    expect([code, parsed(ran.output)]).toEqual([code, asShown(JSON.parse(shown.text))]);
  else expect([code, ran.output.trimEnd()]).toEqual([code, asShown(shown.text.trimEnd())]);
  return true;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}
