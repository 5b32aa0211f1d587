import type { Confidence, Severity } from '../finding.ts';
import type { Mappings, Remediation } from '../rule.ts';

/** What other tools tell about, beyond what the rules of this scanner do. */
export type ToolCategory =
  | 'secret'
  | 'python'
  | 'javascript'
  | 'code'
  | 'dockerfile'
  | 'configuration'
  | 'dependency'
  | 'web';

/** A package with a known vulnerability. */
export interface Dependency {
  readonly name: string;
  readonly version?: string;
  /** Versions that have the fix, in the tool's words: `4.17.21`, `>=2.0.1`. */
  readonly fixedIn?: string;
  /** Ids of the same advisory in several catalogues: `CVE-…`, `GHSA-…`, `PYSEC-…`. */
  readonly advisories: readonly string[];
}

/** How a tool counts columns. */
export type ColumnUnit = 'utf16' | 'utf8' | 'code-point';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a tool says that something is. Lines and columns from 1; the end is exclusive. */
export interface ToolPlace {
  /** As the tool wrote it: a path, absolute or from where it ran, or an http(s) URL. */
  readonly file: string;
  readonly commit?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly endLine?: number | undefined;
  readonly endColumn?: number | undefined;
  readonly unit?: ColumnUnit | undefined;
}

/** What a tool told, in our terms and before its words are cleaned. Messages that quote code are never among them. */
export interface ToolFinding extends ToolPlace {
  /** Where it is not the adapter's own name, as in SARIF, which many tools write. */
  readonly tool?: string;
  /** The tool's own id: `B602`, `GHSA-…`. */
  readonly rule: string;
  readonly title: string;
  readonly category: ToolCategory;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly mappings: Pick<Mappings, 'cwe' | 'owasp'>;
  readonly remediation: Remediation;
  readonly dependency?: Dependency;
  /** Finds a secret that the tool told in a text, from an offset on. The value itself is nobody's to read. */
  readonly secretIn?: (text: string, from: number) => Span | undefined;
  /** A digest of that value: equal ones are the same secret. */
  readonly secretDigest?: string;
}

/** All that a report tells. */
export interface Told {
  readonly findings: readonly ToolFinding[];
  /** What the tool says that it could not look at: files, packages. */
  readonly unread?: readonly string[];
}

/** One start of a program. */
export interface Invocation {
  readonly args: readonly string[];
  readonly folder: string;
  /** What relative paths of its report start from; default: the folder that it runs in. */
  readonly base?: string;
  /** The file that the report is about, where the tool is given a copy of it. */
  readonly manifest?: string;
  /** Where it writes its report; default: standard output. */
  readonly reportFile?: string;
}

/** What there is to look at for a tool. */
export interface ToolWork {
  /** Absolute path of the program. */
  readonly program: string;
  /** The folder of the scan, absolute. */
  readonly folder: string;
  /** What the scan was asked for, absolute. */
  readonly paths: readonly string[];
  /** The files among it that are neither ignored nor excluded, absolute. */
  readonly files: readonly string[];
  /** An empty folder of this tool's own. Tools run in it: none finds settings of the scanned tree there. */
  readonly scratch: string;
  /** Whether comments such as `# nosec` count. */
  readonly useSuppressions: boolean;
  /** Whether a variable of the environment that the tool gets is set. */
  hasVariable(name: string): boolean;
  /** Where the ZAP baseline looks. */
  readonly target: string | undefined;
}

/** One other tool: how it is run, and how its report is read. */
export interface Tool {
  /** As `--with`, `--merge` and rule ids have it. */
  readonly name: string;
  /** The program, looked for on PATH; without one, reports can only be merged. */
  readonly program?: string;
  readonly versionArguments?: readonly string[];
  /** What to do where it is missing. */
  readonly install?: string;
  /** Variables of the environment that it gets besides the usual ones. */
  readonly variables?: readonly string[];
  /** Exit codes with which it has done its part, findings or none. */
  readonly doneCodes?: readonly number[];
  /** The runs that the work takes; none where there is nothing for it to look at. */
  plan?(work: ToolWork): readonly Invocation[];
  /** Whether a parsed report looks like this tool's. */
  recognises(report: unknown): boolean;
  /** Where a report is not one piece of JSON. */
  parse?(text: string): unknown;
  /** Throws UnreadableReport. @param manifest the file that the report is about, where it says none */
  read(report: unknown, manifest?: string): Told;
}
