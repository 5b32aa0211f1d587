import { writeSync } from 'node:fs';
import { constants } from 'node:os';

const ownKinds = [
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'EvalError',
  'URIError',
];

/** What kind of fault something is, in words that nobody else chose: its message may hold what was scanned. */
export function kindOfFault(fault: unknown): string {
  try {
    const { code, name } = Object(fault) as { code?: unknown; name?: unknown };
    if (typeof code === 'string' && (Object.hasOwn(constants.errno, code) || /^ERR_[A-Z_]{1,60}$/.test(code)))
      return code;
    return ownKinds.find((kind) => kind === name) ?? 'Error';
  } catch {
    // A fault may be anything, also an object that cannot be read.
    return 'Error';
  }
}

/** Where a fault was: its stack without its message; empty where they cannot be told apart. */
export function framesOf(fault: unknown): string {
  try {
    const { stack, message } = Object(fault) as { stack?: unknown; message?: unknown };
    if (typeof stack !== 'string' || typeof message !== 'string') return '';
    const end = message === '' ? '' : `: ${message}`;
    const at = stack.indexOf(`${end}\n`);
    return at === -1 ? '' : stack.slice(at + end.length + 1);
  } catch {
    return '';
  }
}

/**
 * From now on this process ends with 2 unless its outcome is settled: 0 would call what was never scanned clean, and
 * 1, with which Node ends after a fault, would mean findings. Nothing of a fault's own words is shown. For programs
 * only: it holds until the process ends.
 * @returns settles the outcome
 */
export function guardOutcome(tool: string): (code: number) => void {
  let outcome: number | undefined;
  let isTold = false;
  const fail = (reason: string) => {
    outcome = 2;
    if (isTold) return;
    isTold = true;
    try {
      writeSync(2, `${tool}: the scan failed, nothing is known (${reason})\n`);
    } catch {
      // Nobody can be told; the exit code tells.
    }
  };
  const end = (fault: unknown) => {
    fail(kindOfFault(fault));
    process.exit(2);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  process.on('exit', () => {
    // A rule module may have called process.exit, or something that was waited for never came.
    if (outcome === undefined) fail('it was ended early');
    process.exitCode = outcome ?? 2;
  });
  return (code) => {
    outcome ??= code;
  };
}
