import { join } from 'node:path';
import { confidenceOf } from './grades.ts';
import {
  entriesIfAny,
  entriesOf,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
  UnreadableReport,
} from './json-shape.ts';
import type { Tool, ToolFinding } from './tool.ts';
import { mappingsIn } from './weaknesses.ts';

/** By the risk codes of ZAP: informational, low, medium, high. https://www.zaproxy.org/docs/desktop/start/features/alerts/ */
const severities = ['low', 'low', 'medium', 'high'] as const;
const confidences = ['', 'low', 'medium', 'high', 'confirmed'];
/** Of one alert. A header that is missing is missing on every page. */
const mostPages = 20;

/**
 * The baseline scan of ZAP: a running site, looked at for a minute and not attacked. It asks the site that `--zap-target`
 * names, and nothing else. Exit codes: 1 an alert that fails, 2 one that warns, 3 something went wrong.
 * https://www.zaproxy.org/docs/docker/baseline-scan/
 */
export const zapBaseline: Tool = {
  name: 'zap-baseline',
  program: 'zap-baseline.py',
  install: 'see https://www.zaproxy.org/docs/docker/baseline-scan/',
  doneCodes: [0, 1, 2],
  plan: ({ target, scratch }) =>
    target === undefined
      ? []
      : [
          {
            args: ['-t', target, '-J', 'report.json'],
            folder: scratch,
            reportFile: join(scratch, 'report.json'),
          },
        ],
  recognises: (report) => hasFields(report, '@version', 'site'),
  read(report) {
    const sites = entriesOf(fieldsOf(report, 'the report').site, 'site', 1000);
    const findings = sites.flatMap((value, i) => {
      const site = fieldsOf(value, `site[${i}]`);
      const name = textOf(site['@name'], `site[${i}].@name`);
      return entriesIfAny(site.alerts, `site[${i}].alerts`, 10_000).flatMap((one, j) =>
        findingsOf(one, `site[${i}].alerts[${j}]`, name),
      );
    });
    if (findings.length > mostFindings) throw new UnreadableReport('it has too many alerts');
    return { findings };
  },
};

function findingsOf(value: unknown, where: string, site: string): ToolFinding[] {
  const alert = fieldsOf(value, where);
  const rule = textOf(alert.pluginid, `${where}.pluginid`);
  const risk = Number(textOf(alert.riskcode, `${where}.riskcode`));
  const severity = severities[risk];
  if (severity === undefined) throw new UnreadableReport(`${where}.riskcode is none that is known`);
  const confidence = Number(textIfAny(alert.confidence, `${where}.confidence`) ?? '2');
  // ZAP itself calls it wrong.
  if (confidence === 0) return [];
  const weakness = textIfAny(alert.cweid, `${where}.cweid`) ?? '';
  const pages = entriesIfAny(alert.instances, `${where}.instances`).map((one, i) =>
    textOf(fieldsOf(one, `${where}.instances[${i}]`).uri, `${where}.instances[${i}].uri`),
  );
  const shown = [...new Set(pages.length > 0 ? pages.map(pageOf) : [site])].sort().slice(0, mostPages);
  return shown.map((file) => ({
    rule,
    title: textIfAny(alert.name, `${where}.name`) ?? textOf(alert.alert, `${where}.alert`),
    category: 'web',
    severity,
    confidence: confidenceOf(confidences[confidence]),
    file,
    mappings: mappingsIn(/^\d+$/.test(weakness) ? [`CWE-${weakness}`] : []),
    remediation: {
      steps: ['Change the answer of the server as the page of the alert shows, and scan again.'],
      references: /^\d+$/.test(rule) ? [`https://www.zaproxy.org/docs/alerts/${rule}/`] : [],
    },
  }));
}

/** The page without its parameters, in which tokens travel. */
function pageOf(uri: string): string {
  try {
    const { protocol, host, pathname } = new URL(uri);
    return `${protocol}//${host}${pathname}`;
  } catch {
    throw new UnreadableReport('the address of a page is no URL');
  }
}
