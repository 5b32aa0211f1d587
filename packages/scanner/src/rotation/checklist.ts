import type { Rule } from '../rule.ts';
import { rules } from '../rules.ts';
import type { Item, RotationGuide } from './guide.ts';
import { ai } from './guides/ai.ts';
import { business } from './guides/business.ts';
import { clouds } from './guides/clouds.ts';
import { codeHosting } from './guides/code-hosting.ts';
import { messaging } from './guides/messaging.ts';
import { operations } from './guides/operations.ts';
import { kindOf, kinds } from './kinds.ts';

/** Every guide, group by group. */
export const guides: readonly RotationGuide[] = [
  ...clouds,
  ...codeHosting,
  ...ai,
  ...messaging,
  ...business,
  ...operations,
];

export interface Section {
  readonly title: string;
  readonly items: readonly Item[];
}

/** What to do about leaked credentials of one provider, or of one kind. */
export interface Checklist {
  readonly title: string;
  /** Ids of the rules that it is for. */
  readonly rules: readonly string[];
  /** Whether the steps are the provider's own, and not those of the kind. */
  readonly isExact: boolean;
  readonly sections: readonly Section[];
  readonly sources: readonly string[];
}

const titles = {
  revoke: 'Take its power away',
  uses: 'See whether somebody used it',
  dependents: 'See what else hangs on it',
  dead: 'See that the old one is dead',
} as const;

/** The checklists of these rules, each once. Ids that no rule has, as those of rules of a project's own, get the general one. */
export function checklistsFor(ruleIds: Iterable<string>): Checklist[] {
  const lists = new Map<string, Checklist>();
  for (const id of ruleIds) {
    const list = checklistFor(id);
    if (!lists.has(list.title)) lists.set(list.title, list);
  }
  return [...lists.values()];
}

function checklistFor(ruleId: string): Checklist {
  const rule = rules.find(({ id }) => id === ruleId);
  const guide = guides.find((one) => one.rules.includes(ruleId));
  if (guide !== undefined)
    return {
      title: guide.provider,
      rules: guide.rules,
      isExact: true,
      sections: sectionsOf(guide),
      sources: guide.sources,
    };
  return generalList(ruleId, rule);
}

/** Of the kind, with what the rule itself knows of its provider first. */
function generalList(ruleId: string, rule: Rule | undefined): Checklist {
  const name = kindOf(ruleId, rule?.category ?? 'secret');
  const kind = kinds[name];
  const [first] = rule?.remediation.steps ?? [];
  const own = first?.startsWith('Revoke the credential at ') ? [{ text: first }] : [];
  return {
    title: rule?.title ?? `A secret of the kind: ${name}`,
    rules: [ruleId],
    isExact: false,
    sections: sectionsOf({ ...kind, revoke: [...own, ...kind.revoke] }),
    sources: rule?.remediation.references ?? [],
  };
}

const sectionsOf = (steps: Pick<RotationGuide, keyof typeof titles>): Section[] =>
  (Object.keys(titles) as (keyof typeof titles)[]).map((name) => ({
    title: titles[name],
    items: steps[name],
  }));

/** Rules and providers whose names hold the words, in any case: what somebody typed. */
export function rulesNamed(words: string): string[] {
  const wanted = words.toLowerCase();
  const exact = rules.filter(({ id }) => id === wanted).map(({ id }) => id);
  if (exact.length > 0) return exact;
  const providers = guides.filter(({ provider }) => provider.toLowerCase().includes(wanted));
  if (providers.length > 0) return providers.map((one) => one.rules[0]!);
  return rules
    .filter(({ id, title }) => id.includes(wanted) || title.toLowerCase().includes(wanted))
    .map(({ id }) => id);
}
