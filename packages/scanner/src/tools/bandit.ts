import { confidenceOf, severityOf } from './grades.ts';
import {
  countIfAny,
  entriesOf,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
  within,
} from './json-shape.ts';
import type { Tool, ToolFinding } from './tool.ts';
import { categoryOf, mappingsIn } from './weaknesses.ts';

/**
 * bandit: weaknesses in Python. It asks nothing of the network. `.bandit` of the scanned tree could leave rules and
 * files out, so an empty file stands in its place; `# nosec` counts where comments do.
 * https://bandit.readthedocs.io/en/latest/formatters/json.html
 */
export const bandit: Tool = {
  name: 'bandit',
  program: 'bandit',
  versionArguments: ['--version'],
  install: 'pip install bandit',
  doneCodes: [0, 1],
  plan({ paths, files, scratch, useSuppressions }) {
    const modules = files.filter((file) => /\.pyw?$/.test(file));
    if (modules.length === 0) return [];
    // What was installed is ignored as a rule; code that counts is looked at under these names too.
    const folders = new Set(modules.flatMap((file) => file.split(/[\\/]/)));
    const excluded = ['.git', '.venv', 'venv', '.tox', 'node_modules', '__pycache__', 'site-packages'].filter(
      (name) => !folders.has(name),
    );
    const options = [
      '-r',
      '-f',
      'json',
      '-q',
      '--ini',
      '/dev/null',
      '-x',
      excluded.map((one) => `*/${one}/*`).join(','),
    ];
    return [
      { args: [...options, ...(useSuppressions ? [] : ['--ignore-nosec']), '--', ...paths], folder: scratch },
    ];
  },
  recognises: (report) => hasFields(report, 'results', 'metrics', 'errors', 'generated_at'),
  read(report) {
    const { results, errors } = fieldsOf(report, 'the report');
    return {
      findings: entriesOf(results, 'results', mostFindings).map((one, i) => findingOf(one, `results[${i}]`)),
      unread: entriesOf(errors, 'errors').map((one, i) =>
        textOf(within(one, 'filename'), `errors[${i}].filename`),
      ),
    };
  },
};

function findingOf(value: unknown, where: string): ToolFinding {
  const result = fieldsOf(value, where);
  const rule = textOf(result.test_id, `${where}.test_id`);
  const name = textOf(result.test_name, `${where}.test_name`);
  const file = textOf(result.filename, `${where}.filename`);
  const weakness = countIfAny(within(result, 'issue_cwe', 'id'), `${where}.issue_cwe.id`);
  const mappings = mappingsIn(weakness === undefined ? [] : [weakness]);
  const info = textIfAny(result.more_info, `${where}.more_info`);
  const column = countIfAny(result.col_offset, `${where}.col_offset`, -1);
  const endColumn = countIfAny(result.end_col_offset, `${where}.end_col_offset`, -1);
  const category = categoryOf(file, mappings.cwe);
  return {
    rule,
    title: titleOf(rule, name, info),
    category: category === 'code' ? 'python' : category,
    severity: severityOf(textOf(result.issue_severity, `${where}.issue_severity`), `${where}.issue_severity`),
    confidence: confidenceOf(textOf(result.issue_confidence, `${where}.issue_confidence`)),
    file,
    line: countIfAny(result.line_number, `${where}.line_number`, 1),
    // Python counts columns in bytes of UTF-8, from 0.
    ...(column !== undefined && column >= 0 && { column: column + 1, unit: 'utf8' as const }),
    ...(endColumn !== undefined && endColumn > (column ?? 0) && { endColumn: endColumn + 1 }),
    mappings,
    remediation: {
      steps: ['Rewrite the line as the page of the rule shows, or show why it is safe and say so beside it.'],
      references: info === undefined ? [] : [info],
    },
  };
}

/** Listed calls and imports share one name; the anchor of their page tells them apart: `#b301-pickle`. */
function titleOf(rule: string, name: string, info: string | undefined): string {
  if (rule === 'B324') return 'Weak hash';
  const listed = /#b\d+-(?:import-)?([a-z0-9-]{1,80})$/.exec(info ?? '')?.[1]?.replaceAll('-', ' ');
  if (listed !== undefined) return `${rule.startsWith('B4') ? 'Import' : 'Use'} of ${listed}`;
  const words = name.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
