import { fileURLToPath } from 'node:url';
import type { Severity } from '../finding.ts';
import { advisoryIds, dependencyFinding } from './advisories.ts';
import { confidenceOf, severityOfScore } from './grades.ts';
import {
  countIfAny,
  entriesIfAny,
  entriesOf,
  type Fields,
  fieldsOf,
  hasFields,
  isFields,
  mostFindings,
  numberIfAny,
  textIfAny,
  textOf,
  textsIfAny,
  UnreadableReport,
  within,
} from './json-shape.ts';
import type { ColumnUnit, Tool, ToolFinding, ToolPlace } from './tool.ts';
import { categoryOf, mappingsIn } from './weaknesses.ts';

const severityOfLevel: Readonly<Record<string, Severity>> = {
  error: 'high',
  warning: 'medium',
  note: 'low',
  none: 'low',
};

/** Names in SARIF of tools that have an adapter: the rules of one tool have the same ids, whatever the format. */
const ownNames: Readonly<Record<string, string>> = {
  'Semgrep OSS': 'semgrep',
  'Semgrep PRO': 'semgrep',
  'Snyk Open Source': 'snyk',
  ZAP: 'zap-baseline',
  'OWASP ZAP': 'zap-baseline',
};
/** Tools that tell of nothing but secrets, and say so nowhere. */
const ofSecrets = /^(?:gitleaks|trufflehog|detect-secrets|kingfisher|noseyparker|ggshield)$/i;

/**
 * SARIF 2.1.0 of any tool. Of a result its rule, its level and its place are taken: never its message, its snippets or
 * its flows, in which code stands, and with it secrets.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export const sarif: Tool = {
  name: 'sarif',
  recognises: (report) => hasFields(report, 'version', 'runs') && Array.isArray(report.runs),
  read(report) {
    const { version, runs } = fieldsOf(report, 'the report');
    if (version !== '2.1.0') throw new UnreadableReport('it is not of version 2.1.0');
    const told = entriesOf(runs, 'runs', 1000).map((one, i) =>
      readRun(fieldsOf(one, `runs[${i}]`), `runs[${i}]`),
    );
    const findings = told.flatMap((one) => one.findings);
    if (findings.length > mostFindings) throw new UnreadableReport('it has too many results');
    return { findings, unread: told.flatMap((one) => one.unread) };
  },
};

interface Run {
  readonly tool: string;
  readonly rules: readonly Fields[];
  readonly byId: ReadonlyMap<string, Fields>;
  readonly unit: ColumnUnit;
  readonly mappings: Map<Fields | undefined, Weaknesses>;
}

type Weaknesses = ToolFinding['mappings'];

function readRun(run: Fields, where: string): { findings: ToolFinding[]; unread: string[] } {
  const driver = fieldsOf(within(run, 'tool', 'driver'), `${where}.tool.driver`);
  const name = textOf(driver.name, `${where}.tool.driver.name`);
  const rules = entriesIfAny(driver.rules, `${where}.tool.driver.rules`, mostFindings).map((one, i) =>
    fieldsOf(one, `${where}.tool.driver.rules[${i}]`),
  );
  const context: Run = {
    tool: Object.hasOwn(ownNames, name) ? ownNames[name]! : name,
    rules,
    byId: new Map(rules.map((rule, i) => [textOf(rule.id, `${where}.tool.driver.rules[${i}].id`), rule])),
    unit: run.columnKind === 'unicodeCodePoints' ? 'code-point' : 'utf16',
    mappings: new Map(),
  };
  const results = entriesIfAny(run.results, `${where}.results`, mostFindings);
  const findings = results.flatMap((one, i) => {
    const at = `${where}.results[${i}]`;
    return findingOf(fieldsOf(one, at), at, context) ?? [];
  });
  const failed = entriesIfAny(run.invocations, `${where}.invocations`, 1000).some(
    (one) => isFields(one) && one.executionSuccessful === false,
  );
  return { findings, unread: failed ? [name] : [] };
}

function findingOf(result: Fields, where: string, run: Run): ToolFinding | undefined {
  // Passes, notes on coverage and what its author has accepted are no findings.
  const kind = textIfAny(result.kind, `${where}.kind`) ?? 'fail';
  const isAccepted = entriesIfAny(result.suppressions, `${where}.suppressions`, 1000).some(
    (one) => isFields(one) && (one.status === undefined || one.status === 'accepted'),
  );
  if (!['fail', 'open', 'review'].includes(kind) || isAccepted) return undefined;
  const index =
    countIfAny(result.ruleIndex ?? within(result, 'rule', 'index'), `${where}.ruleIndex`, -1) ?? -1;
  const named = textIfAny(result.ruleId ?? within(result, 'rule', 'id'), `${where}.ruleId`);
  const rule = (named === undefined ? undefined : run.byId.get(named)) ?? run.rules[index];
  const id = named ?? (rule === undefined ? undefined : textOf(rule.id, `${where}.rule.id`));
  if (id === undefined) throw new UnreadableReport(`${where} names no rule`);
  const place = placeOf(result, where, run.unit);
  const mappings = mappingsOf(rule, where, run);
  const teller = tellerOf(run.tool, id);
  const help = textIfAny(rule?.helpUri, `${where}.rule.helpUri`);
  const severity = severityIn(result, rule, where);
  const references = help === undefined ? [] : [help];
  const title = titleOf(rule, id, where);
  const ids = advisoryIds([id]);
  if (ids.length > 0)
    return {
      ...dependencyFinding({
        ...{ id, ids, title, severity, references, file: place.file },
        ...packageIn(result, where),
      }),
      tool: teller.tool,
    };
  return {
    ...teller,
    title,
    category: categoryOf(place.file, mappings.cwe),
    severity,
    confidence: confidenceOf(
      textIfAny(within(rule, 'properties', 'precision'), `${where}.rule.properties.precision`),
    ),
    ...place,
    mappings,
    remediation: {
      steps: ['Change the line as the page of the rule shows, or show why it is safe and say so beside it.'],
      references,
    },
  };
}

/** Read once for each rule, which may have many results. */
function mappingsOf(rule: Fields | undefined, where: string, { tool, mappings }: Run): Weaknesses {
  const known = mappings.get(rule);
  if (known !== undefined) return known;
  const read = mappingsIn([
    ...(ofSecrets.test(tool) ? ['CWE-798'] : []),
    ...textsIfAny(within(rule, 'properties', 'tags'), `${where}.rule.properties.tags`),
    ...textsIfAny(within(rule, 'properties', 'cwe'), `${where}.rule.properties.cwe`),
    ...entriesIfAny(rule?.relationships, `${where}.rule.relationships`, 1000).flatMap((one) => {
      const target = within(one, 'target', 'id');
      return typeof target === 'string' && within(one, 'target', 'toolComponent', 'name') === 'CWE'
        ? [`CWE-${target.replace(/^CWE-/, '')}`]
        : [];
    }),
  ]);
  mappings.set(rule, read);
  return read;
}

