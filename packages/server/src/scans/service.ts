import type { Actor, Authorized } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { Permission } from '../access/permissions.ts';
import type { Recorder } from '../audit/recorder.ts';
import { UnitRefused } from '../database/errors.ts';
import type { WriterClient } from '../database/writer-client.ts';
import type { ServerKeys } from '../encryption/server-keys.ts';
import type { Origin } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { decideDeployment } from './decision.ts';
import { ScanDigests } from './digests.ts';
import { ScanError } from './errors.ts';
import { scanEvent } from './events.ts';
import { PAGE_BYTES, pageOf } from './pages.ts';
import type { NewScan, ScanQuery } from './schema.ts';
import { screenReport } from './screening.ts';
import { mayProceed, stateAt } from './state.ts';
import {
  insertScan,
  nameFree,
  roomForScan,
  type ScanRow,
  scanAnywhere,
  scanById,
  scanByName,
  scansOf,
  stillNewest,
  stillUnrevoked,
} from './store.ts';
import { bodyOf, openScan, type Scan, sealBody } from './stored-scan.ts';

export interface ScanDeps {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  keys: Pick<ServerKeys, 'records' | 'digest'>;
  now(): number;
}

/** A report as it was taken; `isNew` is false where it was there already. */
export interface Submitted {
  scan: Scan;
  isNew: boolean;
}

/** Reports that one namespace may have; what is older than `KEPT_MS` goes by itself. */
const MOST = 100_000;
/** After every id that there is. */
const LAST_ID = 'g';
const NOT_ASKED = Buffer.alloc(0);

/** Reports of scans, and what they mean for a deployment. */
export class ScanService {
  private readonly deps: ScanDeps;

  constructor(deps: ScanDeps) {
    this.deps = deps;
  }

  /**
   * Keeps a report and decides from its findings. The same report again, for the same environment, is the one that is
   * there; a newer one of the same project, commit and environment takes the say from the older.
   * @throws ScanError `scan_conflict`; MemoryError `content_rejected`; AccessError; UnitRefused `limit_reached`
   */
  async submit(actor: Authorized<'scans:write'>, origin: Origin, report: NewScan): Promise<Submitted> {
    unbound(actor, 'scans:write');
    const { scan, isNew } = await this.keep(actor, origin, report);
    return { scan: await this.released(actor, origin, scan), isNew };
  }

  private async keep(actor: Actor, origin: Origin, report: NewScan): Promise<Submitted> {
    const { writer, recorder, keys, now } = this.deps;
    const { id: namespace } = actor.namespace;
    const digests = new ScanDigests(keys.digest, namespace);
    const name = digests.name(report);
    const content = digests.content(report);
    const known = await this.known(namespace, name, content);
    if (known) return known;
    const { clean, redacted } = await screenReport(report);
    const judged = decideDeployment(clean);
    const time = now();
    const place = { id: newId(), namespace };
    const submittedBy = actor.account.publicId;
    const body = bodyOf(clean, { judged, redacted, submittedBy });
    const { project, ref = null, commit = null, environment = null } = clean;
    const event = scanEvent(
      'scan.submitted',
      { actor, origin, time },
      {
        ids: [place.id],
        action: judged.decision,
        details: { scan_id: clean.scan_id, project, ref, commit, environment },
        after: { decision: judged.decision, posture: judged.posture, counts: { ...judged.counts } },
      },
    );
    const row = {
      ...place,
      name,
      content,
      place: digests.place(report),
      project: digests.of('project', report.project),
      ref: report.ref === undefined ? null : digests.of('ref', report.ref),
      commit: report.commit === undefined ? null : digests.of('commit', report.commit),
      decision: judged.decision,
      by: submittedBy,
      at: time,
      body: sealBody(keys.records, place, body),
    };
    try {
      await writer.commit({
        steps: [
          actor.guard,
          { ...nameFree.bind({ namespace, name }), otherwise: 'scan_exists' },
          { ...roomForScan.bind({ namespace, most: MOST }), otherwise: 'limit_reached' },
          insertScan.bind(row),
        ],
        leaves: [recorder.leaf(event)],
      });
    } catch (error) {
      // The same report came twice at once.
      const twice = error instanceof UnitRefused && error.code === 'scan_exists';
      const first = twice ? await this.known(namespace, name, content) : undefined;
      if (!first) throw error;
      return first;
    }
    return { scan: await this.read(actor, place.id), isNew: true };
  }

  /**
   * For whoever sends reports: without what they hold. That a deployment may go on is in the log before it is answered.
   * @throws ScanError `not_found`; AccessError
   */
  async deployment(actor: Authorized<'scans:write'>, origin: Origin, id: string): Promise<Scan> {
    unbound(actor, 'scans:write');
    return this.released(actor, origin, await this.find(actor, origin, id));
  }

  /** Told to the log. @throws ScanError `not_found`; AccessError */
  async get(actor: Authorized<'scans:read'>, origin: Origin, id: string): Promise<Scan> {
    unbound(actor, 'scans:read');
    const scan = await this.find(actor, origin, id);
    await this.tellRead(actor, origin, [id]);
    return scan;
  }

