import { copyFileSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import {
  type Ended,
  memhold,
  type Server,
  settingsFor,
  startServer,
  temporaryFolder,
} from '../server-process.ts';

export const serve = (settings: Record<string, string>) => memhold(['serve', '--port', '0'], settings);

/** One line that a person can act on, exit code 1, and no stack. */
export function expectRefusal(ended: Ended, says: RegExp): void {
  expect({ code: ended.code, errors: ended.errors }).toMatchObject({ code: 1 });
  const lines = ended.errors.trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(says)]);
  expect(lines[0]).toMatch(/^memhold: /);
  expect(ended.errors).not.toMatch(/unexpected error|^ {4}at |SQLITE_|node:/m);
  expect(ended.output).not.toMatch(/listening/);
}

/** A stopped server with memories in it, of which copies are made to be spoilt, each in its own way. */
export class Installation {
  readonly original: Server;
  /** id → content of everything that user `keeper` has. */
  readonly texts = new Map<string, string>();

  private constructor(original: Server) {
    this.original = original;
  }

  static async make(memories: number): Promise<Installation> {
    const made = new Installation(await startServer());
    for (let i = 0; i < memories; i++) {
      const content = `Kept memory number ${i}: ${'lorem ipsum dolor '.repeat(20)}`;
      const { body } = await made.original.api('POST', '/memories', { content, user_id: 'keeper' });
      made.texts.set(body.id, content);
    }
    await made.original.stop();
    return made;
  }

  copy(): { dataDir: string; database: string; settings: Record<string, string> } {
    const dataDir = join(temporaryFolder(), 'data');
    cpSync(this.original.dataDir, dataDir, { recursive: true });
    for (const kind of ['key', 'api-key', 'admin-password'])
      copyFileSync(`${this.original.dataDir}.${kind}`, `${dataDir}.${kind}`);
    return { dataDir, database: join(dataDir, 'memhold.db'), settings: settingsFor(dataDir) };
  }
}
