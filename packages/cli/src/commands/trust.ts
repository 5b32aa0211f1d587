import { resolve } from 'node:path';
import type { NamedModules, TrustedEntry } from '@memhold/scanner/trust';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';
import { UsageFailure } from '../failure.ts';
import { shortTime, table } from '../table.ts';

interface TrustFlags {
  list?: true;
  remove?: true;
  yes?: true;
}

type Trust = typeof import('@memhold/scanner/trust');

/** The exit code of a change that was shown and not made. */
const NOT_DONE = 1;

export function registerTrust(program: Command, context: Context): void {
  const command = program
    .command('trust')
    .description("let a project's rule modules and its agent run, in scans and pushes: they are code")
    .argument('[path]', 'the folder; with --remove also a SHA-256', '.')
    .option('--list', 'show what is trusted')
    .option('--remove', 'trust them no longer')
    .option('--yes', 'do not ask')
    .action((path: string, flags: TrustFlags) => trust(context, path, flags));
  withExamples(
    command,
    'memhold trust',
    'memhold trust --list',
    'memhold trust --remove',
    'memhold trust ../orders --yes',
  );
}

async function trust(context: Context, path: string, flags: TrustFlags): Promise<void> {
  if (flags.list && flags.remove)
    throw new UsageFailure('usage', '--list and --remove exclude each other: keep one');
  const scanner = await import('@memhold/scanner/trust');
  const file = await told(scanner, () => scanner.trustFile(context.env));
  const trusted = await told(scanner, () => scanner.readTrusted(file));
  if (flags.list) return list(context, scanner, trusted, file);
  if (flags.remove && /^[\da-f]{64}$/i.test(path))
    return remove(context, scanner, trusted, ({ sha256 }) => sha256 === path.toLowerCase());
  const named = await told(scanner, () => scanner.modulesOf(resolve(path)));
  if (named.modules.length === 0) {
    context.out(`${scanner.printable(named.settings)} names no modules: there is nothing to trust.`);
    return;
  }
  if (flags.remove) {
    // By place too: the bytes that were trusted may have changed since.
    const isNamed = (one: TrustedEntry) =>
      named.modules.some(({ sha256, path }) => one.sha256 === sha256 || one.path === path);
    return remove(context, scanner, trusted, isNamed);
  }
  await add(context, scanner, trusted, named, flags);
}

async function add(
  context: Context,
  scanner: Trust,
  trusted: readonly TrustedEntry[],
  { modules }: NamedModules,
  { yes }: TrustFlags,
): Promise<void> {
  const hashes = new Set(trusted.map(({ sha256 }) => sha256));
  const paths = new Set(trusted.map((one) => one.path));
  const stateOf = (one: { sha256: string; path: string }) =>
    hashes.has(one.sha256) ? 'trusted' : paths.has(one.path) ? 'changed' : 'new';
  const rows = modules.map((one) => [stateOf(one), one.sha256, `${one.bytes}`, scanner.printable(one.path)]);
  context.out(table([['state', 'SHA-256', 'bytes', 'module'], ...rows], context.colours));
  const wanted = modules.filter(({ sha256 }) => !hashes.has(sha256));
  if (wanted.length === 0) {
    context.out('All of them are trusted already.');
    return;
  }
  context.out('They run with your rights in every scan that names them. Read them first.');
  if (!yes && !(await agreed(context))) {
    context.exitCode = NOT_DONE;
    return;
  }
  const trustedAt = new Date().toISOString();
  const added = wanted.map(({ sha256, path }) => ({ sha256, path, trustedAt }));
  // Older bytes of the same file are not kept: nobody could find them again to look at them.
  const places = new Set(added.map(({ path }) => path));
  save(context, scanner, [...trusted.filter(({ path }) => !places.has(path)), ...added]);
  context.out(`Trusted: ${added.length}. Any change of a module ends its trust.`);
}

function remove(
  context: Context,
  scanner: Trust,
  trusted: readonly TrustedEntry[],
  isMeant: (entry: TrustedEntry) => boolean,
): void {
  const kept = trusted.filter((entry) => !isMeant(entry));
  if (kept.length === trusted.length) {
    context.out('None of them is trusted: nothing was changed.');
    return;
  }
  save(context, scanner, kept);
  context.out(`No longer trusted: ${trusted.length - kept.length}.`);
}

function list(context: Context, { printable }: Trust, trusted: readonly TrustedEntry[], file: string): void {
  const rows = trusted.map(({ sha256, path, trustedAt }) => [sha256, shortTime(trustedAt), printable(path)]);
  const shown = table([['SHA-256', 'trusted', 'module'], ...rows], context.colours);
  context.out(rows.length === 0 ? `Nothing is trusted in ${printable(file)}.` : shown);
}

function save({ env }: Context, { trustFile, writeTrusted }: Trust, entries: readonly TrustedEntry[]): void {
  writeTrusted(trustFile(env), entries);
}

async function agreed({ ask, err }: Context): Promise<boolean> {
  if (!ask) {
    err('Nothing was changed: add --yes to trust them.');
    return false;
  }
  const answer = await ask('Trust them? [y/N] ');
  if (/^y(?:es)?$/i.test(answer.trim())) return true;
  err('Nothing was changed.');
  return false;
}

/** A folder or a file that is not as it should be ends the command with 2. Their names may be anything, also a secret. */
async function told<T>(
  { ModulesUnreadable, TrustStoreError, printable }: Trust,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModulesUnreadable || error instanceof TrustStoreError)
      throw new UsageFailure('modules_unreadable', printable(error.message));
    const { code, path, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    throw new UsageFailure('modules_unreadable', `${printable(path ?? 'a file')}: cannot be read (${code})`);
  }
}
