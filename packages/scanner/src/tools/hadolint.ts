import { basename } from 'node:path';
import { severityOf } from './grades.ts';
import { countIfAny, entriesOf, fieldsOf, hasFields, mostFindings, textOf } from './json-shape.ts';
import type { Tool, ToolFinding } from './tool.ts';

/** Rules about what an image may do and from whom it comes; the others are about its size and style. */
const aboutSecurity: Readonly<Record<string, string>> = {
  DL3002: 'The last user is root',
  DL3004: 'sudo in an image',
  DL3006: 'Base image without a version',
  DL3007: 'Base image of whatever version is the latest',
  DL3008: 'Packages of apt without versions',
  DL3013: 'Packages of pip without versions',
  DL3016: 'Packages of npm without versions',
  DL3018: 'Packages of apk without versions',
  DL3020: 'ADD, which fetches and unpacks, in place of COPY',
  DL3026: 'Base image from a registry that is not trusted',
  DL3028: 'Packages of gem without versions',
  DL4006: 'A pipe that hides the failure of its first part',
};

/**
 * hadolint: Dockerfiles. It asks nothing of the network. It runs in an empty folder, so that no `.hadolint.yaml` of the
 * tree is read; `# hadolint ignore=` counts where comments do. https://github.com/hadolint/hadolint#cli
 */
export const hadolint: Tool = {
  name: 'hadolint',
  program: 'hadolint',
  versionArguments: ['--version'],
  install: 'see https://github.com/hadolint/hadolint#install',
  doneCodes: [0],
  plan({ files, scratch, useSuppressions }) {
    const images = files.filter((file) =>
      /^(?:(?:docker|container)file(?:\.[\w.-]+)?|[\w.-]+\.dockerfile)$/i.test(basename(file)),
    );
    if (images.length === 0) return [];
    const options = [
      '--format',
      'json',
      '--no-fail',
      ...(useSuppressions ? [] : ['--disable-ignore-pragma']),
    ];
    return [{ args: [...options, '--', ...images], folder: scratch }];
  },
  recognises: (report) =>
    Array.isArray(report) &&
    report.length > 0 &&
    hasFields(report[0], 'code', 'file', 'level', 'line', 'message'),
  read: (report) => ({
    findings: entriesOf(report, 'the report', mostFindings).map((one, i) => findingOf(one, `[${i}]`)),
  }),
};

function findingOf(value: unknown, where: string): ToolFinding {
  const entry = fieldsOf(value, where);
  const rule = textOf(entry.code, `${where}.code`);
  const known = Object.hasOwn(aboutSecurity, rule) ? aboutSecurity[rule] : undefined;
  const level = severityOf(textOf(entry.level, `${where}.level`), `${where}.level`);
  const page = rule.startsWith('SC')
    ? `https://www.shellcheck.net/wiki/${rule}`
    : `https://github.com/hadolint/hadolint/wiki/${rule}`;
  return {
    rule,
    title:
      known ?? `Dockerfile: ${rule.startsWith('SC') ? 'a shell command' : 'a rule'} of hadolint, ${rule}`,
    category: 'dockerfile',
    // Its levels are about good practice: an image that is only larger than it must be stops no push.
    severity: known === undefined ? 'low' : level === 'low' ? 'low' : 'medium',
    confidence: 'high',
    file: textOf(entry.file, `${where}.file`),
    line: countIfAny(entry.line, `${where}.line`, 1),
    column: countIfAny(entry.column, `${where}.column`, 1),
    unit: 'code-point',
    mappings: { cwe: rule === 'DL3002' ? ['CWE-250'] : [], owasp: known === undefined ? [] : ['A05:2021'] },
    remediation: {
      steps: ['Change the instruction as the page of the rule shows.'],
      references: /^(?:DL|SC)\d+$/.test(rule) ? [page] : [],
    },
  };
}
