import type { Severity } from '../finding.ts';

/** What an environment asks for. Days, minutes and shares are limits that may be reached. */
export interface Profile {
  /** Findings of secrets fail from this severity on. */
  readonly secretsFrom: Severity;
  /** Known vulnerabilities of dependencies fail from this severity on. */
  readonly vulnerableFrom: Severity;
  /** Days until a key of an API has to be replaced. The seed of this list asks for a quarter. */
  readonly apiKeyDays: number;
  /** Days until a key that signs has to be replaced. */
  readonly signingKeyDays: number;
  /** Share of administrators that have a second factor. */
  readonly adminsWithMfa: number;
  readonly accessTokenMinutes: number;
  readonly sessionDays: number;
  /** Wrong passwords until a lockout. */
  readonly failures: number;
  /** Share of direct dependencies that may be behind what their range allows. */
  readonly behind: number;
  /** MD5 and SHA-1 fail where the line speaks of secrets, or anywhere. */
  readonly weakHashes: 'near-secrets' | 'anywhere';
  /** Whether what is meant for development fails: debug flags, a first password in a file, files that are open to others. */
  readonly isStrict: boolean;
  /** Whether the audit log needs a witness outside, and somebody who is told of findings. */
  readonly needsWitness: boolean;
  /** Whether an item that could not be judged fails. */
  readonly unknownFails: boolean;
}

export const profiles = {
  development: {
    secretsFrom: 'critical',
    vulnerableFrom: 'critical',
    apiKeyDays: 365,
    signingKeyDays: 1095,
    adminsWithMfa: 0,
    accessTokenMinutes: 1440,
    sessionDays: 365,
    failures: 20,
    behind: 1,
    weakHashes: 'near-secrets',
    isStrict: false,
    needsWitness: false,
    unknownFails: false,
  },
  staging: {
    secretsFrom: 'high',
    vulnerableFrom: 'high',
    apiKeyDays: 180,
    signingKeyDays: 730,
    adminsWithMfa: 0.5,
    accessTokenMinutes: 60,
    sessionDays: 90,
    failures: 10,
    behind: 0.5,
    weakHashes: 'near-secrets',
    isStrict: true,
    needsWitness: false,
    unknownFails: false,
  },
  production: {
    secretsFrom: 'medium',
    vulnerableFrom: 'medium',
    apiKeyDays: 90,
    signingKeyDays: 365,
    adminsWithMfa: 1,
    accessTokenMinutes: 15,
    sessionDays: 30,
    failures: 10,
    behind: 0.2,
    weakHashes: 'anywhere',
    isStrict: true,
    needsWitness: true,
    unknownFails: true,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;
export const profileNames = Object.keys(profiles) as ProfileName[];
