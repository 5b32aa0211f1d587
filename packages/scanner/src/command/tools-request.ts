import { nearestName } from '../files/nearest-name.ts';
import { readableNames, runnableNames } from '../tools/tool-names.ts';
import type { ScanFlags } from './flags.ts';
import { UsageError } from './usage-error.ts';

/** What a command line asks of other tools, checked. Plain data. */
export interface ToolsRequest {
  readonly names: readonly string[];
  /** Whether they were named one by one, so that each must do its part. */
  readonly areAskedFor: boolean;
  readonly reports: readonly { readonly file: string; readonly tool: string | undefined }[];
  readonly target: string | undefined;
  /** Milliseconds for each tool. */
  readonly timeout: number;
}

export const allInstalled = 'all-installed';

/** Undefined where nothing is asked of them. Throws UsageError. */
export function readToolsRequest(
  flags: Pick<ScanFlags, 'with' | 'merge' | 'zapTarget' | 'toolTimeout'>,
  { paths, isOfGit }: { readonly paths: readonly string[]; readonly isOfGit: boolean },
): ToolsRequest | undefined {
  const target = readTarget(flags.zapTarget);
  const timeout = readTimeout(flags.toolTimeout ?? '10');
  if (flags.with === undefined && flags.merge === undefined) {
    if (target !== undefined || flags.toolTimeout !== undefined)
      throw new UsageError('--zap-target and --tool-timeout are for tools: name these with --with');
    return undefined;
  }
  if (flags.with !== undefined && isOfGit)
    throw new UsageError('--with looks at files as they are: leave --staged, --range and --history out');
  if (flags.with !== undefined && paths.length > 0 && paths.every((path) => path === '-'))
    throw new UsageError('--with looks at files, not at standard input: name a path');
  const areAskedFor = flags.with !== allInstalled;
  const names = readNames(flags.with, target);
  if (names.includes('zap-baseline') && target === undefined && areAskedFor)
    throw new UsageError('zap-baseline looks at a running site: say which with --zap-target');
  if (target !== undefined && !names.includes('zap-baseline'))
    throw new UsageError('--zap-target is for zap-baseline: name it with --with');
  return { names, areAskedFor, reports: (flags.merge ?? []).map(readReport), target, timeout };
}

function readNames(text: string | undefined, target: string | undefined): readonly string[] {
  if (text === undefined) return [];
  if (text === allInstalled)
    return runnableNames.filter((name) => name !== 'zap-baseline' || target !== undefined);
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  const unknown = names.find((name) => !runnableNames.some((one) => one === name));
  if (unknown === undefined) return names;
  const near = nearestName(unknown, runnableNames);
  const guess = near === undefined ? '' : `, perhaps ${near} is meant`;
  throw new UsageError(
    `--with knows no such tool${guess}: it takes ${runnableNames.join(', ')} or ${allInstalled}`,
  );
}

/** `report.json`, or `bandit=report.json` where the content does not show whose it is. */
function readReport(text: string): { file: string; tool: string | undefined } {
  const [, name, rest] = /^([a-z-]+)=(.+)$/s.exec(text) ?? [];
  const tool = readableNames.find((one) => one === name);
  if (tool !== undefined && rest !== undefined) return { file: rest, tool };
  if (text === '') throw new UsageError('--merge takes a file, as --merge bandit=report.json');
  return { file: text, tool: undefined };
}

function readTarget(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError('--zap-target takes the address of a site, as http://127.0.0.1:3000');
  if (url.username !== '' || url.password !== '')
    throw new UsageError('--zap-target takes no password: whoever lists processes would read it');
  return url.href;
}

function readTimeout(text: string): number {
  const minutes = Number(text);
  if (!/^\d+(?:\.\d+)?$/.test(text) || minutes <= 0 || minutes > 240)
    throw new UsageError('--tool-timeout takes minutes, up to 240');
  return Math.max(1, Math.round(minutes * 60_000));
}
