import type { z } from 'zod';
import { type Actor, type Authorized, can } from '../access/actor.ts';
import { AccessError } from '../access/errors.ts';
import type { Recorder } from '../audit/recorder.ts';
import { auditActor, type Origin, traced } from '../http/origin.ts';
import { newId } from '../ids.ts';
import { LimitError } from '../limits/errors.ts';
import type { listedPolicy } from './answers.ts';
import type { Policy, PolicyName, PolicyOutcome, PolicyRun } from './policy.ts';

export interface PolicyDeps {
  policies: readonly Policy[];
  recorder: Pick<Recorder, 'record'>;
  now: () => number;
}

/** What a run did: the counts of the policy, or the code of its failure. */
export type PolicyReport = Readonly<Record<string, number | boolean>> | { readonly failed: string };

/** A policy as its list shows it. */
export type ListedPolicy = z.output<typeof listedPolicy>;

const PERIOD_MS = { hour: 3_600_000, day: 86_400_000 };

/** Runs the policies: each hour by itself, and when somebody asks for it. One that fails keeps none from its turn. */
export class PolicyService {
  private readonly deps: PolicyDeps;
  private readonly lastRuns = new Map<PolicyName, { at: number; result: PolicyReport }>();
  /** The hour or day in which a policy last ran by itself. */
  private readonly ranIn = new Map<PolicyName, number>();
  /** Where a run was asked for that has not ended. A second one would only make everybody else's wait. */
  private readonly asked = new Set<string>();
  private turn: Promise<unknown> = Promise.resolve();
  private stopped = false;

  constructor(deps: PolicyDeps) {
    this.deps = deps;
  }

  /** Those that the actor may run. */
  list(actor: Authorized<'policies:execute'>): ListedPolicy[] {
    return this.open(actor).map(({ name, description, scope, schedule, settings }) => {
      const last = this.lastRuns.get(name);
      return {
        name,
        description,
        scope,
        schedule: schedule.every === 'hour' ? 'hourly' : 'daily',
        settings,
        last_run: last
          ? { at: new Date(last.at).toISOString(), ...(rulesServer(actor) && { result: last.result }) }
          : null,
      };
    });
  }

  /**
   * Runs policies once, in their own order: for the whole server when its administrator asks, else for the namespace
   * that the actor acts in. Without `names` those that the actor may run.
   * @throws AccessError `permission_denied` for one that is not the actor's to run; then none runs. LimitError
   * `rate_limited` while a run for the same namespace, or for the server, was asked for and has not ended.
   */
  async run(
    actor: Authorized<'policies:execute'>,
    names: readonly PolicyName[] | undefined,
    origin: Origin,
  ): Promise<{ ran_at: string; policies: Record<string, PolicyReport> }> {
    const open = this.open(actor);
    for (const name of names ?? [])
      if (!open.some((policy) => policy.name === name))
        throw new AccessError('permission_denied', 'users:manage');
    const run: PolicyRun = {
      actor: auditActor(actor),
      guard: actor.guard,
      origin,
      ...(!rulesServer(actor) && { namespace: actor.namespace }),
    };
    const at = this.deps.now();
    const chosen = open.filter(({ name }) => names?.includes(name) ?? true);
    const place = run.namespace?.publicId ?? 'server';
    if (this.asked.has(place)) throw new LimitError('rate_limited', 1);
    this.asked.add(place);
    try {
      const policies = await this.inTurn(() => this.each(chosen, run, { tellAlways: true, toItsEnd: false }));
      return { ran_at: new Date(at).toISOString(), policies };
    } finally {
      this.asked.delete(place);
    }
  }

  /**
   * What is due by itself, each to its end. A run that had nothing to do is no event: an idle server's log stands still.
   * Never throws.
   */
  async runDue(when: 'start' | 'hour'): Promise<void> {
    const at = this.deps.now();
    const due = this.deps.policies.filter(({ name, schedule: { every, atStart } }) => {
      if (when === 'start') return atStart;
      return this.ranIn.get(name) !== Math.floor(at / PERIOD_MS[every]);
    });
    // One id for all that a run does, so that the log shows what belongs together.
    const run: PolicyRun = { actor: { kind: 'system' }, origin: { requestId: newId(), client: {} } };
    await this.inTurn(() => this.each(due, run, { tellAlways: false, toItsEnd: true })).catch(
      () => undefined,
    );
    for (const { name, schedule } of due)
      if (when === 'hour') this.ranIn.set(name, Math.floor(at / PERIOD_MS[schedule.every]));
  }

  /** Begins nothing more; what is under way ends with its portion. */
  stop(): void {
    this.stopped = true;
  }

  private open(actor: Actor): Policy[] {
    return this.deps.policies.filter(({ scope }) => scope === 'namespace' || rulesServer(actor));
  }

  private async each(
    policies: readonly Policy[],
    run: PolicyRun,
    how: { tellAlways: boolean; toItsEnd: boolean },
  ): Promise<Record<string, PolicyReport>> {
    const reports: Record<string, PolicyReport> = {};
    for (const policy of policies) {
      if (this.stopped) break;
      const outcome = await this.once(policy, run, how.toItsEnd);
      const { name } = policy;
      const report =
        'failed' in outcome ? { failed: outcome.failed } : { ...outcome.counts, complete: !outcome.more };
      reports[name] = report;
      if (!run.namespace) this.lastRuns.set(name, { at: this.deps.now(), result: report });
      const idle = !('failed' in outcome) && Object.values(outcome.counts).every((count) => count === 0);
      if (how.tellAlways || !idle) await this.tell(name, run, outcome);
    }
    return reports;
  }

  private async once(
    policy: Policy,
    run: PolicyRun,
    toItsEnd: boolean,
  ): Promise<PolicyOutcome | { failed: string; counts: Record<string, number> }> {
    const counts: Record<string, number> = {};
    try {
      for (;;) {
        const outcome = await policy.run(run);
        for (const [name, count] of Object.entries(outcome.counts))
          counts[name] = (counts[name] ?? 0) + count;
        if (!outcome.more || !toItsEnd || this.stopped) return { counts, more: outcome.more };
      }
    } catch (error) {
      return { failed: (error as { code?: string }).code ?? 'internal_error', counts };
    }
  }

  private async tell(
    name: PolicyName,
    run: PolicyRun,
    outcome: PolicyOutcome | { failed: string; counts: Record<string, number> },
  ): Promise<void> {
    const { actor, origin, namespace } = run;
    const { private: client, ...request } = traced(origin);
    const failed = 'failed' in outcome;
    await this.deps.recorder.record({
      ...request,
      type: failed ? 'policy.failed' : 'policy.executed',
      time: this.deps.now(),
      actor,
      ...(namespace && { namespace: namespace.publicId }),
      action: name,
      success: !failed,
      ...(failed && { code: outcome.failed }),
      private: { ...client, ...outcome.counts },
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.turn.then(work);
    this.turn = next.catch(() => undefined);
    return next;
  }
}

/** An administrator of the server, acting at home: in a namespace that one is only a member of, one is not. */
const rulesServer = (actor: Actor) => can(actor, 'users:manage');
