import { ApprovalService } from './scans/approvals/service.ts';
import { OverrideService } from './scans/overrides/service.ts';
import { type ScanDeps, ScanService } from './scans/service.ts';
import { ScanUpkeep } from './scans/upkeep.ts';

/** Wires reports of scans, the decisions of people about them, and what becomes of both. */
export function scanSide(deps: ScanDeps) {
  const scans = new ScanService(deps);
  return {
    scans,
    approvals: new ApprovalService({ ...deps, scans }),
    overrides: new OverrideService(deps),
    upkeep: new ScanUpkeep(deps),
    now: deps.now,
  };
}
