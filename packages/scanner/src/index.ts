/** Detection engine: text in, findings out. Pure, synchronous, without dependencies. */
export type { BySeverity, CategoryPolicy, Decision, Policy, Redaction, Treatment } from './decide.ts';
export { decide, memoryWritePolicy, redact } from './decide.ts';
export type { Category, Confidence, Finding, Severity } from './finding.ts';
export { comparePrecedence, isCertain } from './finding.ts';
export type { Mappings, Match, Remediation, Rule, Verdict } from './rule.ts';
export { rules } from './rules.ts';
export type { Scanner, ScanOptions } from './scan.ts';
export { createScanner, scan } from './scan.ts';
