import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { Leaf, Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { EncryptionError } from '../encryption/errors.ts';
import { open, seal } from '../encryption/seal.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import { MailError } from './errors.ts';
import type { Mail } from './mail.ts';
import { nextAttempt } from './retry.ts';
import { claimMail, type DueMail, deleteMail, postponeMail } from './store.ts';
import type { MailTransport } from './transports.ts';

export interface DeliveryDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: Pick<ServerKeys, 'records' | 'digest'>;
  recorder: Recorder;
  transport: MailTransport;
  /** Epoch milliseconds. */
  now: () => number;
}

/** How long a process that took a mail keeps it to itself; longer than a transport may take for it. */
const LEASE = 120_000;

const address = (row: string) => ({ namespace: 0, table: 'mail_queue', row, field: 'mail' });

export function sealMail({ records }: Pick<ServerKeys, 'records'>, id: string, mail: Mail): Buffer {
  const { to, subject, text } = mail;
  return seal(records, address(id), Buffer.from(JSON.stringify({ to, subject, text })));
}

/** One try to hand a mail over, unless another process is at it. @throws DatabaseError */
export async function deliver(deps: DeliveryDeps, row: DueMail): Promise<void> {
  const { writer, keys, transport } = deps;
  const now = deps.now();
  const claim = claimMail.bind({ id: row.id, attempts: row.attempts, now, until: now + LEASE });
  if (!(await commitUnlessTaken(deps, claim))) return;
  let mail: Mail | undefined;
  try {
    mail = JSON.parse(open(keys.records, address(row.public_id), row.sealed).toString()) as Mail;
    await transport.send(mail);
  } catch (error) {
    const next = nextTry(row, error, deps.now());
    await (next === undefined ? giveUp(deps, row, mail, error) : postpone(deps, row, next));
    return;
  }
  await writer.commit({ steps: [deleteMail.bind({ id: row.id })], leaves: [] });
}

function nextTry(row: DueMail, error: unknown, now: number): number | undefined {
  const isPermanent = error instanceof MailError ? error.isPermanent : error instanceof EncryptionError;
  if (isPermanent) return undefined;
  return nextAttempt({ createdAt: row.created_at, failures: row.attempts + 1, now });
}

async function postpone({ writer }: DeliveryDeps, { id, attempts }: DueMail, next: number): Promise<void> {
  await writer.commit({ steps: [postponeMail.bind({ id, attempts: attempts + 1, next })], leaves: [] });
}

async function giveUp(deps: DeliveryDeps, row: DueMail, mail: Mail | undefined, error: unknown) {
  const known = error instanceof MailError || error instanceof EncryptionError;
  const leaf = deps.recorder.leaf({
    type: 'mail.failed',
    time: deps.now(),
    actor: { kind: 'system' },
    resource: { type: 'mail', ids: [row.public_id] },
    success: false,
    code: known ? error.code : 'mail_deferred',
    private: {
      address: mail?.to,
      subject: mail?.subject,
      reason: error instanceof MailError ? error.reason : (error as { code?: string }).code,
    },
  });
  await commitUnlessTaken(deps, deleteMail.bind({ id: row.id }), leaf);
}

/** False when another process was faster. */
async function commitUnlessTaken({ writer }: DeliveryDeps, step: Step, ...leaves: Leaf[]): Promise<boolean> {
  try {
    await writer.commit({ steps: [{ ...step, otherwise: 'mail_taken' }], leaves });
    return true;
  } catch (error) {
    if (error instanceof UnitRefused && error.code === 'mail_taken') return false;
    throw error;
  }
}
