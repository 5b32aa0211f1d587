import type { Actor, Authorized } from '../../access/actor.ts';
import { AccessError } from '../../access/errors.ts';
import type { AuditEvent } from '../../audit/entry.ts';
import { UnitRefused } from '../../database/errors.ts';
import type { Step } from '../../database/unit.ts';
import { InputError } from '../../http/input.ts';
import type { Origin } from '../../http/origin.ts';
import { ScanError, type ScanErrorCode } from '../errors.ts';
import { scanEvent } from '../events.ts';
import { LONGEST_APPROVAL_S, type NewApproval, SHORTEST_APPROVAL_S } from '../schema.ts';
import { screenedLine } from '../screening.ts';
import { newestStep, type ScanDeps, type ScanService, unbound } from '../service.ts';
import { decideScan, revokeApproval } from '../store.ts';
import { type Scan, sealVerdict } from '../stored-scan.ts';

export interface ApprovalDeps extends ScanDeps {
  scans: Pick<ScanService, 'find' | 'read'>;
}

type Approver = Authorized<'deployments:approve'>;

const DEFAULT_S = 86_400;
/** What the database refuses with, beside what every unit may be refused with. */
const REFUSALS: readonly string[] = [
  'scan_superseded',
  'already_decided',
  'not_approved',
] satisfies ScanErrorCode[];

/** What a second person decides about a deployment that needs one: once for each report, with a reason and an end. */
export class ApprovalService {
  private readonly deps: ApprovalDeps;

  constructor(deps: ApprovalDeps) {
    this.deps = deps;
  }

  /**
   * Approves or rejects. The first decision stands; of several at once, one does.
   * @throws ScanError `not_found`, `second_person_required`, `approval_impossible`, `already_decided`,
   * `scan_superseded`; AccessError for a program; InputError for an end that is too near or too far; MemoryError
   * `content_rejected`
   */
  async decide(actor: Approver, origin: Origin, id: string, given: NewApproval): Promise<Scan> {
    person(actor);
    const scan = await this.deps.scans.find(actor, origin, id);
    const by = actor.account.publicId;
    if (scan.submittedBy === by) throw new ScanError('second_person_required');
    checkOpen(scan);
    const time = this.deps.now();
    const expiresAt = given.decision === 'approve' ? endOf(given, time) : null;
    const reason = screenedLine(given.reason);
    const { decision } = given;
    const place = { id, namespace: actor.namespace.id };
    const body = sealVerdict(this.deps.keys.records, place, { decision, by, at: time, reason, expiresAt });
    const row = { ...place, verdict: decision, by, at: time, expires: expiresAt, body };
    const type = decision === 'approve' ? 'deployment.approved' : 'deployment.rejected';
    const event = scanEvent(
      type,
      { actor, origin, time },
      {
        ids: [id],
        details: { ...about(scan), reason, ...(expiresAt !== null && { expires_at: expiresAt }) },
        after: { decision, by, expires_at: expiresAt },
      },
    );
    await this.commit(actor, event, [
      newestStep(id, place.namespace),
      { ...decideScan.bind(row), otherwise: 'already_decided' },
    ]);
    return this.deps.scans.read(actor, id);
  }

  /** Takes an approval back, whoever gave it: a gate that asks from now on stays shut. @throws ScanError `not_found`, `not_approved` */
  async revoke(actor: Approver, origin: Origin, id: string): Promise<Scan> {
    unbound(actor, 'deployments:approve');
    const scan = await this.deps.scans.find(actor, origin, id);
    const time = this.deps.now();
    const event = scanEvent(
      'deployment.revoked',
      { actor, origin, time },
      { ids: [id], details: about(scan) },
    );
    const step = revokeApproval.bind({ id, namespace: actor.namespace.id, at: time });
    await this.commit(actor, event, [{ ...step, otherwise: 'not_approved' }]);
    return this.deps.scans.read(actor, id);
  }

  private async commit(actor: Actor, event: AuditEvent, steps: Step[]): Promise<void> {
    const { writer, recorder } = this.deps;
    try {
      await writer.commit({ steps: [actor.guard, ...steps], leaves: [recorder.leaf(event)] });
    } catch (error) {
      const refused = error instanceof UnitRefused && REFUSALS.includes(error.code);
      throw refused ? new ScanError(error.code as ScanErrorCode) : error;
    }
  }
}

/** @throws AccessError `permission_denied` for a program: it would be whoever holds its key who decides */
function person(actor: Approver): void {
  const { kind } = actor;
  if (kind !== 'account' && kind !== 'operator')
    throw new AccessError('permission_denied', 'deployments:approve');
  unbound(actor, 'deployments:approve');
}

/** @throws ScanError unless a decision is awaited; the transaction asks again */
function checkOpen({ judged: { decision }, replacedBy, verdict }: Scan): void {
  if (decision === 'block_deployment') throw new ScanError('approval_impossible');
  if (decision === 'proceed_with_warnings')
    throw new ScanError('approval_impossible', 'This report needs no approval: the deployment may proceed.');
  if (replacedBy !== undefined) throw new ScanError('scan_superseded');
  if (verdict) throw new ScanError('already_decided');
}

/** Epoch ms. @throws InputError */
function endOf({ expires_in: seconds = DEFAULT_S, expires_at: moment }: NewApproval, now: number): number {
  if (moment === undefined) return now + seconds * 1000;
  const at = Date.parse(moment);
  if (at >= now + SHORTEST_APPROVAL_S * 1000 && at <= now + LONGEST_APPROVAL_S * 1000) return at;
  const message = 'must be a minute to seven days from now';
  throw new InputError(`expires_at: ${message}`, [{ path: 'expires_at', message }]);
}

const about = ({ scanId, project, commit, environment }: Scan) => ({
  scan_id: scanId,
  project,
  commit,
  environment,
});
