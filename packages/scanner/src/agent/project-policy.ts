import type { RuleDefinition } from '../custom-rules/definition.ts';
import type { Allowance } from '../files/configuration.ts';
import { type Framework, type FrameworkName, frameworks } from './frameworks.ts';
import type { Posture } from './outcome.ts';
import type { Owner } from './owners.ts';
import type { SecuritySettings, Threshold } from './security-settings.ts';

/** A threshold with who asks for it, for people. */
export interface NamedThreshold extends Threshold {
  readonly because: string;
}

/** What a project asks of its pushes and scans: plain data, so that it can be handed to other threads. */
export interface ProjectPolicy {
  readonly posture: Posture;
  /** What set or raised the posture; empty where nothing did. */
  readonly postureBecause: readonly string[];
  readonly compliance: readonly FrameworkName[];
  readonly customPatterns: readonly RuleDefinition[];
  /** Regulated fields, with who named them. */
  readonly fields: ReadonlyMap<string, string>;
  readonly thresholds: readonly NamedThreshold[];
  readonly allow: readonly Allowance[];
  readonly owners: readonly Owner[];
}

/** Settings, and what to call them in front of people. */
export interface PolicySource {
  readonly settings: SecuritySettings;
  readonly name: string;
}

/**
 * What settings mean together. Of each thing the strictest counts, whoever asks for it; only the first source allows
 * anything and names owners, because what is added to it may make it stricter and no looser.
 */
export function policyOf(sources: readonly PolicySource[]): ProjectPolicy {
  const compliance = [...new Set(sources.flatMap(({ settings }) => settings.compliance))];
  const asked = compliance.map((name) => [name, frameworks[name] as Framework] as const);
  const postureBecause = [
    ...sources.filter(({ settings }) => settings.posture === 'high').map(({ name }) => `set in ${name}`),
    ...asked.filter(([, { posture }]) => posture === 'high').map(([, { title }]) => `asked for by ${title}`),
  ];
  const fields = new Map<string, string>();
  for (const { settings, name } of sources)
    for (const field of settings.piiPatterns) if (!fields.has(field)) fields.set(field, name);
  for (const [, framework] of asked)
    for (const field of framework.fields) if (!fields.has(field)) fields.set(field, framework.title);
  return {
    posture: postureBecause.length > 0 ? 'high' : 'medium',
    postureBecause,
    compliance,
    customPatterns: withoutTwins(sources.flatMap(({ settings }) => settings.customPatterns)),
    fields,
    thresholds: [
      ...sources.flatMap(thresholdsOf),
      ...asked.flatMap(([, { thresholds, title }]) => thresholds.map((one) => ({ ...one, because: title }))),
    ],
    allow: sources[0]?.settings.allow ?? [],
    owners: sources[0]?.settings.owners ?? [],
  };
}

export const noPolicy: ProjectPolicy = policyOf([]);

function thresholdsOf({ settings, name }: PolicySource): NamedThreshold[] {
  const { thresholds, piiKinds } = settings;
  return [
    ...thresholds.map((one, i) => ({ ...one, because: `thresholds[${i}] of ${name}` })),
    ...Object.entries(piiKinds).map(([rule, outcome]) => ({
      rule,
      outcome,
      because: `pii_kinds.${rule} of ${name}`,
    })),
  ];
}

/** The same rule in the settings of several branches is one. */
function withoutTwins(definitions: readonly RuleDefinition[]): RuleDefinition[] {
  return [...new Map(definitions.map((one) => [JSON.stringify(one), one])).values()];
}
