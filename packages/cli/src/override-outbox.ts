import { readFileSync } from 'node:fs';
import type { OverrideOutbox, OverrideRecord } from '@memhold/scanner/command';
import { refusal } from './access.ts';
import type { Context } from './context.ts';
import { CommandFailure } from './failure.ts';
import { remoteAccess } from './remote.ts';

/** Somebody waits for their push. */
const ANSWER_MS = 5000;
/** What the service takes of one record, and in one body. */
const MOST_FINDINGS = 5000;
const MOST_REFS = 1000;
const MOST_AT_ONCE = 100;
const BODY_CHARACTERS = 500_000;

/**
 * Sends overrides of pushes to the service that `MEMHOLD_CLIENT_URL` names, with a key that has `scans:write` in
 * `MEMHOLD_CLIENT_TOKEN`, or in the file that `MEMHOLD_CLIENT_TOKEN_FILE` names. Undefined where no service is named.
 * What is wrong with these settings is said when there is something to send: it keeps no push back.
 */
export function overrideOutbox({ env }: Pick<Context, 'env'>): OverrideOutbox | undefined {
  const url = env.MEMHOLD_CLIENT_URL?.trim();
  if (!url) return undefined;
  return {
    to: url,
    async send(records) {
      const access = remoteAccess(url, tokenFrom(env), ANSWER_MS);
      for (const overrides of portions(records.map(sentRecord))) {
        const answer = await access.call('POST', '/scans/overrides', { overrides });
        if (answer.status !== 200) throw refusal(answer, true);
      }
    },
  };
}

/** @throws CommandFailure that does not quote it */
function tokenFrom({ MEMHOLD_CLIENT_TOKEN: token, MEMHOLD_CLIENT_TOKEN_FILE: file }: Context['env']): string {
  const given = token?.trim() || (file && readFileSync(file, 'utf8').trim());
  if (given) return given;
  throw new CommandFailure(
    'no_token',
    'MEMHOLD_CLIENT_URL needs a key: set MEMHOLD_CLIENT_TOKEN or MEMHOLD_CLIENT_TOKEN_FILE',
  );
}

/** A record within the bounds of the service: a push of a thousand refs is told by a thousand of them. */
function sentRecord({ updates, findings, reason, remote, user, ...record }: OverrideRecord): OverrideRecord {
  return {
    ...record,
    reason: reason.slice(0, 2000),
    remote: remote.slice(0, 4096),
    user: user.slice(0, 1024),
    updates: updates.slice(0, MOST_REFS).map((one) => ({ ...one, ref: one.ref.slice(0, 2048) })),
    findings: findings.slice(0, MOST_FINDINGS).map((one) => one.slice(0, 300)),
  };
}

function portions(records: readonly OverrideRecord[]): OverrideRecord[][] {
  const all: OverrideRecord[][] = [];
  let size = BODY_CHARACTERS;
  for (const record of records) {
    const own = JSON.stringify(record).length;
    const last = all.at(-1);
    if (last === undefined || last.length === MOST_AT_ONCE || size + own > BODY_CHARACTERS) {
      all.push([record]);
      size = own;
    } else {
      last.push(record);
      size += own;
    }
  }
  return all;
}
