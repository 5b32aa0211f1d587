import type { Step } from '../database/unit.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { deleteOverridesOfUntil, deleteOverridesUntil } from './overrides/store.ts';
import { deleteScansOfUntil, deleteScansUntil } from './store.ts';

/** A year and a month: what was deployed in the year that an auditor asks about is still there. */
export const SCANS_KEPT_MS = 400 * 86_400_000;
const AT_ONCE = 500;

/** Ends reports and records of overrides that have become old. What was decided about them stays in the audit log. */
export class ScanUpkeep {
  private readonly deps: { writer: Pick<WriterClient, 'commit'>; now(): number };

  constructor(deps: { writer: Pick<WriterClient, 'commit'>; now(): number }) {
    this.deps = deps;
  }

  /** A bounded run, in portions. */
  async drop(
    { guard, namespace }: { guard?: Step; namespace?: number },
    most: number,
  ): Promise<{ reports: number; overrides: number; more: boolean }> {
    const portion = { until: this.deps.now() - SCANS_KEPT_MS, limit: AT_ONCE };
    const [reports, overrides] =
      namespace === undefined
        ? [deleteScansUntil.bind(portion), deleteOverridesUntil.bind(portion)]
        : [
            deleteScansOfUntil.bind({ ...portion, namespace }),
            deleteOverridesOfUntil.bind({ ...portion, namespace }),
          ];
    const first = await this.repeat(guard, reports, most);
    const second = await this.repeat(guard, overrides, most);
    return { reports: first.dropped, overrides: second.dropped, more: first.more || second.more };
  }

  private async repeat(guard: Step | undefined, step: Step, most: number) {
    let dropped = 0;
    while (dropped < most) {
      const { rows } = await this.deps.writer.commit({
        steps: [...(guard ? [guard] : []), step],
        leaves: [],
      });
      const gone = rows.at(-1)!.length;
      dropped += gone;
      if (gone < AT_ONCE) return { dropped, more: false };
    }
    return { dropped, more: true };
  }
}
