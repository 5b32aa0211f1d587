import { defaultArchiveLimits } from '../files/archive-budget.ts';
import type { Configuration } from '../files/configuration.ts';
import type { IntakeOptions } from '../files/intake.ts';
import { hideWith } from '../reports/presentable.ts';
import { describeOwnRules } from '../reports/report.ts';
import { rules } from '../rules.ts';
import { createScanner, scan } from '../scan.ts';
import type { ScanRequest } from './request.ts';
import { configurationFor, type LoadedPolicy, type LoadedSettings, loadOwnRules } from './settings-files.ts';

/** Plain data, so that every thread can make its own scanner of it. */
export interface ScanOrder {
  readonly request: ScanRequest;
  /** Absolute path of the working folder. */
  readonly folder: string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly settings: LoadedSettings | undefined;
  readonly policy?: LoadedPolicy | undefined;
}

export interface ScanSetup {
  readonly configuration: Configuration;
  readonly intake: IntakeOptions;
}

/** What a thread scans with. The main thread and each worker make it for themselves. Throws UsageError. */
export async function setUp({ request, folder, today, settings, policy }: ScanOrder): Promise<ScanSetup> {
  const configuration = configurationFor(settings, policy, request, folder, today);
  const own = await loadOwnRules(settings, policy);
  const { only } = request;
  const all = own?.scanner(true, undefined, !request.useSuppressions) ?? scan;
  // Whatever is looked for, nothing that any rule knows is shown.
  hideWith(all);
  const scanner =
    only === undefined
      ? all
      : (own?.scanner(true, only, !request.useSuppressions) ??
        createScanner(rules.filter(({ category }) => category === only)));
  if (own !== undefined) describeOwnRules(own.rules.map(({ rule }) => rule));
  return {
    configuration,
    intake: {
      scanner,
      largestText: request.largestText,
      archiveLimits: defaultArchiveLimits,
      suppressionsAsOf: request.useSuppressions ? today : undefined,
      isExcluded: configuration.isExcluded,
      ...(own !== undefined && { takeSwitchedOff: () => own.takeSwitchedOff() }),
    },
  };
}