/** Reports of this scanner tell of others too, whose rules bear their names: `bandit/B602`. */
function tellerOf(tool: string, id: string): { tool: string; rule: string } {
  const [, first, rest] = /^([a-z][a-z-]*)\/(.+)$/.exec(id) ?? [];
  return first !== undefined && rest !== undefined && /^memhold(?:-scanner)?$/.test(tool)
    ? { tool: first, rule: rest }
    : { tool, rule: id };
}

/** The package of an advisory, as trivy (`package-lock.json: lodash@4.17.15`) and snyk name it beside the place. */
function packageIn(result: Fields, where: string): { name: string; version?: string } {
  const [first] = entriesIfAny(result.locations, `${where}.locations`, 1000);
  const [logical] = entriesIfAny(
    within(first, 'logicalLocations'),
    `${where}.locations[0].logicalLocations`,
    1000,
  );
  const said = [within(logical, 'fullyQualifiedName'), within(first, 'message', 'text')];
  for (const text of said) {
    const [, name, version] =
      /(?:^|: )(@?[\w./-]{1,120})@([\w.+~-]{1,60})$/.exec(typeof text === 'string' ? text : '') ?? [];
    if (name !== undefined && version !== undefined) return { name, version };
  }
  const name = within(logical, 'kind') === 'module' ? within(logical, 'name') : undefined;
  if (typeof name === 'string') return { name };
  return { name: '' };
}

/** The score of the rule, by which GitHub ranks, else the level of the result, of the rule, or the standard's default. */
function severityIn(result: Fields, rule: Fields | undefined, where: string): Severity {
  const score = numberIfAny(
    within(result, 'properties', 'security-severity') ?? within(rule, 'properties', 'security-severity'),
    `${where}.security-severity`,
  );
  if (score !== undefined) return severityOfScore(score);
  const level =
    textIfAny(result.level ?? within(rule, 'defaultConfiguration', 'level'), `${where}.level`) ?? 'warning';
  const severity = Object.hasOwn(severityOfLevel, level) ? severityOfLevel[level] : undefined;
  if (severity === undefined) throw new UnreadableReport(`${where}.level is none that is known`);
  return severity;
}

function titleOf(rule: Fields | undefined, id: string, where: string): string {
  const short = textIfAny(within(rule, 'shortDescription', 'text'), `${where}.rule.shortDescription.text`);
  return short ?? textIfAny(rule?.name, `${where}.rule.name`) ?? id;
}

function placeOf(result: Fields, where: string, unit: ColumnUnit): ToolPlace {
  const [first] = entriesIfAny(result.locations, `${where}.locations`, 1000);
  const at = `${where}.locations[0].physicalLocation`;
  const uri = textIfAny(
    within(first, 'physicalLocation', 'artifactLocation', 'uri'),
    `${at}.artifactLocation.uri`,
  );
  const region = within(first, 'physicalLocation', 'region');
  if (uri === undefined) return { file: '.' };
  const number = (name: string) => countIfAny(within(region, name), `${at}.region.${name}`, 1);
  return {
    file: pathOf(uri),
    line: number('startLine'),
    column: number('startColumn'),
    endLine: number('endLine'),
    endColumn: number('endColumn'),
    unit,
    ...commitOf(result),
  };
}

/** gitleaks names the commit that brought a secret among its fingerprints. */
function commitOf(result: Fields): { commit?: string } {
  const commit = within(result, 'partialFingerprints', 'commitSha');
  return typeof commit === 'string' && /^[\da-f]{40,64}$/.test(commit) ? { commit } : {};
}

/** The path of a URI reference, or the page of a URL. */
function pathOf(uri: string): string {
  if (/^https?:/i.test(uri)) return uri.split(/[?#]/)[0]!;
  try {
    return uri.startsWith('file:') ? fileURLToPath(uri) : decodeURIComponent(uri);
  } catch {
    // A percent sign that encodes nothing is one.
    return uri;
  }
}
