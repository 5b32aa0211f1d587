import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from '../files/decode.ts';
import { readRegularFile } from '../files/read-file.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { cleanText } from './clean-words.ts';
import { findProgram, trustedFolders } from './find-program.ts';
import { type DescribedRule, Gathered } from './gathered.ts';
import { mostManifests, PartialManifest, TooManyManifests } from './manifests.ts';
import { largestReport, ReportRefused, readReport } from './read-report.ts';
import { runProgram, ToolFailure } from './run-program.ts';
import type { Invocation, Tool, ToolWork } from './tool.ts';
import { toolEnvironment } from './tool-environment.ts';
import type { ToolRun } from './tool-run.ts';
import { tools } from './tools.ts';

/** The tools that can be run, by name. */
export const runnableTools: ReadonlyMap<string, Tool> = new Map(
  tools.filter(({ program }) => program !== undefined).map((tool) => [tool.name, tool]),
);
/** All whose reports can be read, by name. */
export const readableTools: ReadonlyMap<string, Tool> = new Map(tools.map((tool) => [tool.name, tool]));

/** A report that another run of a tool wrote. */
export interface ReportFile {
  /** Absolute. */
  readonly file: string;
  /** As messages name it. */
  readonly name: string;
  /** Undefined: its content shows whose it is. */
  readonly tool: Tool | undefined;
}

export interface ToolsOrder {
  /** Names of `runnableTools`. */
  readonly names: readonly string[];
  /** Whether it is a fault that one of them is not there. */
  readonly areAskedFor: boolean;
  readonly reports: readonly ReportFile[];
  readonly folder: string;
  /** What the scan was asked for, absolute, and the files among it that count. */
  readonly paths: readonly string[];
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds for each tool. */
  readonly timeout: number;
  /** See `Locator`; undefined: comments do not count, those of the tools neither. */
  readonly suppressionsAsOf: string | undefined;
  readonly target: string | undefined;
  /** Whether the scan leaves a file out, by its path in reports: what tools tell of it is left out too. */
  isLeftOut(path: string): boolean;
  onStart?(name: string, done: number, all: number): void;
}

export interface ToldByTools {
  readonly findings: readonly LocatedFinding[];
  /** What reports say of the tools' rules; their words are cleaned. */
  readonly rules: readonly DescribedRule[];
  readonly runs: readonly ToolRun[];
}

/** Runs the tools one after another, reads their reports and those that are handed over. Never throws for a tool. */
export async function runTools(order: ToolsOrder): Promise<ToldByTools> {
  const gathered = new Gathered(order, order.isLeftOut);
  const runs: ToolRun[] = [];
  const all = order.names.length + order.reports.length;
  for (const [i, name] of order.names.entries()) {
    order.onStart?.(name, i, all);
    runs.push(await runTool(runnableTools.get(name)!, order, gathered));
  }
  for (const [i, report] of order.reports.entries()) {
    order.onStart?.(report.name, order.names.length + i, all);
    runs.push(mergeReport(report, gathered, order.folder));
  }
  return { findings: gathered.findings, rules: [...gathered.rules.values()], runs };
}

