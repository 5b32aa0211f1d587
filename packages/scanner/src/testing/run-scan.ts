import { main, type Surroundings } from '../command.ts';

type Input = Iterable<Buffer | string> | AsyncIterable<Buffer | string>;

/** Runs a command line of the scanner in a folder, on a fixed day. */
export async function runScanner(
  folder: string,
  argv: readonly string[],
  input: Input = [],
  changed: Partial<Surroundings> = {},
) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(argv, {
    tool: { name: 'memhold-scanner', version: '1.2.3' },
    folder,
    env: { PATH: process.env.PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: '1' },
    colours: false,
    stdin: async function* () {
      yield* input;
    },
    out: async (text) => void out.push(text),
    err: (text) => void err.push(text),
    now: () => new Date('2026-11-21T12:00:00Z'),
    ...changed,
  });
  return { code, out: out.join(''), err: err.join('\n') };
}

/** What `--json` prints, as far as tests look at it. */
export interface JsonReport {
  complete: boolean;
  project: string;
  summary: Record<string, number>;
  findings: {
    rule_id: string;
    severity: string;
    file: string;
    line: number;
    column: number;
    commit?: string;
    fingerprint: string;
    id: string;
  }[];
  suppressed: { rule_id: string; suppressed_by: string; suppression_reason: string }[];
  skipped: { file: string; reason: string; incomplete: boolean }[];
  read_as_latin1: string[];
}

export async function runJson(folder: string, argv: readonly string[], input: Input = []) {
  const { code, out, err } = await runScanner(folder, ['--json', ...argv], input);
  return { code, err, report: JSON.parse(out) as JsonReport };
}
