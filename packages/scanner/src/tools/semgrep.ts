import { confidenceOf, severityOf } from './grades.ts';
import {
  countIfAny,
  entriesOf,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
  textsIfAny,
  within,
} from './json-shape.ts';
import type { Tool, ToolFinding } from './tool.ts';
import { categoryOf, mappingsIn } from './weaknesses.ts';

/** Troubles after which a file was not looked at to its end. A part that semgrep only could not parse is none. */
const givenUp = /timeout|out ?of ?memory|stack ?overflow|too ?many ?matches|fatal/i;

/**
 * semgrep: weaknesses in many languages. Which rules it uses is the user's to say, in SEMGREP_RULES, as semgrep itself
 * has it; else it fetches `p/default` from its registry. No rules and no `.semgrepignore` come from the scanned tree,
 * nothing is sent of it (`--metrics=off`). https://semgrep.dev/docs/semgrep-appsec-platform/json-and-sarif
 */
export const semgrep: Tool = {
  name: 'semgrep',
  program: 'semgrep',
  versionArguments: ['--version'],
  install: 'pip install semgrep',
  variables: ['SEMGREP_RULES'],
  doneCodes: [0, 1],
  plan({ paths, files, scratch, useSuppressions, hasVariable }) {
    if (files.length === 0) return [];
    const options = ['scan', '--json', '--quiet', '--metrics=off', '--disable-version-check'];
    options.push('--x-ignore-semgrepignore-files');
    if (!hasVariable('SEMGREP_RULES')) options.push('--config', 'p/default');
    return [
      {
        args: [...options, ...(useSuppressions ? [] : ['--disable-nosem']), '--', ...paths],
        folder: scratch,
      },
    ];
  },
  recognises: (report) =>
    hasFields(report, 'results', 'errors', 'paths') && within(report, 'paths', 'scanned') !== undefined,
  read(report) {
    const { results, errors } = fieldsOf(report, 'the report');
    return {
      findings: entriesOf(results, 'results', mostFindings).map((one, i) => findingOf(one, `results[${i}]`)),
      unread: entriesOf(errors, 'errors').flatMap((one, i) => unreadIn(one, `errors[${i}]`)),
    };
  },
};

function unreadIn(value: unknown, where: string): string[] {
  const error = fieldsOf(value, where);
  const type = Array.isArray(error.type) ? error.type[0] : error.type;
  const isGrave = error.level === 'error' || (typeof type === 'string' && givenUp.test(type));
  return isGrave ? [textIfAny(error.path, `${where}.path`) ?? 'a rule'] : [];
}

function findingOf(value: unknown, where: string): ToolFinding {
  const result = fieldsOf(value, where);
  const extra = fieldsOf(result.extra, `${where}.extra`);
  const metadata = extra.metadata === undefined ? {} : fieldsOf(extra.metadata, `${where}.extra.metadata`);
  const rule = textOf(result.check_id, `${where}.check_id`);
  const file = textOf(result.path, `${where}.path`);
  const mappings = mappingsIn([
    ...textsIfAny(metadata.cwe, `${where}.extra.metadata.cwe`),
    ...textsIfAny(metadata.owasp, `${where}.extra.metadata.owasp`),
  ]);
  return {
    rule,
    // The message may quote the code: `eval of $X`.
    title: titleOf(rule),
    category: categoryOf(file, mappings.cwe),
    severity: severityOf(textOf(extra.severity, `${where}.extra.severity`), `${where}.extra.severity`),
    confidence: confidenceOf(textIfAny(metadata.confidence, `${where}.extra.metadata.confidence`)),
    file,
    line: countIfAny(within(result, 'start', 'line'), `${where}.start.line`, 1),
    column: countIfAny(within(result, 'start', 'col'), `${where}.start.col`, 1),
    endLine: countIfAny(within(result, 'end', 'line'), `${where}.end.line`, 1),
    endColumn: countIfAny(within(result, 'end', 'col'), `${where}.end.col`, 1),
    unit: 'utf8',
    mappings,
    remediation: {
      steps: ['Rewrite the code as the page of the rule shows, or show why it is safe and say so beside it.'],
      references: textsIfAny(metadata.references, `${where}.extra.metadata.references`).slice(0, 5),
    },
  };
}

/** `python.lang.security.audit.eval-detected` → `Eval detected`. */
function titleOf(rule: string): string {
  const words = (rule.split('.').at(-1) ?? rule).replaceAll(/[_-]+/g, ' ').trim() || rule;
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
