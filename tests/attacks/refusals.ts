import { expect } from 'vitest';
import { type Answer, type Api, apiOf } from '../api.ts';
import { exportedEvents, exportLog } from '../audit-log.ts';
import type { Server } from '../server-process.ts';

/** A native error: the status, an RFC 9457 document, and a stable code that is not the catch-all one. */
export function expectProblem(answer: Answer, status: number | number[], code?: string | RegExp): void {
  const statuses = [status].flat();
  expect(statuses, answer.text).toContain(answer.status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: expect.stringMatching(/^urn:memhold:error:/),
    title: expect.any(String),
    status: answer.status,
    detail: expect.any(String),
    code: expect.stringMatching(/^(?!internal_error)[a-z][a-z_]+$/),
    request_id: expect.any(String),
  });
  if (typeof code === 'string') expect(answer.body.code).toBe(code);
  else if (code) expect(answer.body.code).toMatch(code);
}

/** An error on the mem0 door: what its clients read, and the code. */
export function expectMem0Error(answer: Answer, status: number, code?: string): void {
  expect([answer.status, answer.text]).toEqual([status, expect.any(String)]);
  const codes = code ?? expect.stringMatching(/^(?!internal_error)[a-z][a-z_]+$/);
  expect(answer.body).toMatchObject({ detail: expect.any(String), error: expect.any(String), code: codes });
}

/** Counts what a battery sent and how many memories its answers say were stored. */
export class Battery {
  sent = 0;
  stored = 0;
  readonly api: Api;
  private readonly server: Server;

  constructor(server: Server) {
    this.server = server;
    this.api = this.counting(server.api);
  }

  counting(api: Api): Api {
    return async (method, path, body, headers) => {
      this.sent++;
      const answer = await api(method, path, body, headers);
      if (answer.status === 201 && answer.body?.version === 1) this.stored++;
      if (answer.status === 200 && path.startsWith('/v3/memories/add'))
        this.stored += answer.body.results.length;
      return answer;
    };
  }

  /**
   * The server is well, and holds what it acknowledged and not one memory more: counted in the audit log, which every
   * stored memory is in. Stops the server.
   */
  async expectNothingElseStored(): Promise<void> {
    expect(this.sent).toBeGreaterThan(10);
    const open = apiOf(this.server.url);
    expect((await open('GET', '/ready')).status).toBe(200);
    const content = 'still taking notes';
    const made = await this.api('POST', '/memories', { content, user_id: 'after-the-battery' });
    expect(made.status).toBe(201);
    const found = await this.api('POST', '/memories/search', {
      query: 'notes',
      user_id: 'after-the-battery',
    });
    expect(found.body.results).toMatchObject([{ content }]);
    await this.server.stop();

    const { file } = await exportLog(this.server.dataDir);
    const created = exportedEvents(file)
      .filter(({ type, success }) => type === 'memory.created' && success)
      .flatMap(({ resource }) => resource!.ids);
    expect(created).toHaveLength(this.stored);
    console.log(`${this.sent} requests, ${this.stored} memories stored, none besides`);
    expect(this.server.output()).not.toMatch(/request failed|internal_error|Uncaught|at .*\.[jt]s:\d+/);
  }
}
