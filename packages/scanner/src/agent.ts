/**
 * The project's own security agent. `.memhold/agent.ts` (or `.js`, `.mjs`) exports a class that extends this one:
 *
 *     import { SecurityAgent } from '@memhold/scanner/agent';
 *
 *     export class ProjectSecurityAgent extends SecurityAgent {
 *       override posture = 'high' as const;
 *       override customPatterns() {
 *         return { pii_patterns: ['patient_id', 'medical_record'], compliance: 'HIPAA' };
 *       }
 *     }
 *
 * It runs only after `memhold trust`, from the bytes that were hashed, in a thread with a time limit and without the
 * environment. It can make a decision stricter, never looser: an agent that throws, hangs, answers something else
 * or tries to loosen stops the push.
 */

export type AgentPosture = 'medium' | 'high';
export type AgentVerdict = 'BLOCK' | 'WARN' | 'ALLOW';

/** What `customPatterns` gives: keys of `.memhold/security.yaml`, which mean the same there. */
export interface CustomPatterns {
  /** Names of fields whose values are regulated, at most 100. */
  readonly pii_patterns?: readonly string[];
  /** A framework or several: `HIPAA`, `['pci-dss', 'soc2']`. */
  readonly compliance?: string | readonly string[];
  /** Rules, as `rules` in `.memhold/scan.yaml`. */
  readonly custom_patterns?: readonly object[];
  readonly pii_kinds?: Readonly<Record<string, 'note' | 'warn' | 'block' | 'veto'>>;
  readonly thresholds?: readonly object[];
}

/** A finding. It has no field for the value. */
export interface AgentFinding {
  /** Tells findings apart: see `AgentDecision.block`. */
  readonly fingerprint: string;
  readonly rule_id: string;
  readonly category: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  readonly confidence: 'high' | 'medium' | 'low';
  readonly validated: boolean;
  readonly title: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Full id; absent where the finding is of no commit. */
  readonly commit?: string;
  /** Redacted: a public prefix and a class of lengths. */
  readonly preview: string;
  readonly owners: readonly string[];
}

/** What is decided about, and what was decided without the agent. */
export interface AgentContext {
  readonly project: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly posture: AgentPosture;
  readonly compliance: readonly string[];
  readonly verdict: AgentVerdict;
  readonly reason: string;
  readonly override_available: boolean;
  /** Names of the refs that are pushed; empty in a scan. */
  readonly refs: readonly string[];
  /** Number of commits that are pushed. */
  readonly commits: number;
}

/** Stricter than what was decided, or the same. */
export interface AgentDecision {
  readonly posture?: AgentPosture;
  readonly verdict?: AgentVerdict;
  /** One line of at most 300 characters, for whoever is stopped. */
  readonly reason: string;
  /** Fingerprints of findings that block, whatever they come to otherwise. */
  readonly block?: readonly string[];
  /** Nothing overrides it, also in medium posture. */
  readonly final?: boolean;
}

type Maybe<T> = T | undefined | Promise<T | undefined>;

/** Each method may be asynchronous, and has three seconds. */
export class SecurityAgent {
  /** `high` raises the project's posture; undefined leaves it. */
  posture?: AgentPosture | undefined;

  /** What the project guards beyond its settings. */
  customPatterns(): CustomPatterns | Promise<CustomPatterns> {
    return {};
  }

  /** Asked once for each push or scan; undefined leaves the decision as it is. */
  decide(_findings: readonly AgentFinding[], _context: AgentContext): Maybe<AgentDecision> {
    return undefined;
  }

  /** A line of at most 300 characters for whoever is stopped by this finding: why here, and what to do. */
  explain(_finding: AgentFinding, _context: AgentContext): Maybe<string> {
    return undefined;
  }

  /** Told of each veto, after it. What it answers changes nothing. */
  onVeto(_findings: readonly AgentFinding[], _context: AgentContext): void | Promise<void> {}
}
