import type { Category } from '../finding.ts';
import {
  credentialMappings,
  type Mappings,
  personalDataMappings,
  type Remediation,
  type Rule,
} from '../rule.ts';
import type { RuleDefinition } from './definition.ts';
import { parsePattern } from './pattern/parse.ts';
import { compilePattern } from './pattern/program.ts';
import { PatternSearch } from './pattern/search.ts';
import type { StepBudget } from './step-budget.ts';
import { judgeWith } from './validators.ts';

/** The rule of a definition; `index` is its place in the budget. */
export function ruleOf(definition: RuleDefinition, budget: StepBudget, index: number): Rule {
  const { id, title, category, severity, confidence, keywords, most } = definition;
  const judge = judgeWith(definition.validators);
  let search: PatternSearch | undefined;
  return {
    id,
    title,
    patterns: [definition.pattern],
    category,
    severity,
    confidence,
    isOwn: true,
    keywords,
    maximumLength: most,
    match(text, keywordStart, keywordEnd) {
      // Compiled with the first keyword: most texts have none of most rules.
      search ??= searchOf(definition);
      while (!budget.isOff(index)) {
        const found = search.find(text, keywordStart, keywordEnd, budget.left);
        const { isExhausted } = search;
        // When it runs out another rule may have spent more: then this one tries again.
        budget.spend(index, search.steps);
        if (!isExhausted) return found && { start: found.groupStart, end: found.groupEnd };
      }
      return undefined;
    },
    validate: judge,
    remediation: remediationOf(category, definition.remediation, definition.references),
    mappings: mappingsOf(category),
  };
}

function searchOf({ pattern, group, least, most }: RuleDefinition): PatternSearch {
  return new PatternSearch(compilePattern(parsePattern(pattern), group), { least, most });
}

const usual: Readonly<Record<Category, readonly string[]>> = {
  secret: [
    'Revoke the credential where it was issued: deleting the text does not make it secret again.',
    'Issue a new one, and keep it in a secret store.',
  ],
  pii: ['Remove the personal data from the text, or replace it by an invented value.'],
};

export function remediationOf(
  category: Category,
  steps: readonly string[],
  references: readonly string[],
): Remediation {
  return { steps: steps.length > 0 ? steps : usual[category], references };
}

export function mappingsOf(category: Category): Mappings {
  return category === 'secret' ? credentialMappings : personalDataMappings;
}
