import type { TrustedModule } from '../custom-rules/module-rules.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import { AgentFault } from './agent-fault.ts';
import { ProjectAgent } from './project-agent.ts';
import { type PolicySource, type ProjectPolicy, policyOf } from './project-policy.ts';
import { parseSecurity, type SecuritySettings, securityFile } from './security-settings.ts';

/** The text of the settings, checked. Throws InvalidConfiguration, which names the file. */
export async function settingsFrom(text: string | undefined): Promise<SecuritySettings | undefined> {
  if (text === undefined) return undefined;
  try {
    return await parseSecurity(text);
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    throw new InvalidConfiguration(`${securityFile}: ${error.message}`, { cause: error });
  }
}

export interface RunningPolicy {
  readonly policy: ProjectPolicy;
  /** Running, until it is stopped. */
  readonly agent: ProjectAgent | undefined;
}

/** What settings and a trusted agent ask for together. Throws InvalidConfiguration, AgentFault. */
export async function runPolicy(
  settings: SecuritySettings | undefined,
  trusted: TrustedModule | undefined,
): Promise<RunningPolicy> {
  const sources: PolicySource[] = [{ settings: settings ?? noSettings, name: securityFile }];
  if (trusted === undefined) return { policy: policyOf(sources), agent: undefined };
  const agent = await ProjectAgent.start(trusted);
  try {
    const own = await agent.describe();
    if (own.posture === 'medium' && policyOf(sources).posture === 'high')
      throw new AgentFault(
        `the project agent ${agent.name} is not to be relied on: it would lower the posture`,
      );
    return { policy: policyOf([...sources, { settings: own, name: agent.name }]), agent };
  } catch (error) {
    await agent.stop();
    throw error;
  }
}

const noSettings: SecuritySettings = {
  posture: undefined,
  compliance: [],
  customPatterns: [],
  piiPatterns: [],
  piiKinds: {},
  thresholds: [],
  allow: [],
  owners: [],
};
