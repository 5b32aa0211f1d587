import type { z } from 'zod';
import type { Authorized } from '../../access/actor.ts';
import type { Json } from '../../audit/canonical-json.ts';
import { UnitRefused } from '../../database/errors.ts';
import { type Address, open, seal } from '../../encryption/seal.ts';
import type { Origin } from '../../http/origin.ts';
import { newId } from '../../ids.ts';
import { ScanDigests } from '../digests.ts';
import { scanEvent } from '../events.ts';
import { PAGE_BYTES, pageOf } from '../pages.ts';
import { screenTexts } from '../screening.ts';
import { type ScanDeps, unbound } from '../service.ts';
import type { OverrideInput, OverrideQuery, storedOverride } from './schema.ts';
import { insertOverride, type OverrideRow, overrideFree, overridesOf, roomForOverride } from './store.ts';

/** Records that one namespace may have; what is old goes by itself. */
const MOST = 100_000;
/** After every id that there is. */
const LAST_ID = 'g';

export type PushOverride = z.output<typeof storedOverride>;

/** Vetoes that somebody overrode in a clone, kept where that somebody cannot change them. */
export class OverrideService {
  private readonly deps: ScanDeps;

  constructor(deps: ScanDeps) {
    this.deps = deps;
  }

  /**
   * Keeps records, each once however often it is sent.
   * @throws MemoryError `content_rejected`; AccessError; UnitRefused `limit_reached`: those before it are kept
   */
  async record(
    actor: Authorized<'scans:write'>,
    origin: Origin,
    records: readonly OverrideInput[],
  ): Promise<{ kept: number; known: number }> {
    unbound(actor, 'scans:write');
    const texts = await screenTexts(records.flatMap(textsOf));
    let kept = 0;
    for (const record of records) if (await this.keep(actor, origin, record, texts)) kept++;
    return { kept, known: records.length - kept };
  }

  /** Newest first. Told to the log. @throws AccessError */
  async list(
    actor: Authorized<'scans:read'>,
    origin: Origin,
    { limit, after = LAST_ID }: OverrideQuery,
  ): Promise<{ overrides: PushOverride[]; next: string | null }> {
    unbound(actor, 'scans:read');
    const { writer, recorder, now } = this.deps;
    const { id: namespace } = actor.namespace;
    const asked = { namespace, before: after, limit: limit + 1, bytes: PAGE_BYTES };
    const { page, next } = pageOf(await writer.read(overridesOf, asked), limit);
    const ids = page.map(({ id }) => id);
    if (ids.length > 0) {
      const event = scanEvent('scan.retrieved', { actor, origin, time: now() }, { ids, of: 'scan_override' });
      await writer.commit({ steps: [actor.guard], leaves: [recorder.leaf(event)] });
    }
    return { overrides: page.map((row) => this.open(row)), next };
  }

  /** @returns whether it was new */
  private async keep(
    actor: Authorized<'scans:write'>,
    origin: Origin,
    given: OverrideInput,
    texts: ReadonlyMap<string, string>,
  ): Promise<boolean> {
    const { writer, recorder, keys, now } = this.deps;
    const place = { id: newId(), namespace: actor.namespace.id };
    const digest = new ScanDigests(keys.digest, place.namespace).of('override', given as unknown as Json);
    const record = withTexts(given, texts);
    const time = now();
    const sealed = seal(keys.records, addressOf(place), Buffer.from(JSON.stringify(record)));
    const { report_id, reason, remote, user } = record;
    const event = scanEvent(
      'scan.override.recorded',
      { actor, origin, time },
      {
        ids: [place.id],
        of: 'scan_override',
        details: { report_id, reason, remote, pushed_by: user, findings: record.findings.length },
      },
    );
    const row = { ...place, digest, by: actor.account.publicId, at: time, body: sealed };
    try {
      await writer.commit({
        steps: [
          actor.guard,
          { ...overrideFree.bind({ namespace: place.namespace, digest }), otherwise: 'override_known' },
          { ...roomForOverride.bind({ namespace: place.namespace, most: MOST }), otherwise: 'limit_reached' },
          insertOverride.bind(row),
        ],
        leaves: [recorder.leaf(event)],
      });
      return true;
    } catch (error) {
      if (error instanceof UnitRefused && error.code === 'override_known') return false;
      throw error;
    }
  }

  private open(row: OverrideRow): PushOverride {
    const place = { id: row.id, namespace: row.namespace_id };
    const bytes = open(this.deps.keys.records, addressOf(place), row.body);
    return {
      ...(JSON.parse(bytes.toString()) as OverrideInput),
      id: row.id,
      received_at: new Date(row.created_at).toISOString(),
      submitted_by: row.submitted_by,
    };
  }
}

const addressOf = ({ id, namespace }: { id: string; namespace: number }): Address => ({
  namespace,
  table: 'scan_overrides',
  row: id,
  field: 'body',
});

const textsOf = ({ report_id: id, reason, remote, user, updates, findings }: OverrideInput) => [
  id,
  reason,
  remote,
  user,
  ...updates.map(({ ref }) => ref),
  ...findings,
];

function withTexts(record: OverrideInput, texts: ReadonlyMap<string, string>): OverrideInput {
  const clean = (text: string) => texts.get(text) ?? text;
  return {
    ...record,
    report_id: clean(record.report_id),
    reason: clean(record.reason),
    remote: clean(record.remote),
    user: clean(record.user),
    updates: record.updates.map((one) => ({ ...one, ref: clean(one.ref) })),
    findings: record.findings.map(clean),
  };
}
