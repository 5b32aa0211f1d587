import type { LocatedFinding } from '../../files/suppressions.ts';
import { markupText } from '../markup.ts';
import {
  categoryName,
  describeRule,
  findingId,
  type Report,
  sentence,
  severityOrder,
  titleOf,
} from '../report.ts';
import type { Tally } from '../tally.ts';
import { anchorOfRule } from './rules-section.ts';

/** The list of findings, the gravest first, suppressed ones last; and the form that filters it, which the script shows. */
export function* findingsSection(
  { findings, suppressed, ownersOf }: Report,
  tally: Tally,
): Generator<string> {
  yield '<section class="panel" aria-labelledby="findings">\n<h2 id="findings">Findings</h2>\n';
  yield filterForm(tally, suppressed.length);
  if (findings.length + suppressed.length === 0) yield '<p class="none">Nothing was found.</p>\n';
  yield '<ol id="list" role="list">\n';
  for (const list of [findings, suppressed])
    for (const located of list) yield item(located, ownersOf?.(located.place.path) ?? []);
  yield '</ol>\n<p id="nothing" class="none" hidden>No finding is like that.</p>\n</section>\n';
}

function filterForm({ bySeverity, byCategory }: Tally, suppressed: number): string {
  const severities = severityOrder.map(
    (severity) =>
      `<label class="chip ${severity}"><input type="checkbox" name="severity" value="${severity}" checked><span>${severity} <b>${bySeverity[severity]}</b></span></label>`,
  );
  const categories = byCategory.map(
    ({ name, count }) => `<option value="${markupText(name)}">${markupText(name)} (${count})</option>`,
  );
  return [
    '<form id="filter" hidden>',
    `<fieldset><legend>Severity</legend>${severities.join('')}</fieldset>`,
    '<div class="fields">',
    `<label>Category <select name="category"><option value="">all</option>${categories.join('')}</select></label>`,
    '<label>File <input name="file" type="search" autocomplete="off" placeholder="a part of its path"></label>',
    '<label>Text <input name="text" type="search" autocomplete="off" placeholder="title, rule, id …"></label>',
    '<label>Order <select name="order"><option value="severity">gravest first</option><option value="file">by file</option><option value="rule">by rule</option></select></label>',
    '</div>',
    '<div class="state">',
    `<label class="chip"><input type="checkbox" name="suppressed"${suppressed === 0 ? ' disabled' : ''}><span>suppressed <b>${suppressed}</b></span></label>`,
    '<p role="status" id="shown"></p>',
    '<button type="reset">Show all</button>',
    '</div>',
    '</form>\n',
  ].join('\n');
}

function item(located: LocatedFinding, owners: readonly string[]): string {
  const { finding, place, suppression } = located;
  const { remediation } = describeRule(finding.ruleId, finding.title);
  const id = findingId(located);
  const path = markupText(place.path);
  const rule = markupText(finding.ruleId);
  const anchor = anchorOfRule(finding.ruleId);
  const commit =
    place.commit === undefined ? '' : ` · commit <code>${markupText(place.commit.slice(0, 12))}</code>`;
  const reasons =
    finding.reasons === undefined
      ? ''
      : `<p class="quiet">Weighed: ${markupText(finding.reasons.join(', '))}</p>`;
  const held =
    suppression === undefined
      ? ''
      : `<p>Suppressed by ${markupText(`${suppression.by}: ${suppression.reason}`)}</p>`;
  const asked =
    owners.length === 0 ? '' : `<p class="quiet">Whom to ask: ${markupText(owners.join(', '))}</p>`;
  const also =
    finding.sameAs === undefined
      ? ''
      : `<p class="quiet">Also told as ${markupText(finding.sameAs.join(', '))}</p>`;
  const [first] = remediation.steps;
  const step =
    first === undefined
      ? ''
      : `<p class="step">${markupText(first)}${anchor === undefined ? '' : ` <a href="#${anchor}">All steps</a>`}</p>`;
  return [
    `<li id="${id}" class="${finding.severity}${suppression === undefined ? '' : ' suppressed'}" data-category="${markupText(categoryName(finding.category))}" data-rule="${rule}" data-path="${path}">`,
    `<details><summary><span class="severity">${finding.severity}</span><span class="title">${markupText(titleOf(finding))} <code>${markupText(finding.preview)}</code></span><span class="place">${path}:${finding.line}:${finding.column}</span></summary>`,
    `<div class="body">${held}<p>${markupText(sentence(located))}</p>${reasons}${step}${also}${asked}<p class="quiet"><a href="#${id}">${id}</a> · rule <code>${rule}</code>${commit}</p></div></details></li>\n`,
  ].join('');
}
