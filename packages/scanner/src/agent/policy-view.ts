import { printable } from '../reports/presentable.ts';
import { frameworks } from './frameworks.ts';
import { floor, type Outcome, type Posture } from './outcome.ts';
import type { NamedThreshold, ProjectPolicy } from './project-policy.ts';

/** A project's policy as it comes out, for people and for other programs. Nothing in it steers a terminal. */
export interface PolicyView {
  readonly posture: Posture;
  readonly posture_because: readonly string[];
  readonly compliance: readonly { readonly name: string; readonly title: string; readonly source: string }[];
  /** What a severity comes to where nothing below asks for more. */
  readonly severities: Readonly<Record<string, Outcome>>;
  readonly thresholds: readonly {
    readonly when: string;
    readonly outcome: Outcome;
    readonly because: string;
  }[];
  readonly fields: readonly { readonly field: string; readonly because: string }[];
  readonly custom_patterns: readonly {
    readonly id: string;
    readonly title: string;
    readonly severity: string;
  }[];
  readonly allow: readonly {
    readonly what: string;
    readonly reason: string;
    readonly until: string | null;
    readonly counts: boolean;
  }[];
  readonly owners: readonly { readonly path: string; readonly people: readonly string[] }[];
}

/** @param today `YYYY-MM-DD` */
export function viewOf(policy: ProjectPolicy, today: string): PolicyView {
  return {
    posture: policy.posture,
    posture_because: policy.postureBecause,
    compliance: policy.compliance.map((name) => {
      const { title, source } = frameworks[name];
      return { name, title, source };
    }),
    severities: floor[policy.posture],
    thresholds: policy.thresholds.map((one) => ({
      when: conditionOf(one),
      outcome: one.outcome,
      because: one.because,
    })),
    fields: [...policy.fields].map(([field, because]) => ({ field, because })),
    custom_patterns: policy.customPatterns.map(({ id, title, severity }) => ({
      id,
      title: printable(title),
      severity,
    })),
    allow: policy.allow.map(({ path, rule, fingerprint, reason, until }) => ({
      what: [path, rule, fingerprint].flatMap((one) => (one === undefined ? [] : printable(one))).join(', '),
      reason: printable(reason),
      until: until ?? null,
      counts: until === undefined || until >= today,
    })),
    owners: policy.owners.map(({ path, people }) => ({ path: printable(path), people })),
  };
}

function conditionOf({ severity, category, rule, path }: NamedThreshold): string {
  const parts = [
    rule ?? (category === undefined ? 'anything' : category === 'secret' ? 'secrets' : category),
    ...(severity === undefined ? [] : [`from ${severity} on`]),
    ...(path === undefined ? [] : [`in ${printable(path)}`]),
  ];
  return parts.join(' ');
}
