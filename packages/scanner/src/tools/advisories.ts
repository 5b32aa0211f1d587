import type { Severity } from '../finding.ts';
import type { Dependency, ToolFinding } from './tool.ts';
import { dependencyMappings } from './weaknesses.ts';

/** Ids of advisories as the catalogues write them; bounded, because texts of reports may be long. */
const idShape =
  /\b(?:CVE-\d{4}-\d{4,9}|GHSA(?:-[0-9a-z]{4}){3}|PYSEC-\d{4}-\d{1,6}|SNYK-[A-Z]{1,30}-[A-Z0-9._-]{1,150}-\d{1,12}|SFTY-\d{8}-\d{1,6}|(?:RUSTSEC|GO|OSV|MAL)-\d{4}-\d{1,6})\b/gi;

/** The ids in some texts, URLs among them; each once, in order. */
export function advisoryIds(texts: readonly (string | undefined)[]): readonly string[] {
  const found = texts.flatMap((text) => [...(text ?? '').matchAll(idShape)].map(([id]) => normalised(id)));
  return [...new Set(found)].sort();
}

function normalised(id: string): string {
  const upper = id.toUpperCase();
  return upper.startsWith('GHSA-') ? `GHSA${upper.slice(4).toLowerCase()}` : upper;
}

/** A known vulnerability of a package as a tool tells it. */
export interface Advisory {
  /** The tool's own id of it. */
  readonly id: string;
  readonly ids: readonly string[];
  readonly title: string | undefined;
  readonly severity: Severity;
  readonly name: string;
  readonly version?: string | undefined;
  readonly fixedIn?: string | undefined;
  readonly weaknesses?: readonly string[];
  readonly references: readonly string[];
  readonly file: string;
}

/**
 * The finding of an advisory. Its confidence is medium however sure the tool is of the version: that the code of the
 * vulnerability is ever reached nobody has shown, and what blocks a push without any way around must be shown.
 */
export function dependencyFinding(advisory: Advisory): ToolFinding {
  const { id, ids, title, severity, name, version, fixedIn, weaknesses = [], references, file } = advisory;
  const rule = /^(?:CVE|GHSA|PYSEC|SNYK)-/i.test(id) ? id : (ids[0] ?? id);
  const dependency: Dependency = {
    name,
    advisories: ids.length > 0 ? ids : [id],
    ...(version !== undefined && { version }),
    ...(fixedIn !== undefined && fixedIn !== '' && { fixedIn }),
  };
  return {
    rule,
    title: title === undefined || title === '' ? `Known vulnerability ${rule}` : title,
    category: 'dependency',
    severity,
    confidence: 'medium',
    file,
    mappings: dependencyMappings(weaknesses),
    remediation: {
      steps: [
        'Update the package to a version that has the fix, and commit the lock file.',
        'Where there is none: replace the package, or show that the vulnerable code is never reached and allow it with that reason.',
      ],
      references,
    },
    dependency,
  };
}
