import type { OperatorAccess } from '@memhold/server';
import type { Command } from 'commander';
import type { Context } from './context.ts';
import { CommandFailure } from './failure.ts';
import { type Access, type RemoteAccess, remoteAccess } from './remote.ts';
import { type SettingFlags, settingsFrom } from './settings.ts';

/** Flags of a command that changes a store: the data folder of this machine, or a server somewhere. */
export interface AccessFlags extends SettingFlags {
  url?: string;
  token?: string;
  json?: true;
}

type Method = Parameters<OperatorAccess['call']>[0];

/** One call of the service. @throws CommandFailure that says in words why it refused. */
export type Call = <T>(method: Method, path: string, body?: object) => Promise<T>;

const LOGIN = "access token of an administrator's login";

/** Adds the options that choose the store; `credential` says what lets in there. */
export function withAccessOptions(command: Command, credential = LOGIN): Command {
  return command
    .option('--url <address>', 'server to ask; default: the data folder, through the server that runs on it')
    .option('--token <token>', `${credential}; MEMHOLD_TOKEN keeps it out of sight`);
}

/** Runs `use` on the store that the flags name, and closes it. Flags that contradict each other are usage errors. */
export async function withAccess<T>(
  context: Context,
  self: Command,
  use: (call: Call) => Promise<T>,
): Promise<T> {
  const flags = self.optsWithGlobals<AccessFlags>();
  const access = flags.url === undefined ? await local(context, self, flags) : remote(context, self, flags);
  try {
    return await use(async <A>(method: Method, path: string, body?: object) => {
      const answer = await access.call(method, path, body);
      if (answer.status < 200 || answer.status > 299) throw refusal(answer, flags.url !== undefined);
      return answer.body as A;
    });
  } finally {
    await access.close();
  }
}

async function local(context: Context, self: Command, flags: AccessFlags): Promise<Access> {
  if (flags.token !== undefined)
    self.error('error: --token is for a server: name it with --url, or leave the token out');
  const config = await settingsFrom(context, flags);
  const { openOperatorAccess } = await context.server();
  return openOperatorAccess(config);
}

/** The server that `--url` names. Flags that contradict each other are usage errors. */
export function remote(context: Context, self: Command, { url, token, dataDir }: AccessFlags): RemoteAccess {
  if (dataDir !== undefined) self.error('error: --url and --data-dir name two stores: keep one');
  const given = (token ?? context.env.MEMHOLD_TOKEN)?.trim();
  if (!given) self.error('error: --url needs an access token: set MEMHOLD_TOKEN, or give --token');
  return remoteAccess(url!, given!);
}

/** What a refusal means for whoever typed a command, where the service's words are meant for programs. */
const REMOTE_WORDS: Record<string, string> = {
  unauthenticated:
    'the server does not accept this token (any more) — log in again and set MEMHOLD_TOKEN to the new access_token',
  step_up_required:
    'the login of this token is older than ten minutes — log in again and set MEMHOLD_TOKEN to the new access_token',
  permission_denied: "this token may not do that — use the access token of an administrator's login",
};

/** An answer that refuses, in the words of a command line. */
export function refusal(
  { status, body }: { status: number; body: unknown },
  isRemote: boolean,
): CommandFailure {
  const { code, detail } = (body ?? {}) as { code?: unknown; detail?: unknown };
  if (typeof code !== 'string' || typeof detail !== 'string' || !/^[a-z][a-z0-9_-]*$/.test(code))
    return new CommandFailure(
      'no_memhold',
      `the answer was ${status} without a reason — is this a memhold server?`,
    );
  return new CommandFailure(code, (isRemote && REMOTE_WORDS[code]) || detail);
}