async function runTool(tool: Tool, order: ToolsOrder, gathered: Gathered): Promise<ToolRun> {
  const { name } = tool;
  const tree = [order.folder, ...order.paths];
  const folders = trustedFolders(order.env.PATH, tree);
  const program = findProgram(tool.program!, folders, tree);
  if (program === undefined) {
    const outcome = order.areAskedFor ? 'failed' : 'not-installed';
    return { name, outcome, findings: 0, detail: `${tool.program} is not installed: ${tool.install}` };
  }
  const scratch = mkdtempSync(join(tmpdir(), 'memhold-tool-'));
  try {
    const env = toolEnvironment(order.env, tool.variables ?? [], folders);
    const work: ToolWork = {
      ...{ program, folder: order.folder, paths: order.paths, files: order.files, target: order.target },
      scratch: join(scratch, 'work'),
      useSuppressions: order.suppressionsAsOf !== undefined,
      hasVariable: (variable) => env[variable] !== undefined && (tool.variables ?? []).includes(variable),
    };
    mkdirSync(work.scratch, { mode: 0o700 });
    const invocations = tool.plan!(work);
    if (invocations.length === 0)
      return { name, outcome: 'nothing-to-do', findings: 0, detail: 'nothing here is for it' };
    const versioned = versionOf(tool, program, scratch, env);
    const run = await carryOut(tool, program, invocations, order, env, gathered);
    const version = await versioned;
    return { name, ...run, ...(version !== undefined && { version }) };
  } catch (error) {
    return { name, outcome: 'failed', findings: 0, detail: reasonOf(error) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function carryOut(
  tool: Tool,
  program: string,
  invocations: readonly Invocation[],
  order: ToolsOrder,
  env: Record<string, string>,
  gathered: Gathered,
): Promise<Pick<ToolRun, 'outcome' | 'findings' | 'detail'>> {
  const before = gathered.findings.length;
  const unread: string[] = [];
  const deadline = Date.now() + order.timeout;
  let fault: string | undefined;
  for (const invocation of invocations) {
    try {
      const text = await reportOf(tool, program, invocation, Math.max(1, deadline - Date.now()), env);
      const { told } = readReport(text, tool, invocation.manifest);
      gathered.add(tool.name, told, invocation.base ?? invocation.folder);
      unread.push(...(told.unread ?? []));
    } catch (error) {
      // The others may tell something all the same.
      fault ??= reasonOf(error);
    }
  }
  const findings = gathered.findings.length - before;
  if (fault !== undefined) return { outcome: 'failed', findings, detail: fault };
  return { ...outcomeOf('ran', unread), findings };
}

async function reportOf(
  tool: Tool,
  program: string,
  { args, folder, reportFile }: Invocation,
  timeout: number,
  env: Record<string, string>,
): Promise<string> {
  const { code, output } = await runProgram({
    program,
    args,
    folder,
    env,
    timeout,
    largestOutput: largestReport,
  });
  if (!(tool.doneCodes ?? [0]).includes(code))
    throw new ToolFailure(`it ended with ${code}: run it yourself to see why`);
  if (reportFile === undefined) return output.toString('utf8');
  return readText(reportFile);
}

function readText(file: string): string {
  const result = readRegularFile(file, () => largestReport);
  if ('bytes' in result) return decode(result.bytes).text;
  throw new ToolFailure(
    result.skip === 'too-large'
      ? 'its report is larger than 64 MB'
      : 'its report is missing or cannot be read',
  );
}

function mergeReport({ file, name, tool }: ReportFile, gathered: Gathered, folder: string): ToolRun {
  const before = gathered.findings.length;
  try {
    const read = readReport(readText(file), tool);
    gathered.add(read.tool.name, read.told, join(folder, '.'));
    const findings = gathered.findings.length - before;
    return { name, ...outcomeOf('merged', read.told.unread ?? []), findings };
  } catch (error) {
    return { name, outcome: 'failed', findings: 0, detail: reasonOf(error) };
  }
}

function outcomeOf(done: 'ran' | 'merged', unread: readonly string[]): Pick<ToolRun, 'outcome' | 'detail'> {
  if (unread.length === 0) return { outcome: done };
  const more = unread.length > 1 ? ` and ${unread.length - 1} more` : '';
  return { outcome: 'incomplete', detail: `it could not look at ${cleanText(unread[0]!, 120)}${more}` };
}

function reasonOf(error: unknown): string {
  if (error instanceof ToolFailure || error instanceof ReportRefused) return error.message;
  if (error instanceof TooManyManifests)
    return `there are more than ${mostManifests} files for it: scan folders one by one`;
  if (error instanceof PartialManifest) return cleanText(error.message, 200);
  return 'its report could not be understood';
}

async function versionOf(
  tool: Tool,
  program: string,
  folder: string,
  env: Record<string, string>,
): Promise<string | undefined> {
  if (tool.versionArguments === undefined) return undefined;
  try {
    const args = tool.versionArguments;
    const { output } = await runProgram({
      program,
      args,
      folder,
      env,
      timeout: 10_000,
      largestOutput: 100_000,
    });
    return /(?<![\d.])\d{1,5}(?:\.\d{1,5}){1,3}(?!\d)/.exec(output.toString('latin1', 0, 500))?.[0];
  } catch {
    // It has no version to tell; what it finds counts all the same.
    return undefined;
  }
}
