import { readFileSync } from 'node:fs';
import type { OverrideOutbox, OverrideRecord } from '@memhold/scanner/command';
import { refusal } from './access.ts';
import type { Context } from './context.ts';
import { CommandFailure } from './failure.ts';
import { remoteAccess } from './remote.ts';

/** Somebody waits for their push. */
const ANSWER_MS = 5000;
/** What the service takes of one record, and in one body. One that it refused would keep back all that come after. */
const MOST_FINDINGS = 5000;
const MOST_REFS = 1000;
const LIST_BYTES = 200_000;
const MOST_AT_ONCE = 100;
const BODY_BYTES = 500_000;

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
        if (answer.status !== 200 || !areKept(answer.body, overrides.length)) throw refusal(answer, true);
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

/** Whether the service says so: proxies answer 200 too, with pages of their own. */
function areKept(body: unknown, count: number): boolean {
  const { kept, known } = Object(body) as { kept?: unknown; known?: unknown };
  return typeof kept === 'number' && typeof known === 'number' && kept + known === count;
}

/** A record within the bounds of the service: a push of many refs is told by as many of them as fit. */
function sentRecord({ updates, findings, reason, remote, user, ...record }: OverrideRecord): OverrideRecord {
  return {
    ...record,
    reason: start(reason, 2000),
    remote: start(remote, 4096),
    user: start(user, 1024),
    updates: fitting(updates.slice(0, MOST_REFS).map((one) => ({ ...one, ref: start(one.ref, 2048) }))),
    findings: fitting(findings.slice(0, MOST_FINDINGS).map((one) => start(one, 300))),
  };
}

/** The end may fall into the middle of a character. */
const start = (text: string, most: number) => text.slice(0, most).toWellFormed();

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

function fitting<T>(list: readonly T[]): T[] {
  let size = 0;
  return list.filter((one) => {
    size += bytesOf(one) + 1;
    return size <= LIST_BYTES;
  });
}

function portions(records: readonly OverrideRecord[]): OverrideRecord[][] {
  const all: OverrideRecord[][] = [];
  let size = BODY_BYTES;
  for (const record of records) {
    const own = bytesOf(record) + 1;
    const last = all.at(-1);
    if (last === undefined || last.length === MOST_AT_ONCE || size + own > BODY_BYTES) {
      all.push([record]);
      size = own;
    } else {
      last.push(record);
      size += own;
    }
  }
  return all;
}
