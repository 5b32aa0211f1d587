import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { plant } from '../testing/fake-tools.ts';
import { runScanner } from '../testing/run-scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { toolCases } from '../testing/tool-cases.ts';

const secret = makeTokens(73).github();
// What would steer a terminal or a page, or begin a line of its own.
const hostile = '\u001b[2J\u202e\r\n</script>';

const changes: ((text: string) => string)[] = [(text) => `${text} ${secret}${hostile}`];
if (process.env.MEMHOLD_TEST_LONG === '1')
  changes.push(
    () => secret,
    () => hostile,
  );

function* textsIn(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (typeof value === 'string') yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value))
    yield* textsIn(member, [...path, Array.isArray(value) ? Number(key) : key]);
}

function withText(report: unknown, path: (string | number)[], change: (text: string) => string): unknown {
  const copy = structuredClone(report);
  let at = copy as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = change(at[path.at(-1)!] as string);
  return copy;
}

it.each(Object.entries(toolCases))(
  '%s: no field of a report brings a secret or a control character into ours',
  async (name, { report }) => {
    const isLines = typeof report === 'string';
    const parsed = isLines
      ? report.split('\n').flatMap((line) => (/^[{[]/.test(line) ? [JSON.parse(line)] : []))
      : report;
    const folder = mkdtempSync(join(tmpdir(), 'quoted-'));
    plant(folder, { 'src/a.py': 'x = 1\n' });
    let counted = 0;
    for (const path of textsIn(parsed)) {
      for (const change of changes) {
        const changed = withText(parsed, path, change);
        const text = isLines
          ? (changed as unknown[]).map((one) => JSON.stringify(one)).join('\n')
          : JSON.stringify(changed);
        plant(folder, { 'report.json': text });
        const argv = ['--verbose', '--merge', `${name}=report.json`, 'src'];
        const { out, err } = await runScanner(folder, argv);
        const where = path.join('.');
        expect(`${out}${err}`.includes(secret), where).toBe(false);
        expect(`${out}${err}`, where).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}|^<\/script>/mu);
        counted += Number(out.includes(`${name}/`) || out.includes('Other tools'));
      }
    }
    expect(counted).toBeGreaterThan(5);
  },
  60_000,
);
