import type { LocatedFinding } from '../files/suppressions.ts';
import type { RuleDescription } from '../reports/report.ts';
import { cleanReferences, cleanText } from './clean-words.ts';
import { Locator, type LocatorOptions } from './locate.ts';
import type { Told } from './tool.ts';

export type DescribedRule = RuleDescription & { readonly id: string };

/** What all tools told, in the terms of the report. */
export class Gathered {
  readonly findings: LocatedFinding[] = [];
  readonly rules = new Map<string, DescribedRule>();
  readonly #locator: Locator;
  readonly #isLeftOut: (path: string) => boolean;

  /** @param isLeftOut whether the scan leaves a file out, by its path in reports */
  constructor(options: LocatorOptions, isLeftOut: (path: string) => boolean) {
    this.#locator = new Locator(options);
    this.#isLeftOut = isLeftOut;
  }

  /** @param base what relative paths of the report start from */
  add(tool: string, { findings }: Told, base: string): void {
    // Texts are read once where their findings come one after another.
    const sorted = [...findings].sort((a, b) => (a.file < b.file ? -1 : Number(a.file > b.file)));
    for (const told of sorted) {
      const located = this.#locator.locate(tool, told, base);
      if (told.category !== 'web' && this.#isLeftOut(located.place.path)) continue;
      this.findings.push(located);
      const { ruleId, title, severity } = located.finding;
      if (this.rules.has(ruleId)) continue;
      this.rules.set(ruleId, {
        id: ruleId,
        title,
        severity,
        mappings: told.mappings,
        remediation: {
          steps: told.remediation.steps.map((step) => cleanText(step)),
          references: cleanReferences(told.remediation.references),
        },
      });
    }
  }
}
