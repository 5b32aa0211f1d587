import { UnreadableReport } from './json-shape.ts';
import type { Told, Tool } from './tool.ts';
import { tools } from './tools.ts';

/** Bytes of one report. */
export const largestReport = 64_000_000;

/** A report that no adapter can read; the message says what to do, and quotes nothing. */
export class ReportRefused extends Error {}

/**
 * Reads the text of a tool's report. Throws ReportRefused.
 * @param tool undefined: whose it is shows by its content
 */
export function readReport(
  text: string,
  tool: Tool | undefined,
  manifest?: string,
): { tool: Tool; told: Told } {
  const plain = text.replace(/^\ufeff/, '');
  const found = tool === undefined ? recognise(plain) : parsedBy(tool, plain);
  if (found === undefined)
    throw new ReportRefused(
      tool === undefined
        ? 'it is no report that is known, or an empty one: say whose it is, as in --merge gitleaks=report.json'
        : `what it wrote is no report of ${tool.name}`,
    );
  try {
    return { tool: found.tool, told: found.tool.read(found.report, manifest) };
  } catch (error) {
    if (error instanceof UnreadableReport)
      throw new ReportRefused(`it is not as ${found.tool.name} writes it: ${error.message}`);
    throw error;
  }
}

interface Parsed {
  readonly tool: Tool;
  readonly report: unknown;
}

/** Parsed once as JSON, and only where no tool knows it in the ways that single tools have. */
function recognise(text: string): Parsed | undefined {
  const report = parseAs((json) => JSON.parse(json), text);
  const known = tools.find((one) => one.recognises(report));
  if (known !== undefined) return { tool: known, report };
  for (const tool of tools.filter((one) => one.parse !== undefined)) {
    const found = parseAs(tool.parse!, text);
    if (tool.recognises(found)) return { tool, report: found };
  }
  return undefined;
}

/** Empty lists are of no tool; asked for one by name, it has found nothing. SARIF is understood under every name. */
function parsedBy(tool: Tool, text: string): Parsed | undefined {
  const report = parseAs(tool.parse ?? ((json) => JSON.parse(json)), text);
  if (report === undefined) return undefined;
  if (tool.recognises(report) || isEmptyList(report)) return { tool, report: report ?? [] };
  const sarif = tools[0]!;
  return sarif.recognises(report) ? { tool: sarif, report } : undefined;
}

const isEmptyList = (report: unknown) =>
  report === null || (Array.isArray(report) && report.every((one) => Array.isArray(one) && one.length === 0));

function parseAs(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
