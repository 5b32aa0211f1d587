import type { Config } from './config.ts';
import { dataFolder } from './data-folder.ts';
import { houseKeeper } from './house-keeper.ts';
import { listenLocally } from './http/local-socket.ts';
import { appOn, openStronghold } from './main.ts';
import { VERSION } from './version.ts';

export interface LocalPost {
  body: object;
  headers: Readonly<Record<string, string>>;
  /** Stops waiting for the answer; what was asked may be done all the same. */
  signal?: AbortSignal;
}

export interface LocalReply {
  status: number;
  body: string;
}

export interface LocalServer {
  /** What a person should know at this start: where the first credentials are. */
  notices: string[];
  /** One request as the operator, without a way through the system. */
  post(path: string, request: LocalPost): Promise<LocalReply>;
  /** Resolves if it cannot go on by itself (a thread died). */
  died: Promise<Error>;
  /** Lets what is under way end, for at most 5 s, and gives the folder back. */
  close(): Promise<void>;
}

/**
 * The service on a data folder for programs of this machine: on the folder's socket, and on no port. Whoever comes in is
 * the operator. On Windows, where there is no such socket, it serves this process only.
 * Mails wait for a server, as with `withoutListening`.
 * @throws DatabaseError `data_folder_held`, and what opening a folder throws.
 */
export async function serveLocally(config: Config, publicUrl: string): Promise<LocalServer> {
  const startedAt = Date.now();
  const folder = dataFolder(config);
  const opened = await openStronghold(config, folder, () => publicUrl, undefined, 'mcp');
  const { threads, recorder, identity, evidence, kept, notices, close } = opened;
  let stopApp = async () => undefined as unknown;
  try {
    const authenticate = async () => ({ actor: await identity.operator() });
    const { app, policies, project } = await appOn(opened, config, startedAt, { authenticate });
    const house = houseKeeper({ policies, identity, exports: project.exports, log: app.log });
    stopApp = async () => {
      house.stop();
      await app.close();
    };
    await identity.mail.close();
    const system = { actor: { kind: 'system' }, success: true } as const;
    await recorder.record({
      ...system,
      time: startedAt,
      type: 'system.startup',
      private: { version: VERSION },
    });
    const told =
      config.auditStreams.length > 0 ||
      config.auditWitnessFile ||
      config.auditWitnessUrl ||
      (await evidence.webhooks.any());
    const local = await listenLocally(app, folder.folder);
    house.begin();
    threads.watchLog(told ? 'now' : 'when it grows', evidence.notice);
    return {
      notices: [...kept.lines, ...notices],
      died: threads.died,
      async post(path, { headers, body, signal }) {
        const { statusCode, body: text } = await app.inject({
          method: 'POST',
          url: path,
          headers: { ...headers, host: 'localhost' },
          payload: body,
          ...(signal && { signal }),
        });
        return { status: statusCode, body: text };
      },
      async close() {
        await local.close();
        await stopApp();
        void evidence.watch.close();
        const event = { ...system, time: Date.now(), type: 'system.shutdown' } as const;
        // A full disk takes no event; the folder is closed all the same.
        if (threads.writable()) await recorder.record(event).catch(() => undefined);
        await close();
      },
    };
  } catch (error) {
    // Whatever fails on the way, the folder is given back.
    await stopApp().finally(close);
    throw error;
  }
}