  /** Newest first. Told to the log. @throws AccessError */
  async list(
    actor: Authorized<'scans:read'>,
    origin: Origin,
    { project, ref, commit, decision, limit, after = LAST_ID }: ScanQuery,
  ): Promise<{ scans: Scan[]; next: string | null }> {
    unbound(actor, 'scans:read');
    const { writer, keys } = this.deps;
    const { id: namespace } = actor.namespace;
    const digests = new ScanDigests(keys.digest, namespace);
    const asked = (what: 'project' | 'ref' | 'commit', value: string | undefined) =>
      value === undefined ? NOT_ASKED : digests.of(what, value);
    const rows = await writer.read(scansOf, {
      namespace,
      before: after,
      project: asked('project', project),
      anyProject: Number(project === undefined),
      ref: asked('ref', ref),
      anyRef: Number(ref === undefined),
      commit: asked('commit', commit),
      anyCommit: Number(commit === undefined),
      decision: decision ?? '',
      anyDecision: Number(decision === undefined),
      limit: limit + 1,
      bytes: PAGE_BYTES,
    });
    const { page, next } = pageOf(rows, limit);
    await this.tellRead(
      actor,
      origin,
      page.map(({ id }) => id),
    );
    return { scans: page.map((row) => openScan(keys.records, row)), next };
  }

  /** What somebody asks for. @throws ScanError `not_found`, the same for one of another tenant: only the log tells of it */
  async find(actor: Actor, origin: Origin, id: string): Promise<Scan> {
    const { writer, recorder, keys, now } = this.deps;
    const [row] = await writer.read(scanById, { id, namespace: actor.namespace.id });
    if (row) return openScan(keys.records, row);
    const [foreign] = await writer.read(scanAnywhere, { id });
    if (foreign) {
      const event = scanEvent('authz.access.denied', { actor, origin, time: now() }, { ids: [id] });
      const leaf = recorder.leaf({ ...event, success: false, code: 'not_found' });
      await writer.commit({ steps: [actor.guard], leaves: [leaf] });
    }
    throw new ScanError('not_found');
  }

  /** One of the actor's own. @throws ScanError `not_found` */
  async read({ namespace }: Actor, id: string): Promise<Scan> {
    const [row] = await this.deps.writer.read(scanById, { id, namespace: namespace.id });
    if (!row) throw new ScanError('not_found');
    return openScan(this.deps.keys.records, row);
  }

  private async known(
    namespace: number,
    name: Uint8Array,
    content: Uint8Array,
  ): Promise<Submitted | undefined> {
    const [row]: (ScanRow | undefined)[] = await this.deps.writer.read(scanByName, { namespace, name });
    if (!row) return undefined;
    if (Buffer.compare(row.content_digest, content) !== 0) throw new ScanError('scan_conflict');
    return { scan: openScan(this.deps.keys.records, row), isNew: false };
  }

  /** Whoever asks so that something may go on is on record once it may, with the approval that let it. */
  private async released(actor: Actor, origin: Origin, scan: Scan): Promise<Scan> {
    const { writer, recorder, now } = this.deps;
    const { id, judged, verdict, replacedBy } = scan;
    const time = now();
    const state = stateAt(time, { decision: judged.decision, isReplaced: replacedBy !== undefined, verdict });
    if (!mayProceed(state)) return scan;
    const details = {
      project: scan.project,
      commit: scan.commit,
      environment: scan.environment,
      ...(verdict && { approved_by: verdict.by }),
    };
    const about = { ids: [id], action: state, details };
    const event = scanEvent('deployment.released', { actor, origin, time }, about);
    const place = { id, namespace: actor.namespace.id };
    const steps = [
      actor.guard,
      newestStep(id, place.namespace),
      { ...stillUnrevoked.bind(place), otherwise: 'not_approved' },
    ];
    try {
      await writer.commit({ steps, leaves: [recorder.leaf(event)] });
      return scan;
    } catch (error) {
      const isOver = error instanceof UnitRefused && ['scan_superseded', 'not_approved'].includes(error.code);
      if (!isOver) throw error;
      // Whoever came between has the say: the log never tells of a release after that.
      return this.released(actor, origin, await this.read(actor, id));
    }
  }

  /** Where secrets lie in a tree is what an attacker wants to know: who read it is on record. */
  private async tellRead(actor: Actor, origin: Origin, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const event = scanEvent('scan.retrieved', { actor, origin, time: this.deps.now() }, { ids });
    await this.deps.writer.commit({ steps: [actor.guard], leaves: [this.deps.recorder.leaf(event)] });
  }
}

/** A credential of one user's or agent's memories has no business with a project. @throws AccessError `permission_denied` */
export function unbound(actor: Actor, permission: Permission): void {
  if (actor.boundTo) throw new AccessError('permission_denied', permission);
}

/** One row while the report is the newest of its place. */
export const newestStep = (id: string, namespace: number) => ({
  ...stillNewest.bind({ id, namespace }),
  otherwise: 'scan_superseded',
});
