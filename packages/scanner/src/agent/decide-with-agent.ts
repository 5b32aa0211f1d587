import type { AgentContext, AgentFinding } from '../agent.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import {
  type Asked,
  type Decision,
  decidePush,
  decidingSeverity,
  withFault,
  withOpinion,
} from '../push/decision.ts';
import { printable } from '../reports/presentable.ts';
import { titleOf } from '../reports/report.ts';
import { AgentFault } from './agent-fault.ts';
import { demandsOf } from './demands.ts';
import { ownerLookup } from './owners.ts';

import type { ProjectPolicy } from './project-policy.ts';
import type { RunningPolicy } from './read-policy.ts';

/** What is decided about, beside the findings. */
export interface Occasion {
  readonly project: string;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly refs: readonly string[];
  readonly commits: number;
  /** Whether somebody is stopped, so that the agent explains what blocks. */
  readonly isPush: boolean;
  /** Every path at which a finding lies, from the folder of the policy. */
  pathsOf(one: LocatedFinding): readonly string[];
  /** A path of the report from there; the same where it is not given. */
  fromRoot?(path: string): string;
}

export interface Decided {
  readonly decision: Decision;
  /** Who is asked about a path. */
  ownersOf(path: string): readonly string[];
  /** What the agent says of a finding that blocks. */
  explanationOf(one: LocatedFinding): string | undefined;
  /** Tells the agent of a veto. @returns what went wrong */
  tellVeto(): Promise<string | undefined>;
}

const mostTold = 10_000;
const mostExplained = 20;

/** Decides by what the project asks for, and by its agent, which must be running. What the agent fails at, blocks. */
export async function decideWithAgent(
  findings: readonly LocatedFinding[],
  { policy, agent }: RunningPolicy,
  occasion: Occasion,
): Promise<Decided> {
  const asked: Asked = {
    postureBecause: policy.postureBecause,
    demandOf: demandsOf(policy, occasion.pathsOf),
  };
  const owners = ownerLookup(policy.owners);
  const ownersOf = (path: string) => owners(occasion.fromRoot?.(path) ?? path);
  const explanations = new Map<LocatedFinding, string>();
  let decision = decidePush(findings, policy.posture, asked);
  const told = gravest(findings);
  const viewed = (all: readonly LocatedFinding[]) => all.map((one) => viewOf(one, ownersOf));
  const now = () => contextOf(decision, policy, occasion);
  if (agent !== undefined) {
    try {
      const opinion = await agent.decide(viewed(told), now());
      if (opinion !== undefined) decision = withOpinion(decision, findings, opinion, asked);
      if (occasion.isPush && decision.verdict === 'BLOCK' && decision.blocking.length > 0) {
        const shown = decision.blocking.slice(0, mostExplained);
        const lines = await agent.explain(viewed(shown), now());
        for (const [i, line] of lines.entries()) if (line !== undefined) explanations.set(shown[i]!, line);
      }
    } catch (error) {
      decision = withFault(decision, faultOf(error));
    }
  }
  return {
    decision,
    ownersOf,
    explanationOf: (one) => explanations.get(one),
    tellVeto: async () => {
      try {
        await agent?.onVeto(viewed(decision.blocking.slice(0, mostTold)), now());
        return undefined;
      } catch (error) {
        return faultOf(error);
      }
    },
  };
}

function faultOf(error: unknown): string {
  if (error instanceof AgentFault) return error.message;
  throw error;
}

const weight = ['critical', 'high', 'medium', 'low'];

function gravest(findings: readonly LocatedFinding[]): readonly LocatedFinding[] {
  if (findings.length <= mostTold) return findings;
  const rank = (one: LocatedFinding) => weight.indexOf(decidingSeverity(one));
  return [...findings].sort((a, b) => rank(a) - rank(b)).slice(0, mostTold);
}

function viewOf(
  { finding, place }: LocatedFinding,
  ownersOf: (path: string) => readonly string[],
): AgentFinding {
  return {
    fingerprint: finding.fingerprint,
    rule_id: finding.ruleId,
    category: finding.category,
    severity: finding.severity,
    confidence: finding.confidence,
    validated: finding.validated,
    title: titleOf(finding),
    file: printable(place.path),
    line: finding.line,
    ...(place.commit !== undefined && { commit: place.commit }),
    preview: finding.preview,
    owners: ownersOf(place.path),
  };
}

function contextOf(
  { posture, verdict, reason, canOverride }: Decision,
  { compliance }: ProjectPolicy,
  { project, date, refs, commits }: Occasion,
): AgentContext {
  return {
    project: printable(project),
    date,
    posture,
    compliance,
    verdict,
    reason,
    override_available: canOverride,
    refs: refs.map(printable),
    commits,
  };
}
