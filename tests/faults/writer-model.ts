import { type Answer, type Api, apiOf } from '../api.ts';

/** What a memory must be: its text, or null once its deletion was acknowledged. */
type State = string | null;

/**
 * One client that adds, updates and deletes without pause until its server dies, and knows what it was promised.
 * The request that was under way when the server died may have happened or not: both its states are right.
 */
export class WritingClient {
  readonly user: string;
  readonly promised = new Map<string, State>();
  /** The other state that the memory of the interrupted request may be in, until the next look. */
  private readonly open = new Map<string, State>();
  acknowledged = 0;
  private count = 0;

  constructor(user: string) {
    this.user = user;
  }

  /** Resolves when a request fails because the server is gone. */
  async writeUntilGone(url: string, key: string): Promise<void> {
    const api = apiOf(url, { 'x-api-key': key });
    let last: string | undefined;
    try {
      while (true) {
        const n = ++this.count;
        if (last !== undefined && n % 5 === 0) await this.update(api, last, `${this.user} changed ${n}`);
        else if (last !== undefined && n % 7 === 0) await this.delete(api, last);
        else last = await this.add(api, `${this.user} wrote ${n}`);
        if (this.promised.get(last!) === null) last = undefined;
        this.acknowledged++;
      }
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
  }

  /** Compares what the server has with what was promised; returns what is wrong, in words. */
  check(listed: ReadonlyMap<string, string>): string[] {
    const wrong: string[] = [];
    for (const [id, state] of this.promised) {
      const found = listed.get(id) ?? null;
      if (found === state) continue;
      if (this.open.has(id) && this.open.get(id) === found) this.promised.set(id, found);
      else wrong.push(`${id}: promised ${state}, found ${found}`);
    }
    // An add that was never answered may be there; it counts from now on.
    for (const id of listed.keys()) if (!this.promised.has(id)) this.promised.set(id, listed.get(id)!);
    this.open.clear();
    return wrong;
  }

  private async add(api: Api, content: string): Promise<string> {
    const { body } = expectOk(await api('POST', '/memories', { content, user_id: this.user }));
    this.promised.set(body.id, content);
    return body.id;
  }

  private async update(api: Api, id: string, content: string): Promise<void> {
    this.open.set(id, content);
    expectOk(await api('PUT', `/memories/${id}`, { content }));
    this.promised.set(id, content);
    this.open.delete(id);
  }

  private async delete(api: Api, id: string): Promise<void> {
    this.open.set(id, null);
    expectOk(await api('DELETE', `/memories/${id}`));
    this.promised.set(id, null);
    this.open.delete(id);
  }
}

class Refused extends Error {}

function expectOk(answer: Answer): Answer {
  if (answer.status >= 300) throw new Refused(`${answer.status}: ${answer.text}`);
  return answer;
}

/** Everything that a user has: id → content, over all pages. */
export async function listAll(api: Api, user: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let offset = 0; ; offset += 1000) {
    const path = `/memories?user_id=${user}&top_k=1000&offset=${offset}&show_expired=true`;
    const { body } = expectOk(await api('GET', path));
    for (const { id, content } of body.memories) found.set(id, content);
    if (offset + 1000 >= body.total) return found;
  }
}
