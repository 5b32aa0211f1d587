import type { z } from 'zod';
import type { Authorized } from '../../access/actor.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Step } from '../../database/unit.ts';
import type { WriterClient } from '../../database/writer-client.ts';
import { type Address, open, seal } from '../../encryption/seal.ts';
import type { ServerKeys } from '../../encryption/server-keys.ts';
import { auditActor, type Origin, traced } from '../../http/origin.ts';
import { newId } from '../../ids.ts';
import type { Recorder } from '../recorder.ts';
import type { legalHold } from './answers.ts';
import type { HoldCriteria } from './criteria.ts';
import { HoldError } from './errors.ts';
import type { NewHold } from './schema.ts';
import {
  allHolds,
  type HoldRow,
  holdById,
  insertHold,
  liftHold,
  noFurtherHold,
  roomForHold,
} from './store.ts';

export interface HoldDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  keys: Pick<ServerKeys, 'records'>;
  recorder: Pick<Recorder, 'leaf'>;
  now: () => number;
}

/** A hold as administrators see it. */
export type Hold = z.output<typeof legalHold>;

/** What is sealed. Whether it was lifted, too: a row that was changed from outside does not open. */
interface Kept extends HoldCriteria {
  reason: string;
  placedBy: string;
  lifted?: { at: number; by: string; reason: string };
}

/** Holds in force at a time; more is no use to anybody, and each is asked for each event. */
const MOST = 1000;

/** Legal holds: what they cover stays in the log, however old it is, until they are lifted. */
export class HoldService {
  private readonly deps: HoldDeps;

  constructor(deps: HoldDeps) {
    this.deps = deps;
  }

  /** @throws UnitRefused `limit_reached` beyond a thousand in force */
  async place(actor: Authorized<'users:manage'>, input: NewHold, origin: Origin): Promise<Hold> {
    const { writer, recorder, now } = this.deps;
    const id = newId();
    const at = now();
    const { reason, namespace, user_id, from, to } = input;
    const kept: Kept = {
      reason,
      placedBy: actor.account.publicId,
      ...(namespace != null && { namespace }),
      ...(user_id != null && { userId: user_id }),
      ...(from != null && { from: Date.parse(from) }),
      ...(to != null && { to: Date.parse(to) }),
    };
    const hold = present({ id, created_at: at }, kept);
    const leaf = recorder.leaf({
      ...traced(origin, { reason, ...criteriaOf(hold) }),
      type: 'audit.hold.placed',
      time: at,
      actor: auditActor(actor),
      resource: { type: 'audit_hold', ids: [id] },
      success: true,
    });
    const room = { ...roomForHold.bind({ most: MOST }), otherwise: 'limit_reached' };
    const insert = insertHold.bind({ id, sealed: this.sealed(id, kept), at });
    await writer.commit({ steps: [actor.guard, room, insert], leaves: [leaf] });
    return hold;
  }

  /** All of them, lifted ones included, oldest first. */
  async list(_: Authorized<'users:manage'>): Promise<Hold[]> {
    const rows = await this.deps.writer.read(allHolds, {});
    return rows.map((row) => present(row, this.opened(row)));
  }

  /** @throws HoldError `not_found` where it is not in force */
  async lift(actor: Authorized<'users:manage'>, id: string, reason: string, origin: Origin): Promise<Hold> {
    const { writer, recorder, now } = this.deps;
    const [row] = await writer.read(holdById, { id });
    const before = row && this.opened(row);
    if (!before || before.lifted) throw new HoldError('not_found');
    const at = now();
    const kept: Kept = { ...before, lifted: { at, by: actor.account.publicId, reason } };
    const leaf = recorder.leaf({
      ...traced(origin, { reason }),
      type: 'audit.hold.lifted',
      time: at,
      actor: auditActor(actor),
      resource: { type: 'audit_hold', ids: [id] },
      success: true,
    });
    const step = { ...liftHold.bind({ id, sealed: this.sealed(id, kept), at }), otherwise: 'not_found' };
    try {
      await writer.commit({ steps: [actor.guard, step], leaves: [leaf] });
    } catch (error) {
      throw error instanceof UnitRefused && error.code === 'not_found' ? new HoldError('not_found') : error;
    }
    return present(row, kept);
  }

  /**
   * What must be kept now, and a step that refuses (`holds_changed`) once there is a hold that is not among them.
   * @throws EncryptionError when a hold was changed from outside: then nobody knows what it covered.
   */
  async inForce(): Promise<{ criteria: HoldCriteria[]; unchanged: Step }> {
    const rows = await this.deps.writer.read(allHolds, {});
    const criteria = rows.map((row) => this.opened(row)).filter(({ lifted }) => !lifted);
    const unchanged = { ...noFurtherHold.bind({ known: rows.length }), otherwise: 'holds_changed' };
    return {
      criteria: criteria.map(({ reason: _, placedBy: __, ...rest }) => rest),
      unchanged,
    };
  }

  private sealed(id: string, kept: Kept): Uint8Array {
    return seal(this.deps.keys.records, addressOf(id), Buffer.from(JSON.stringify(kept)));
  }

  private opened({ id, sealed }: Pick<HoldRow, 'id' | 'sealed'>): Kept {
    return JSON.parse(open(this.deps.keys.records, addressOf(id), sealed).toString()) as Kept;
  }
}

const addressOf = (id: string): Address => ({ namespace: 0, table: 'audit_holds', row: id, field: 'hold' });
const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

function present({ id, created_at }: Pick<HoldRow, 'id' | 'created_at'>, kept: Kept): Hold {
  const { reason, namespace = null, userId = null, from, to, placedBy, lifted } = kept;
  return {
    id,
    reason,
    namespace,
    user_id: userId,
    from: iso(from),
    to: iso(to),
    placed_at: new Date(created_at).toISOString(),
    placed_by: placedBy,
    lifted_at: iso(lifted?.at),
    lifted_by: lifted?.by ?? null,
    lift_reason: lifted?.reason ?? null,
  };
}

function criteriaOf({ namespace, user_id, from, to }: Hold): Record<string, string> {
  return {
    ...(namespace !== null && { hold_namespace: namespace }),
    ...(user_id !== null && { hold_user_id: user_id }),
    ...(from !== null && { hold_from: from }),
    ...(to !== null && { hold_to: to }),
  };
}
