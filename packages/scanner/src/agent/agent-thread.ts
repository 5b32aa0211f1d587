// A thread that runs a project's agent: what hangs there can be ended, and what it throws ends nothing else.
import { parentPort, workerData } from 'node:worker_threads';
import * as api from '../agent.ts';
import { kindOfFault } from '../command/guard-outcome.ts';
import type { AgentMessage, AgentRequest, AgentStart } from './agent-protocol.ts';
import { loadExports, NoAgent } from './load-exports.ts';

const { name, base64 } = workerData as AgentStart;
// Taken before the agent's code could change what they are.
const port = parentPort!;
const { stringify } = JSON;
const say = (message: AgentMessage) => port.postMessage(message);

const loading = loadExports(name, Buffer.from(base64, 'base64'), api).then(agentOf);
// Listened to from the start: it keeps the thread alive while the agent loads, however long that takes.
port.on('message', (request: AgentRequest) => {
  void loading
    .then((agent) => answer(agent, request))
    .then((value) => stringify(value) as string | undefined)
    .then(
      (json) => say({ is: 'answer', json }),
      (fault: unknown) => say({ is: 'fault', reason: `${request.call} threw ${kindOfFault(fault)}` }),
    );
});
say({ is: 'ready' });
loading.then(
  () => say({ is: 'loaded' }),
  (fault: unknown) => {
    const reason = fault instanceof NoAgent ? fault.message : `it cannot be loaded (${kindOfFault(fault)})`;
    say({ is: 'fault', reason });
  },
);

function agentOf(exported: Readonly<Record<string, unknown>>): api.SecurityAgent {
  const { ProjectSecurityAgent: Agent } = exported;
  if (typeof Agent !== 'function' || !(Agent.prototype instanceof api.SecurityAgent))
    throw new NoAgent('it exports no class ProjectSecurityAgent that extends SecurityAgent');
  return new (Agent as new () => api.SecurityAgent)();
}

async function answer(agent: api.SecurityAgent, request: AgentRequest): Promise<unknown> {
  if (request.call === 'describe') {
    const { posture } = agent;
    return { ...(posture !== undefined && { posture }), ...(await agent.customPatterns()) };
  }
  const { findings, context } = request;
  if (request.call === 'decide') return agent.decide(findings, context);
  if (request.call === 'onVeto') return void (await agent.onVeto(findings, context));
  const lines: unknown[] = [];
  for (const finding of findings) lines.push((await agent.explain(finding, context)) ?? null);
  return lines;
}
