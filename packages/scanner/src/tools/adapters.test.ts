import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoted, toolCases } from '../testing/tool-cases.ts';
import { ReportRefused, readReport } from './read-report.ts';
import { readableTools, runnableTools } from './run-tools.ts';
import type { ToolFinding } from './tool.ts';
import { readableNames, runnableNames } from './tool-names.ts';

const textOf = (report: unknown) => (typeof report === 'string' ? report : JSON.stringify(report));
const plain = ({ secretIn: _, ...finding }: ToolFinding) => JSON.stringify(finding);

describe('every adapter', () => {
  it('is in the lists of names that the command line checks against', () => {
    expect([...runnableTools.keys()]).toEqual([...runnableNames]);
    expect([...readableTools.keys()].sort()).toEqual([...readableNames].sort());
    expect(Object.keys(toolCases).sort()).toEqual([...readableNames].sort());
  });

  it.each(Object.entries(toolCases))(
    '%s: reads what matters, by its name and by its content',
    (name, one) => {
      for (const tool of [readableTools.get(name), undefined]) {
        const { tool: found, told } = readReport(textOf(one.report), tool);
        expect(found.name).toBe(name);
        expect(told.findings).toMatchObject(one.expected);
        expect(told.findings).toHaveLength(one.expected.length);
        expect(told.unread ?? []).toEqual(one.unread ?? []);
        expect(told.findings.map(plain).join()).not.toContain(quoted);
      }
    },
  );

  it.each(Object.entries(toolCases))(
    '%s: refuses a report with a field of the wrong kind, and says where',
    (name, one) => {
      const text = textOf(one.report);
      const fields = [
        '"line_number":4',
        '"check_id":"js',
        '"filePath":"',
        '"RuleID":"',
        '"code":"DL',
        '"name":"django"',
        '"package_name":"py"',
        '"Target":"web',
        '"pluginid":"10038"',
        '"ruleId":"',
        '"url":"',
        '"module_name":"',
        '"id":"SNYK',
      ];
      let isTried = false;
      for (const field of fields.filter((field) => text.includes(field))) {
        const at = text.indexOf(field);
        const broken = `${text.slice(0, at)}${field.split(':')[0]}:{"a":1},"_${text.slice(at + 1)}`;
        expect(() => readReport(broken, readableTools.get(name))).toThrow(ReportRefused);
        isTried = true;
      }
      expect(isTried).toBe(true);
    },
  );

  it.each(Object.entries(toolCases))(
    '%s: throws nothing but a refusal, whatever a report holds',
    (name, one) => {
      const tool = readableTools.get(name)!;
      const report =
        tool.parse === undefined ? JSON.parse(textOf(one.report)) : tool.parse(textOf(one.report));
      const paths = [...pathsIn(report)];
      const value = fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.constantFrom('', '\0', '__proto__', -1, 1e300, '💥', null, [], {}),
      );
      fc.assert(
        fc.property(fc.nat(paths.length - 1), value, (i, replacement) => {
          const changed = structuredClone(report);
          setAt(changed, paths[i]!, replacement);
          try {
            const { findings } = tool.read(changed);
            for (const finding of findings) finding.secretIn?.('some text', 0);
          } catch (error) {
            expect((error as Error).constructor.name).toBe('UnreadableReport');
          }
        }),
        { numRuns: process.env.MEMHOLD_TEST_LONG === '1' ? 20_000 : 200 },
      );
    },
  );

  it('refuses empty lists of nobody, and takes them of a tool', () => {
    expect(() => readReport('[]', undefined)).toThrow('say whose it is');
    for (const name of ['gitleaks', 'eslint', 'hadolint'])
      expect(readReport('[]', readableTools.get(name)).told.findings).toEqual([]);
    expect(() => readReport('{"message": "405", "error": {}}', readableTools.get('npm-audit'))).toThrow(
      ReportRefused,
    );
    expect(() => readReport('', undefined)).toThrow(ReportRefused);
  });
});

function* pathsIn(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    yield here;
    yield* pathsIn(member, here);
  }
}

function setAt(root: unknown, path: (string | number)[], replacement: unknown): void {
  let at = root as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  at[path.at(-1)!] = replacement;
}
