import { hash } from 'node:crypto';
import { markupText } from '../markup.ts';
import { patternOf } from '../pattern.ts';
import { describeRule, severityOrder, titleOf } from '../report.ts';
import type { RuleCount } from '../tally.ts';

/** The name of a rule's place in the page. Ids of other tools' rules may hold anything. */
export function anchorOfRule(ruleId: string): string {
  return /^[a-z][a-z0-9-]*$/.test(ruleId) ? `rule-${ruleId}` : `rule-${hash('sha256', ruleId).slice(0, 12)}`;
}

/**
 * What to do about the findings: once for each rule, because thousands of findings can have one. Rules of which all is
 * suppressed come last.
 */
export function* rulesSection(
  found: readonly RuleCount[],
  suppressed: readonly RuleCount[],
): Generator<string> {
  const ids = new Set(found.map(({ name }) => name));
  const others = suppressed.filter(({ name }) => !ids.has(name));
  if (ids.size + others.length === 0) return;
  yield '<section class="panel" aria-labelledby="what-to-do">\n<h2 id="what-to-do">What to do</h2>\n';
  for (const one of found.toSorted((a, b) => rankOf(a) - rankOf(b))) yield article(one, String(one.count));
  for (const one of others) yield article(one, `${one.count} suppressed`);
  yield '</section>\n';
}

const rankOf = ({ bySeverity }: RuleCount) => severityOrder.findIndex((severity) => bySeverity[severity] > 0);

function article(one: RuleCount, count: string): string {
  const { name, title } = one;
  const description = describeRule(name, title);
  const { steps, references } = description.remediation;
  const severity = severityOrder[rankOf(one)]!;
  return [
    `<article id="${anchorOfRule(name)}" class="rule ${severity}">`,
    `<h3><span class="severity">${severity}</span> ${markupText(titleOf({ ruleId: name, title }))} <span class="count">${count}</span></h3>`,
    `<ol class="steps">${steps.map((step) => `<li>${markupText(step)}</li>`).join('')}</ol>`,
    references.length > 0 ? `<ul class="references">${references.map(referenceItem).join('')}</ul>` : '',
    `<p class="quiet">Rule <code>${markupText(name)}</code>, looks for <code class="pattern">${markupText(patternOf(description) || name)}</code></p>`,
    '</article>\n',
  ].join('\n');
}

/** A link where it is one of the web: references of own rules come from the scanned tree. */
function referenceItem(reference: string): string {
  const text = markupText(reference);
  if (!/^https?:\/\//i.test(reference)) return `<li>${text}</li>`;
  return `<li><a href="${text}" rel="noopener noreferrer">${text}</a></li>`;
}
