import { resolve } from 'node:path';
import { FindingTable } from '../files/finding-table.ts';
import type { Intake } from '../files/intake.ts';
import type { LocatedFinding, Suppression } from '../files/suppressions.ts';
import { walk } from '../files/walk.ts';
import { describeOwnRules, describeRule } from '../reports/report.ts';
import { shownPath } from '../threads/take-files.ts';
import { mergeFindings } from '../tools/merge.ts';
import { readableTools, runTools } from '../tools/run-tools.ts';
import type { ToolRun } from '../tools/tool-run.ts';
import { progressBar } from './progress.ts';
import type { ScanRequest } from './request.ts';
import type { ScanOrder } from './scan-setup.ts';
import type { Surroundings } from './surroundings.ts';
import type { ToolsRequest } from './tools-request.ts';

/** The findings of the scan and those of other tools, each thing once. */
export interface WithTools {
  readonly findings: FindingTable;
  readonly runs: readonly ToolRun[];
}

/**
 * Runs the tools and reads the reports that were asked for, and makes one list of what they and the scan found. What a
 * tool did not do is noted in the intake, so that the report is incomplete.
 * @param suppressionOf of the allow-list and the baseline
 */
export async function withTools(
  tools: ToolsRequest,
  { request, folder, today }: Pick<ScanOrder, 'request' | 'folder' | 'today'>,
  surroundings: Surroundings,
  intake: Intake,
  suppressionOf: (located: LocatedFinding) => Suppression | undefined,
): Promise<WithTools> {
  const paths = request.paths.filter((path) => path !== '-').map((path) => resolve(folder, path));
  const { files, ignored } = filesBelow(paths, request, folder, intake);
  const bar = progressBar(surroundings, 'tools');
  const told = await runTools({
    ...{ folder, paths, env: surroundings.env },
    ...{ names: tools.names, areAskedFor: tools.areAskedFor, timeout: tools.timeout, target: tools.target },
    reports: tools.reports.map(({ file, tool }) => ({
      file: resolve(folder, file),
      name: file,
      tool: tool === undefined ? undefined : readableTools.get(tool),
    })),
    files,
    isLeftOut: (path) => intake.isExcluded(path) || isBelowAny(path, ignored),
    suppressionsAsOf: request.useSuppressions ? today : undefined,
    onStart: (_, done, all) => bar.show(done, all),
  });
  bar.clear();
  describeOwnRules(told.rules);
  for (const { name, outcome, detail } of told.runs) note(intake, name, outcome, detail);
  const judged = told.findings
    .filter(({ finding }) => request.only === undefined || finding.category === request.only)
    .map((located) => {
      const suppression = located.suppression ?? suppressionOf(located);
      return { ...located, ...(suppression !== undefined && { suppression }) };
    });
  const findings = new FindingTable();
  const weaknessesOf = (ruleId: string) => describeRule(ruleId, ruleId).mappings.cwe;
  for (const one of mergeFindings([...intake.findings, ...judged], weaknessesOf)) findings.add(one);
  return { findings, runs: told.runs };
}

function note(intake: Intake, name: string, outcome: ToolRun['outcome'], detail: string | undefined): void {
  if (outcome === 'failed') intake.note({ path: name }, 'tool-failed', detail);
  if (outcome === 'incomplete') intake.note({ path: name }, 'tool-incomplete', detail);
}

/** The files that the scan reads, absolute, and what it ignores, by its paths in reports. */
function filesBelow(
  paths: readonly string[],
  { useIgnoreFiles }: ScanRequest,
  folder: string,
  intake: Intake,
): { readonly files: readonly string[]; readonly ignored: ReadonlySet<string> } {
  const files = new Set<string>();
  const ignored = new Set<string>();
  for (const root of paths)
    for (const { path, skip } of walk(root, { useIgnoreFiles })) {
      const shown = shownPath(path, folder);
      if (skip === 'ignored') ignored.add(shown);
      else if (skip === undefined && !intake.isExcluded(shown)) files.add(path);
    }
  return { files: [...files], ignored };
}

/** Whether a path is one of these, or lies in a folder that is. */
function isBelowAny(path: string, places: ReadonlySet<string>): boolean {
  if (places.size === 0) return false;
  const parts = path.split('/');
  return parts.some((_, i) => places.has(parts.slice(0, i + 1).join('/')));
}
