import type { AgentContext, AgentFinding, AgentVerdict } from '../agent.ts';
import { InvalidConfiguration, list, oneOf, record, shownText, string } from '../files/settings-shape.ts';
import type { AgentOpinion } from '../push/decision.ts';
import { printable } from '../reports/presentable.ts';
import { type SecuritySettings, securityOf } from './security-settings.ts';

const longestLine = 300;
const verdicts: readonly AgentVerdict[] = ['ALLOW', 'WARN', 'BLOCK'];
/** An agent makes it stricter: what is allowed, and who is asked, stands in the settings. */
const mayNotSay = ['allow', 'owners'];

/** What `customPatterns` gives, as settings. Throws InvalidConfiguration, as all functions here. */
export function settingsIn(answer: unknown): SecuritySettings {
  const given = typeof answer === 'object' && answer !== null ? Object.keys(answer) : [];
  if (given.some((key) => mayNotSay.includes(key)))
    throw new InvalidConfiguration(
      'an agent allows nothing and names no owners: write that into the settings',
    );
  return securityOf(answer ?? {}, 'its answer');
}

/** What `decide` gives. What is looser than what was decided is refused: an agent that tries is not to be relied on. */
export function opinionIn(
  answer: unknown,
  findings: readonly AgentFinding[],
  context: AgentContext,
): AgentOpinion | undefined {
  if (answer === undefined || answer === null) return undefined;
  const keys = ['posture', 'verdict', 'reason', 'block', 'final'];
  const { posture, verdict, reason, block = [], final = false } = record(answer, 'its answer', keys);
  const said = verdict === undefined ? undefined : oneOf(verdict, 'verdict', verdicts);
  const wanted = posture === undefined ? undefined : oneOf(posture, 'posture', ['medium', 'high'] as const);
  if (said !== undefined && verdicts.indexOf(said) < verdicts.indexOf(context.verdict))
    throw new InvalidConfiguration(`it would loosen ${context.verdict} to ${said}`);
  if (wanted === 'medium' && context.posture === 'high')
    throw new InvalidConfiguration('it would lower the posture');
  if (typeof final !== 'boolean') throw new InvalidConfiguration('final must be true or false');
  const known = new Set(findings.map(({ fingerprint }) => fingerprint));
  const named = list(block, 'block', 10_000).map((one, i) => {
    const fingerprint = string(one, `block[${i}]`, 200);
    if (!known.has(fingerprint))
      throw new InvalidConfiguration(`block[${i}] is the fingerprint of no finding`);
    return fingerprint;
  });
  return {
    posture: wanted,
    verdict: said,
    reason: printable(shownText(reason, 'reason', longestLine)),
    block: named,
    isFinal: final,
  };
}

/** What `explain` gives, for each finding. */
export function explanationsIn(answer: unknown, count: number): (string | undefined)[] {
  const lines = list(answer, 'its answer', count);
  return lines.map((line, i) =>
    line === null ? undefined : printable(shownText(line, `its answer[${i}]`, longestLine)),
  );
}
