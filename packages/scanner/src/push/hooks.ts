import type { Surroundings } from '../command/surroundings.ts';
import { TrustStoreError } from '../custom-rules/trust-store.ts';
import { GitFailure, type GitOptions } from '../files/git.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { allowedWord } from '../hooks/hook-script.ts';
import { printable } from '../reports/presentable.ts';
import { ALLOWED, BLOCKED } from './assess.ts';
import { judge } from './judge.ts';
import { InvalidOverride, parseOverride } from './override.ts';
import { InvalidPushInput, parseReceived, parseRefUpdates } from './ref-updates.ts';
import { type Destination, localTips, viewOf, viewOfOwn } from './remotes.ts';
import { InvalidTimeLimit, killAfter, timeLimitOf } from './time-limit.ts';

/** A push as git tells the hook of a clone of it. */
export interface PushOrder {
  readonly destination: Destination;
  /**
   * Whether standard input comes from git itself, as in an installed hook. Then no lines mean that nothing is sent;
   * else somebody in between may have swallowed them, and everything that could be sent is looked at.
   */
  readonly isFromGit: boolean;
  /** The user's folder for keys, absolute. */
  readonly ownFolder: string;
}

/**
 * Git's pre-push hook: reads what is about to be pushed from standard input, looks at every commit of it, and decides.
 * Whatever goes wrong blocks: a hook that could not look has not seen that nothing is there.
 * @returns the exit code for git: 0 lets the push through, 1 stops it
 */
export async function prePush(order: PushOrder, surroundings: Surroundings): Promise<number> {
  return closed(surroundings, async () => {
    const { env, err, folder } = surroundings;
    const { destination, ownFolder } = order;
    const request = parseOverride(env.MEMHOLD_OVERRIDE);
    const updates = parseRefUpdates(await textOf(surroundings.stdin()));
    if (updates.every(({ localId }) => localId === undefined) && (updates.length > 0 || order.isFromGit)) {
      err(
        `memhold: ${updates.length === 0 ? 'git has nothing to send' : 'refs are deleted, nothing is sent'}.`,
      );
      return ALLOWED;
    }
    const git: GitOptions = { folder, env };
    const view = await viewOf(destination, updates, git);
    const tips =
      updates.length === 0 ? await localTips(git) : updates.flatMap(({ localId }) => localId ?? []);
    const howToOverride = (id: string) => `MEMHOLD_OVERRIDE='${id}: <why>' git push …`;
    return judge({ destination, updates, tips, view, request, howToOverride, ownFolder }, surroundings);
  });
}

/**
 * Git's pre-receive hook, in the repository that is pushed to: nothing of a clone skips it. All or nothing of the push
 * is taken. An override comes as a push option, where the repository advertises them (`receive.advertisePushOptions`).
 * @returns the exit code for git: 0 takes the push, 1 refuses it
 */
export async function preReceive(ownFolder: string, surroundings: Surroundings): Promise<number> {
  return closed(surroundings, async () => {
    const { env, err, folder } = surroundings;
    const request = parseOverride(pushOption(env, 'memhold-override'));
    const updates = parseReceived(await textOf(surroundings.stdin()));
    if (updates.length === 0) throw new InvalidPushInput('git named no refs');
    const tips = updates.flatMap(({ localId }) => localId ?? []);
    if (tips.length === 0) {
      err('memhold: refs are deleted, nothing is sent.');
      return ALLOWED;
    }
    const view = await viewOfOwn({ folder, env });
    const destination = { remote: '', url: folder };
    const howToOverride = (id: string) => `git push -o memhold-override='${id}: <why>' …`;
    return judge({ destination, updates, tips, view, request, howToOverride, ownFolder }, surroundings);
  });
}

/** Push options as receive-pack hands them over (githooks(5), "pre-receive"). */
function pushOption(env: Surroundings['env'], name: string): string | undefined {
  const count = Math.min(Number(env.GIT_PUSH_OPTION_COUNT ?? 0) || 0, 100);
  for (let i = 0; i < count; i++) {
    const option = env[`GIT_PUSH_OPTION_${i}`] ?? '';
    if (option.startsWith(`${name}=`)) return option.slice(name.length + 1);
  }
  return undefined;
}

async function closed(surroundings: Surroundings, judged: () => Promise<number>): Promise<number> {
  const { tool, err, out, env } = surroundings;
  let callOff: (() => void) | undefined;
  try {
    const seconds = timeLimitOf(env.MEMHOLD_PUSH_TIMEOUT);
    const tooSlow = `the scan took longer than ${seconds} seconds (MEMHOLD_PUSH_TIMEOUT)`;
    callOff = killAfter(seconds, `${unscanned}\n${tool.name}: ${tooSlow}\n${whatNow}\n`);
    const code = await judged();
    if (code === ALLOWED) await out(`${allowedWord}\n`);
    return code;
  } catch (error) {
    err(unscanned);
    err(`${tool.name}: ${printable(reasonOf(error))}`);
    err(whatNow);
    return BLOCKED;
  } finally {
    callOff?.();
  }
}

const unscanned = '🚨 SECURITY VETO - THE PUSH COULD NOT BE SCANNED\n';
const whatNow = '\nPush BLOCKED until resolved. To see more: git fetch, then memhold hook status';

const expected = [
  ...[GitFailure, InvalidPushInput, InvalidOverride, InvalidTimeLimit, InvalidConfiguration, TrustStoreError],
];

function reasonOf(error: unknown): string {
  if (expected.some((kind) => error instanceof kind)) return (error as Error).message;
  // The message of a fault of our own may hold a part of what was scanned.
  return `the scanner failed (${(error as NodeJS.ErrnoException).code ?? (error as Error).name})`;
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}
