import type { AgentContext, AgentFinding } from '../agent.ts';

/** What the thread of a project's agent gets when it starts. */
export interface AgentStart {
  readonly name: string;
  /** The very bytes whose hash was trusted. */
  readonly base64: string;
}

export type AgentRequest =
  | { readonly call: 'describe' }
  | {
      readonly call: 'decide' | 'explain' | 'onVeto';
      readonly findings: readonly AgentFinding[];
      readonly context: AgentContext;
    };

/** What the thread says: that it is there, that the agent is loaded, or what came of a call. */
export type AgentMessage =
  | { readonly is: 'ready' | 'loaded' }
  /** JSON; undefined where the agent said nothing. */
  | { readonly is: 'answer'; readonly json: string | undefined }
  /** In words that the agent did not choose: what it throws may hold what it read. */
  | { readonly is: 'fault'; readonly reason: string };
