import { Worker } from 'node:worker_threads';
import type { AgentContext, AgentFinding } from '../agent.ts';
import { kindOfFault } from '../command/guard-outcome.ts';
import type { TrustedModule } from '../custom-rules/module-rules.ts';
import { InvalidConfiguration } from '../files/settings-shape.ts';
import type { AgentOpinion } from '../push/decision.ts';
import { printable } from '../reports/presentable.ts';
import { explanationsIn, opinionIn, settingsIn } from './agent-answers.ts';
import { AgentFault } from './agent-fault.ts';
import type { AgentMessage, AgentRequest, AgentStart } from './agent-protocol.ts';
import type { SecuritySettings } from './security-settings.ts';

/** For the thread itself, which a busy machine may let wait. */
const startLimit = 30_000;
/** For each call of the agent, in milliseconds. */
const callLimit = 3_000;
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const threadFile = new URL(`./agent-thread.${extension}`, import.meta.url);

/** A project's agent in a thread of its own. What goes wrong there becomes an AgentFault, whatever it is. */
export class ProjectAgent {
  readonly name: string;
  readonly #worker: Worker;
  #waiting: { resolve(message: AgentMessage): void; reject(fault: AgentFault): void } | undefined;
  readonly #early: AgentMessage[] = [];
  #ended: string | undefined;

  readonly #limit: number;

  private constructor(start: AgentStart, limit: number) {
    this.name = start.name;
    this.#limit = limit;
    this.#worker = new Worker(threadFile, {
      name: 'memhold-agent',
      workerData: start,
      // No token of the user's surroundings, and no standard streams: what it prints goes nowhere.
      env: {},
      argv: [],
      execArgv: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      stdout: true,
      stderr: true,
      resourceLimits,
    });
    // Nobody waits for a thread but who has asked it something.
    this.#worker.unref();
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('message', (message: AgentMessage) => {
      if (this.#waiting === undefined) this.#early.push(message);
      else this.#waiting.resolve(message);
    });
    this.#worker.on('error', (error) => this.#end(`its thread failed (${kindOfFault(error)})`));
    this.#worker.on('exit', () => this.#end('its thread ended'));
  }

  /**
   * Starts a trusted agent. Throws AgentFault.
   * @param limit for each call, in milliseconds
   */
  static async start({ name, base64 }: TrustedModule, limit = callLimit): Promise<ProjectAgent> {
    const agent = new ProjectAgent({ name, base64 }, limit);
    try {
      await agent.#next('its thread did not start', startLimit);
      await agent.#next('it took too long to load');
    } catch (fault) {
      await agent.stop();
      throw fault;
    }
    return agent;
  }

  /** What it guards, as settings. Throws AgentFault. */
  async describe(): Promise<SecuritySettings> {
    const answer = await this.#ask({ call: 'describe' });
    return this.#told('customPatterns', () => settingsIn(answer));
  }

  /** What it says of a decision; undefined where it leaves it. Throws AgentFault, also where it would loosen it. */
  async decide(findings: readonly AgentFinding[], context: AgentContext): Promise<AgentOpinion | undefined> {
    const answer = await this.#ask({ call: 'decide', findings, context });
    return this.#told('decide', () => opinionIn(answer, findings, context));
  }

  /** What it says of each finding. Throws AgentFault. */
  async explain(findings: readonly AgentFinding[], context: AgentContext): Promise<(string | undefined)[]> {
    const answer = await this.#ask({ call: 'explain', findings, context });
    return this.#told('explain', () => explanationsIn(answer, findings.length));
  }

  /** Throws AgentFault. */
  async onVeto(findings: readonly AgentFinding[], context: AgentContext): Promise<void> {
    await this.#ask({ call: 'onVeto', findings, context });
  }

  async stop(): Promise<void> {
    this.#end('it was stopped');
    await this.#worker.terminate();
  }

  /** Throws AgentFault in place of what is wrong with an answer. */
  #told<T>(call: string, parse: () => T): T {
    try {
      return parse();
    } catch (error) {
      if (error instanceof InvalidConfiguration) throw this.#fault(`${call}: ${error.message}`);
      throw error;
    }
  }

  async #ask(request: AgentRequest): Promise<unknown> {
    this.#worker.postMessage(request);
    const message = await this.#next(`${request.call} took too long`);
    if (message.is !== 'answer') throw this.#fault(`${request.call} was answered by something else`);
    if (message.json === undefined) return undefined;
    if (typeof message.json !== 'string' || message.json.length > 256_000)
      throw this.#fault(`the answer of ${request.call} is too large`);
    return JSON.parse(message.json);
  }

  /** The next message that is no fault. A thread that does not answer in time is ended. */
  async #next(late: string, limit = this.#limit): Promise<AgentMessage> {
    const message = await new Promise<AgentMessage>((resolve, reject) => {
      const early = this.#early.shift();
      if (early !== undefined) return resolve(early);
      if (this.#ended !== undefined) return reject(this.#fault(this.#ended));
      const timer = setTimeout(() => {
        this.#end(`${late}: it has ${limit / 1000} seconds`);
        void this.#worker.terminate();
      }, limit);
      const done =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          this.#waiting = undefined;
          settle(value);
        };
      this.#waiting = { resolve: done(resolve), reject: done(reject) };
    });
    // The agent shares the thread, and could say this itself.
    if (message.is === 'fault') throw this.#fault(printable(String(message.reason)).slice(0, 200));
    return message;
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#waiting?.reject(this.#fault(this.#ended));
  }

  #fault(reason: string): AgentFault {
    return new AgentFault(`the project agent ${this.name} is not to be relied on: ${reason}`);
  }
}
