import { decideWithAgent, type Occasion } from '../agent/decide-with-agent.ts';
import { demandsOf } from '../agent/demands.ts';
import type { DemandOf } from '../agent/outcome.ts';
import { noPolicy } from '../agent/project-policy.ts';
import type { RunningPolicy } from '../agent/read-policy.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { decidingSeverity } from '../push/decision.ts';
import type { Report, Veto } from '../reports/report.ts';

const mostTold = 10_000;

/**
 * What a push of what was scanned would come to, by the project's policy, in medium posture unless it or findings raise it;
 * and who is asked about a path.
 * @param findings the gravest first
 */
export async function vetoOf(
  findings: Iterable<LocatedFinding>,
  isComplete: boolean,
  running: RunningPolicy | undefined,
  occasion: Occasion,
): Promise<{ veto: Veto } & Pick<Report, 'ownersOf'>> {
  const { policy, agent } = running ?? { policy: noPolicy, agent: undefined };
  const some = representatives(findings, demandsOf(policy, occasion.pathsOf));
  const told = agent === undefined ? [] : firstOf(findings, mostTold);
  const { decision, ownersOf } = await decideWithAgent([...told, ...some], { policy, agent }, occasion);
  const { posture, verdict, reason, canOverride, evidence } = decision;
  const more = { posture, evidence, compliance: policy.compliance };
  const veto: Veto = isComplete
    ? { ...more, decision: verdict, reason, canOverride }
    : { ...more, decision: 'BLOCK', reason: 'Not everything could be scanned', canOverride: false };
  return { veto, ...(policy.owners.length > 0 && { ownersOf }) };
}

/** A decision asks only which kinds there are; of all findings there can be more than memory has room for. */
function representatives(findings: Iterable<LocatedFinding>, demandOf: DemandOf): LocatedFinding[] {
  const kinds = new Map<string, LocatedFinding>();
  for (const one of findings) {
    const demand = demandOf(one);
    const kind = `${decidingSeverity(one)} ${one.finding.ruleId} ${demand?.outcome} ${demand?.because}`;
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  return [...kinds.values()];
}

function firstOf(findings: Iterable<LocatedFinding>, most: number): LocatedFinding[] {
  const first: LocatedFinding[] = [];
  for (const one of findings) if (first.push(one) === most) break;
  return first;
}
