// A guide of docs/operations: chapters that can each be pasted into a terminal, beside a server on one data folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, expectAsPrinted, Terminal } from './printed-commands.ts';
import {
  BIN,
  COMPILE_CACHE,
  node,
  ROOT,
  type Server,
  startServer,
  temporaryFolder,
} from './server-process.ts';

export interface Chapter {
  title: string;
  text: string;
}

/** The command that starts the server, with its settings in front. */
const START = /^```text\n((?:MEMHOLD_\w+=\S+\s+(?:\\\n)?)+)npm start\n```$/m;
const SETTING = /(MEMHOLD_\w+)=(\S+)/g;
const PREPARATION = 'Preparation';
/** `npx` takes longer to find a command than most take to run; the tour of the README goes through the real one. */
const QUICK_NPX = `npx() {
  [ "$1" = memhold ] || return
  shift
  NODE_COMPILE_CACHE='${COMPILE_CACHE}' '${node}' '${BIN}' "$@"
}`;

export class Guide {
  readonly text: string;
  /** How many blocks of commands ran, and how many of their answers are printed and were compared. */
  blocks = 0;
  compared = 0;
  private readonly chapters: readonly Chapter[];
  private readonly home = temporaryFolder();
  private server: Server | undefined;
  private runningWith: string | undefined;

  /** @param document path from the top of the repository */
  constructor(document: string) {
    this.text = readFileSync(join(ROOT, document), 'utf8');
    this.chapters = this.text
      .split(/^(?=## )/m)
      .map((text) => ({ title: /^## (.*)/.exec(text)?.[1] ?? '', text }));
  }

  chapter(title: string): string {
    return this.chapters.find((one) => one.title === title)!.text;
  }

  /** The chapters with commands, but for the preparation that runs before each of them. */
  get printed(): Chapter[] {
    return this.chapters.filter(({ title, text }) => title !== PREPARATION && blocksOf(text).length > 0);
  }

  /** Runs all commands of a chapter in one shell, and holds their answers against what is printed. */
  async run({ text }: Chapter): Promise<void> {
    const terminal = new Terminal(this.home);
    await terminal.run(QUICK_NPX);
    const run = async (part: string, port: string) => {
      for (const block of blocksOf(part)) {
        this.blocks++;
        const ran = await terminal.run(block.code.replaceAll('8002', port));
        if (expectAsPrinted(block, ran)) this.compared++;
      }
    };
    const [before = '', settings = '', after] = text.split(START);
    if (after === undefined) {
      const port = await this.runWith('');
      await run(this.chapter(PREPARATION), port);
      await run(text, port);
    } else {
      // What is printed above the start makes files that the server will read.
      await run(before, 'none');
      const port = await this.runWith(settings);
      await run(this.chapter(PREPARATION), port);
      await run(after, port);
    }
    await terminal.close();
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** As a reader does who stops the server and starts it with these settings, on the same data. */
  private async runWith(given: string): Promise<string> {
    if (this.runningWith !== given) {
      await this.server?.stop();
      const settings = Object.fromEntries(
        [...given.matchAll(SETTING)].map(([, name, value]) => [name!, value!.replaceAll('$HOME', this.home)]),
      );
      this.server = await startServer({
        dataDir: join(this.home, '.memhold/data'),
        settings: { MEMHOLD_RATE_LIMITS: 'on', ...settings },
      });
      this.runningWith = given;
    }
    return new URL(this.server!.url).port;
  }
}
