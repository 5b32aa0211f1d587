import { InvalidConfiguration } from '../files/settings-shape.ts';

/** Where a project's agent lies: one of these, below its root. */
export const agentFiles: readonly string[] = ['.memhold/agent.ts', '.memhold/agent.mjs', '.memhold/agent.js'];

/** The agent's file among those that are there; undefined without one. Throws InvalidConfiguration for several. */
export function agentAmong(there: readonly string[]): string | undefined {
  const found = agentFiles.filter((name) => there.includes(name));
  if (found.length > 1) throw new InvalidConfiguration(`${found.join(' and ')} are both there: keep one`);
  return found[0];
}
