import { hash } from 'node:crypto';
import { regulatedField } from '../agent/regulated-fields.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import type { Category } from '../finding.ts';
import { rules as builtIn } from '../rules.ts';
import { createScanner, type Scanner } from '../scan.ts';
import { checkExamples, type RuleCheck } from './check-examples.ts';
import { ruleOf } from './defined-rule.ts';
import type { RuleDefinition } from './definition.ts';
import { loadModule, type TestedRule, type TrustedModule } from './module-rules.ts';
import { StepBudget } from './step-budget.ts';

/** Where the user's own rules come from: plain data. */
export interface OwnRuleSources {
  readonly definitions: readonly RuleDefinition[];
  readonly modules: readonly TrustedModule[];
  /** Names of regulated fields: see `agent/regulated-fields.ts`. */
  readonly fields?: readonly string[];
}

/** The user's own rules, with what keeps them in bounds. */
export class OwnRules {
  readonly rules: readonly TestedRule[];
  /** SHA-256 of all that they were made of, in hex. */
  readonly digest: string;
  readonly #budget: StepBudget;
  readonly #definitions: readonly RuleDefinition[];

  private constructor(
    { definitions, modules, fields = [] }: OwnRuleSources,
    fromModules: readonly TestedRule[],
  ) {
    this.#definitions = definitions;
    this.digest = hash('sha256', JSON.stringify([definitions, modules, fields]));
    this.#budget = new StepBudget(definitions.length);
    const defined = definitions.map((one, i) => ({
      rule: ruleOf(one, this.#budget, i),
      examples: one.examples,
    }));
    this.rules = [...defined, ...fromModules, ...fields.map(regulatedField)];
  }

  /** Runs the modules. Throws InvalidConfiguration. */
  static async from(sources: OwnRuleSources): Promise<OwnRules> {
    const fromModules: TestedRule[] = [];
    for (const one of sources.modules) fromModules.push(...(await loadModule(one)));
    const own = new OwnRules(sources, fromModules);
    const ids = own.rules.map(({ rule }) => rule.id);
    const double = ids.find((id, i) => ids.indexOf(id) !== i);
    if (double !== undefined) {
      throw new InvalidConfiguration(`two rules have the id ${double}: rename one`);
    }
    return own;
  }

  /**
   * A scanner of these rules alone, or with those that are built in; on equal terms the user's own come first.
   * @param only rules of one category
   * @param ownOnlyAdd the user's own take the place of no built-in one
   */
  scanner(withBuiltIn: boolean, only?: Category, ownOnlyAdd = false): Scanner {
    const own = this.rules.map(({ rule }) => rule);
    const all = withBuiltIn ? [...own, ...builtIn] : own;
    const wanted = only === undefined ? all : all.filter(({ category }) => category === only);
    const scan = createScanner(wanted, { ownOnlyAdd });
    return (text, options) => {
      this.#budget.refill(text.length);
      return scan(text, options);
    };
  }

  /** Tries each rule on its examples. */
  check(): RuleCheck[] {
    return this.rules.map((one) => {
      const scan = createScanner([one.rule]);
      // What the rules before it spent is none of its faults.
      this.#budget.renew();
      const refilled: Scanner = (text) => {
        this.#budget.refill(text.length);
        return scan(text);
      };
      return checkExamples(one, refilled, () => this.takeSwitchedOff().length > 0);
    });
  }

  /** Ids of the rules that were switched off, for the time they took, since this was asked last. */
  takeSwitchedOff(): readonly string[] {
    return this.#budget.takeSwitchedOff().map((index) => this.#definitions[index]!.id);
  }
}
