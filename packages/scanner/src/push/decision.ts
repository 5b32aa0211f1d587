import { type DemandOf, floor, isStricter, type Outcome, type Posture } from '../agent/outcome.ts';
import { regulatedPrefix } from '../agent/regulated-fields.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { isCertain, type Severity } from '../finding.ts';

export type { Posture } from '../agent/outcome.ts';
export type Verdict = 'BLOCK' | 'WARN' | 'ALLOW';

/** What a push may do, and why. */
export interface Decision {
  readonly posture: Posture;
  /** The markers of regulated data that raised the posture; empty where it was set, or is medium. */
  readonly escalatedBy: readonly LocatedFinding[];
  readonly verdict: Verdict;
  readonly reason: string;
  /** Whether a reason that names this report lets the push through, this once. */
  readonly canOverride: boolean;
  /** What blocks, the most severe first as they came; empty where only the project's agent blocks. */
  readonly blocking: readonly LocatedFinding[];
  /** What made it stricter than it is where no project asks for anything, for people. */
  readonly evidence: readonly string[];
}

/** What a project asks for beyond the floor. */
export interface Asked {
  /** What set the posture, for people. */
  readonly postureBecause?: readonly string[];
  readonly demandOf?: DemandOf;
}

/** What the project's agent says of a decision. It can make it stricter, never looser. */
export interface AgentOpinion {
  readonly posture: Posture | undefined;
  readonly verdict: Verdict | undefined;
  readonly reason: string;
  /** Fingerprints of findings that block, whatever they come to otherwise. */
  readonly block: readonly string[];
  /** Nothing overrides it. */
  readonly isFinal: boolean;
}

/** Markers of fields whose data is regulated: health, children, money, government, and what a project names. */
const isMarker = ({ finding }: LocatedFinding) =>
  finding.ruleId.startsWith('marker-') || finding.ruleId.startsWith(regulatedPrefix);

/**
 * The severity that decides. Critical needs corroboration, because nothing overrides it: what is neither validated
 * nor sure counts as high.
 */
export function decidingSeverity({ finding }: Pick<LocatedFinding, 'finding'>): Severity {
  return finding.severity === 'critical' && !isCertain(finding) ? 'high' : finding.severity;
}

/**
 * Decides on a push. In medium posture critical findings block and nothing overrides them, high ones block unless
 * overridden, medium ones warn. In high posture medium ones block too, and nothing is overridden. Markers of
 * regulated data among the findings raise medium to high. What a project asks for is added: it makes nothing looser.
 */
export function decidePush(
  findings: readonly LocatedFinding[],
  set: Posture,
  { postureBecause = [], demandOf = () => undefined }: Asked = {},
): Decision {
  const escalatedBy = set === 'high' ? [] : findings.filter(isMarker);
  const posture: Posture = set === 'high' || escalatedBy.length > 0 ? 'high' : 'medium';
  const evidence = new Set(set === 'high' ? postureBecause.map((why) => `high posture: ${why}`) : []);
  const by: Record<Outcome, LocatedFinding[]> = { veto: [], block: [], warn: [], note: [] };
  for (const one of findings) {
    const least = floor[posture][decidingSeverity(one)];
    const demand = demandOf(one);
    const isMore = demand !== undefined && isStricter(demand.outcome, least);
    if (isMore) evidence.add(`${demand.outcome}: ${demand.because}`);
    const outcome = isMore ? demand.outcome : least;
    by[outcome === 'block' && posture === 'high' ? 'veto' : outcome].push(one);
  }
  const blocking = gravestFirst([...by.veto, ...by.block]);
  const base = { posture, escalatedBy, blocking, evidence: [...evidence] };
  if (blocking.length > 0) {
    return {
      ...base,
      verdict: 'BLOCK',
      reason: `${issuesOf(blocking)}${posture === 'high' ? ', in high security posture' : ''}`,
      canOverride: by.veto.length === 0,
    };
  }
  if (by.warn.length > 0)
    return { ...base, verdict: 'WARN', reason: issuesOf(gravestFirst(by.warn)), canOverride: false };
  return { ...base, verdict: 'ALLOW', reason: 'Nothing that blocks', canOverride: false };
}

/** The decision with what the project's agent says of it; never looser than without. */
export function withOpinion(
  decision: Decision,
  findings: readonly LocatedFinding[],
  { posture, verdict, reason, block, isFinal }: AgentOpinion,
  asked: Asked,
): Decision {
  const raised = posture === 'high' && decision.posture === 'medium';
  const own = raised
    ? decidePush(findings, 'high', {
        ...asked,
        postureBecause: [...(asked.postureBecause ?? []), 'asked for by the project agent'],
      })
    : decision;
  const named = findings.filter(({ finding }) => block.includes(finding.fingerprint));
  const blocks = verdict === 'BLOCK' || named.length > 0;
  const evidence = reason === '' ? own.evidence : [...own.evidence, `project agent: ${reason}`];
  if (!blocks) {
    const warns = verdict === 'WARN' && own.verdict === 'ALLOW';
    return { ...own, evidence, ...(warns && { verdict, reason: `The project agent warns: ${reason}` }) };
  }
  const isBlockedAlready = own.verdict === 'BLOCK';
  return {
    ...own,
    evidence,
    verdict: 'BLOCK',
    blocking: gravestFirst([...new Set([...own.blocking, ...named])]),
    reason: isBlockedAlready ? own.reason : `The project agent blocks: ${reason}`,
    canOverride: !isFinal && own.posture === 'medium' && (isBlockedAlready ? own.canOverride : true),
  };
}

/** A push that the project's agent could not judge is stopped: nobody knows what it would have said. */
export function withFault(decision: Decision, fault: string): Decision {
  return {
    ...decision,
    verdict: 'BLOCK',
    reason: decision.verdict === 'BLOCK' ? decision.reason : `The project agent failed: ${fault}`,
    canOverride: false,
    evidence: [...decision.evidence, `project agent: failed, ${fault}`],
  };
}

const gravity: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const rank = (one: LocatedFinding) => gravity.indexOf(decidingSeverity(one));

const gravestFirst = (findings: readonly LocatedFinding[]) => [...findings].sort((a, b) => rank(a) - rank(b));

function issuesOf([gravest]: readonly LocatedFinding[]): string {
  const severity = decidingSeverity(gravest!);
  return `${severity[0]!.toUpperCase()}${severity.slice(1)} security issues detected`;
}
