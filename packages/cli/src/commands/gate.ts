import { setTimeout as pause } from 'node:timers/promises';
import { type Command, CommanderError, Option } from 'commander';
import { withAccess, withAccessOptions } from '../access.ts';
import { printableJson } from '../audit-events.ts';
import type { Context } from '../context.ts';
import { type Deployment, isDeployment, wordsOf } from '../deployment.ts';
import { duration } from '../duration.ts';
import { withExamples } from '../examples.ts';
import { CommandFailure, describeFailure, oneLine } from '../failure.ts';
import { patiently } from '../patience.ts';
import { readReport, type ScanPlace, sentReport } from '../scan-report.ts';

interface Flags extends ScanPlace {
  report?: string;
  scan?: string;
  wait?: true;
  timeout: number;
  json?: true;
}

const MAY_PROCEED = 0;
const MAY_NOT = 1;
const NOT_KNOWN = 2;
const STOPPED = 130;

const FIRST_LOOK_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

export function registerGate(program: Command, context: Context): void {
  const command = withAccessOptions(
    program
      .command('gate')
      .description(
        'ask whether a deployment may go on: ends with 0 (it may), 1 (it may not) or 2 (nobody could tell)',
      )
      .option('--report <file>', 'report of memhold scan --format json; - is standard input')
      .option('--scan <id>', 'instead: a report that was sent already, by the id that the service gave it')
      .option('--project <name>', 'what is deployed; default: what the report says')
      .option('--commit <id>', 'the commit that is deployed; a newer report of it replaces this one')
      .option('--ref <ref>', 'its branch or tag')
      .option('--environment <name>', 'where to, such as production; each has approvals of its own')
      .option('--wait', 'wait until somebody decides')
      .addOption(
        new Option('--timeout <time>', 'how long at most: 30m, 2h').argParser(duration).default(1800, '30m'),
      )
      .option('--json', 'print JSON'),
    'API key that has scans:write',
  ).action((flags: Flags, self: Command) => gate(context, flags, self));
  withExamples(
    command,
    'memhold scan --format json . > scan.json; memhold gate --report scan.json --commit "$COMMIT" --url "$URL"',
    'memhold gate --report scan.json --environment production --wait --timeout 2h --url https://memory.example.org',
    'memhold gate --scan 01a1ff99-4afa-72cc-9465-db6ac32a2d6f --json',
  );
}

/** Whatever goes wrong leaves the gate shut. */
async function gate(context: Context, flags: Flags, self: Command): Promise<void> {
  if ((flags.report === undefined) === (flags.scan === undefined))
    self.error('error: name a report with --report, or one that was sent with --scan');
  const stop = new AbortController();
  // Asked for only where something is waited for: it takes Ctrl-C away from everything else.
  const stopped = flags.wait ? context.stopRequested() : new Promise<never>(() => undefined);
  void stopped.then(() => stop.abort());
  try {
    const deployment = await Promise.race([
      answered(context, flags, self, stop.signal),
      stopped.then(() => undefined),
    ]);
    context.progress?.('');
    if (deployment === undefined) {
      context.err('memhold: stopped — nobody let the deployment go on');
      context.exitCode = STOPPED;
      return;
    }
    context.exitCode = deployment.may_proceed ? MAY_PROCEED : MAY_NOT;
    const told = flags.json ? printableJson(deployment) : wordsOf(deployment).map(oneLine).join('\n');
    context.out(told);
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    context.progress?.('');
    context.exitCode = NOT_KNOWN;
    for (const line of describeFailure(inGateWords(error), context.env.MEMHOLD_LOG_LEVEL === 'debug'))
      context.err(line);
    context.err('memhold: nobody could tell whether the deployment may go on, so it may not');
    if (flags.json)
      context.out(
        JSON.stringify({ may_proceed: false, error: (error as { code?: string }).code ?? 'failed' }),
      );
  }
}

async function answered(
  context: Context,
  flags: Flags,
  self: Command,
  signal: AbortSignal,
): Promise<Deployment> {
  const ask = (path: string, body?: object) =>
    patiently(async () => {
      // One by one: a folder that was held all the time would keep out whoever approves.
      const answer = await withAccess(context, self, (call) =>
        call<unknown>(body ? 'POST' : 'GET', path, body),
      );
      if (isDeployment(answer)) return answer;
      throw new CommandFailure('no_memhold', 'the answer tells of no deployment — is this a memhold server?');
    }, signal);
  const askFor = async (id: string) => {
    const deployment = await ask(`/scans/${encodeURIComponent(id)}/deployment`);
    if (deployment.id === id.toLowerCase()) return deployment;
    throw new CommandFailure(
      'other_deployment',
      'the answer is about another report — ask the server itself',
    );
  };
  const first =
    flags.scan === undefined
      ? await ask('/scans', sentReport(await readReport(flags.report!, context.stdin), placeOf(flags)))
      : await askFor(flags.scan);
  checkPlace(first, flags);
  if (!flags.wait || first.state !== 'awaiting_approval') return first;
  return waited(context, first, flags.timeout * 1000, () => askFor(first.id), signal);
}

async function waited(
  context: Context,
  first: Deployment,
  timeoutMs: number,
  look: () => Promise<Deployment>,
  signal: AbortSignal,
): Promise<Deployment> {
  for (const line of wordsOf(first)) context.err(`memhold: ${oneLine(line)}`);
  const begun = performance.now();
  let deployment = first;
  for (let wait = FIRST_LOOK_MS; deployment.state === 'awaiting_approval'; ) {
    const left = timeoutMs - (performance.now() - begun);
    if (left <= 0 || signal.aborted) break;
    context.progress?.(`Waiting for an approval, ${inMinutes(left)} left …`);
    await pause(Math.min(wait, left), undefined, { signal }).catch(() => undefined);
    wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS);
    if (!signal.aborted) deployment = await look();
  }
  context.progress?.('');
  if (deployment.state === 'awaiting_approval' && !signal.aborted)
    context.err(`memhold: nobody decided within ${inMinutes(timeoutMs)}`);
  return deployment;
}

function placeOf({ project, ref, commit, environment }: Flags): ScanPlace {
  const given = Object.entries({ project, ref, commit, environment });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

/** An approval of something else lets nothing through. @throws CommandFailure */
function checkPlace(deployment: Deployment, flags: Flags): void {
  const place = Object.entries(
    placeOf({ ...flags, ...(flags.commit && { commit: flags.commit.toLowerCase() }) }),
  );
  const other = place.find(([name, value]) => deployment[name as keyof ScanPlace] !== value);
  if (other === undefined) return;
  const [name] = other;
  const is = deployment[name as keyof ScanPlace] ?? 'none';
  throw new CommandFailure(
    'other_deployment',
    `the report is of another ${name} (${is}) — send one of this ${name}`,
  );
}

const inMinutes = (ms: number) =>
  ms < 60_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;

/** What refusals mean for a pipeline, whose credential is a key. */
const WORDS: Record<string, string> = {
  unauthenticated: 'the service does not accept this key (any more) — make another one: memhold keys create',
  permission_denied:
    'this key may not send reports — make one with: memhold keys create --name pipeline --permission scans:write',
  scan_conflict: 'another report with this id was sent before — scan again',
  not_found:
    'there is no such report here — is it the id that the service gave, and the namespace of this key?',
};

function inGateWords(error: unknown): unknown {
  const { code } = error as { code?: string };
  const words = code === undefined ? undefined : WORDS[code];
  return words === undefined ? error : new CommandFailure(code!, words);
}
