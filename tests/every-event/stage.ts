import { join } from 'node:path';
import { vi } from 'vitest';
import { type Answer, type Api, apiOf, bearer } from '../api.ts';
import { type Entered, entered } from '../attacks/entrance.ts';
import { memhold, type Server, settingsFor, startServer, temporaryFolder } from '../server-process.ts';
import type { Who } from './told.ts';
import { type WitnessDouble, witnessDouble } from './witness-double.ts';

/** In every name, address and reason: may be in the erasable part of an event, never in the part that stays. */
export const NAME = 'quokka';
/** In every password and every text: nowhere in the log. */
export const TEXT = 'Wombat';
export const PASSWORD = `${TEXT}-Horse-7`;
export const ROOT = `${NAME}_root`;
export const AGENT = `${NAME}-agent/1.0`;

export interface Key {
  id: string;
  api: Api;
  who: Who;
}

/** Everything that the provocations act on: one data folder, whose server is started three times, and its people. */
export class Stage {
  readonly dataDir = join(temporaryFolder(), 'data');
  readonly stream = join(temporaryFolder(), 'stream.jsonl');
  readonly witness: WitnessDouble;
  /** Credentials that were handed out. */
  readonly secrets = new Set<string>([PASSWORD]);
  server!: Server;
  /** The administrator of the server, logged in since its last start. */
  admin!: Entered;
  /** An ordinary user, and the mail address that they have now. */
  ada!: Entered;
  adaMail = mailOf('ada');
  /** A namespace of several people: its id, and the administrator logged in there. */
  team!: Entered;

  private constructor(witness: WitnessDouble) {
    this.witness = witness;
  }

  static async open(): Promise<Stage> {
    return new Stage(await witnessDouble());
  }

  async start(settings: Record<string, string> = {}): Promise<void> {
    this.server = await startServer({
      dataDir: this.dataDir,
      settings: {
        MEMHOLD_ADMIN_USERNAME: ROOT,
        MEMHOLD_ADMIN_PASSWORD: PASSWORD,
        MEMHOLD_REGISTRATION: 'open',
        MEMHOLD_EMAIL_VERIFICATION: 'optional',
        MEMHOLD_MAX_AUTH_FAILURES: '3',
        MEMHOLD_RATE_LIMITS: 'on',
        MEMHOLD_JWT_ALGORITHM: 'EdDSA',
        MEMHOLD_AUDIT_LEVEL: 'debug',
        MEMHOLD_AUDIT_WITNESS_URL: this.witness.url,
        MEMHOLD_AUDIT_STREAMS: `file://${this.stream}`,
        ...settings,
      },
    });
    this.admin = await this.enter('root');
  }

  /** Calls without a credential. */
  readonly open: Api = (...call) => this.with({})(...call);

  /** Calls with a credential, of whichever server runs when they are made. */
  with(headers: Record<string, string>): Api {
    return (...call) => apiOf(this.server.url, { 'user-agent': AGENT, ...headers })(...call);
  }

  /** What a login, or whatever else begins a session, let in. */
  session(answer: Answer): Entered {
    const one = entered(this.server.url, answer);
    for (const secret of [one.token, one.refresh]) this.secrets.add(secret);
    return { ...one, api: this.with(bearer(one.token)) };
  }

  async enter(name: string, more: object = {}): Promise<Entered> {
    const words = { username: `${NAME}_${name}`, password: PASSWORD, ...more };
    return this.session(await this.open('POST', '/auth/login', words));
  }

  /** Makes an account, and logs in. */
  async person(name: string): Promise<Entered> {
    const account = {
      username: `${NAME}_${name}`,
      email: mailOf(name),
      full_name: `${NAME} ${name}`,
      password: PASSWORD,
    };
    await ok(this.open('POST', '/auth/register', account));
    return this.enter(name);
  }

  /** A key of the administrator's. */
  async key(more: object = {}): Promise<Key> {
    const {
      id,
      key,
      signing_secret: secret,
    } = await ok(this.admin.api('POST', '/api-keys', { name: `${NAME} key`, ...more }));
    for (const one of [key, secret]) if (one !== undefined) this.secrets.add(one);
    const who = { kind: 'api_key', id, account: this.admin.account } as const;
    return { id, api: this.with({ 'x-api-key': key }), who };
  }

  async cli(...args: string[]): Promise<string> {
    const { code, output, errors } = await memhold(args, settingsFor(this.dataDir));
    if (code !== 0) throw new Error(`memhold ${args.join(' ')} ended with ${code}: ${errors}`);
    return output;
  }

  /** Waits for what the service does by itself. */
  async logged(type: string, is: (event: { resource_ids: string[] }) => boolean = () => true): Promise<void> {
    await vi.waitFor(
      async () => {
        const { logs } = await ok(this.admin.api('GET', `/audit/logs?event_type=${type}`));
        if (!logs.some(is)) throw new Error(`no such ${type} in the log`);
      },
      { timeout: 20_000, interval: 100 },
    );
  }
}

export const mailOf = (name: string) => `${NAME}_${name}@${NAME}.example.org`;

/** The body of an answer that has to be a success. */
export async function ok(answer: Promise<Answer>) {
  const { status, text, body } = await answer;
  if (status < 200 || status > 299) throw new Error(`${status}: ${text}`);
  return body;
}

/** An answer that has to be this refusal. */
export async function refused(answer: Promise<Answer>, code: string): Promise<void> {
  const { text, body } = await answer;
  if (body?.code !== code) throw new Error(`not refused as ${code}: ${text}`);
}
