import { complianceOf, idsTouching, type TouchedControl, type TouchedFramework } from '../compliance.ts';
import { markupText } from '../markup.ts';
import type { FindingList, Report } from '../report.ts';

const mostIds = 8;

/** For each framework the controls that findings touch, with some of their ids; the script filters by all of them. */
export function* complianceSection({ findings }: Report): Generator<string> {
  if (findings.length === 0) return;
  yield '<section class="panel" aria-labelledby="compliance">\n<h2 id="compliance">Compliance</h2>\n';
  yield '<p>Controls that the findings touch. A control that is not listed is not met for that reason alone.</p>\n';
  for (const framework of complianceOf(findings)) yield* tableOf(framework, findings);
  yield '</section>\n';
}

function* tableOf(
  { name, version, url, controls }: TouchedFramework,
  findings: FindingList,
): Generator<string> {
  const heading = `<a href="${url}" rel="noopener noreferrer">${name}</a> <span class="quiet">${version}</span>`;
  yield `<h3>${heading}</h3>\n`;
  if (controls.length === 0) {
    yield '<p class="none">No finding touches it.</p>\n';
    return;
  }
  yield `<table>\n<thead><tr><th scope="col">Control</th><th scope="col" class="number">Findings</th><th scope="col">Which</th></tr></thead>\n<tbody>\n`;
  for (const control of controls) yield row(control, findings);
  yield '</tbody>\n</table>\n';
}

function row(control: TouchedControl, findings: FindingList): string {
  const links = [...idsTouching(control, findings, mostIds)].map((id) => `<a href="#${id}">${id}</a>`);
  const more = control.count - links.length;
  const rest = more > 0 ? ` <span class="quiet">and ${more} more</span>` : '';
  const title = control.title === undefined ? '' : ` ${markupText(control.title)}`;
  const button = `<button type="button" hidden data-rules="${markupText([...control.ruleIds].join(' '))}" data-label="${markupText(control.id)}">Show</button>`;
  return `<tr><th scope="row"><b>${markupText(control.id)}</b>${title}</th><td class="number">${control.count}</td><td class="ids">${button}${links.join(' ')}${rest}</td></tr>\n`;
}
