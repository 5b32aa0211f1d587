import type { Worker } from 'node:worker_threads';
import { DatabaseError } from '../database/errors.ts';
import type { WriterClient } from '../database/writer-client.ts';
import { subjectOf } from '../memories/memory.ts';
import { ownersOf, type WriteRequest, type WriteResult } from '../memories/requests.ts';
import { RemoteError } from './calls.ts';
import type { FromScreen, ToScreen } from './protocol.ts';

const QUEUE_LIMIT = 4096;
/** Small, so that the writer gets the first while the screen works on the second. */
const BATCH_LIMIT = 32;
const BATCHES_UNDER_WAY = 2;

/** The way of a change of memories: this thread → screen thread → writer → this thread. */
export class MemoryPipeline {
  private readonly startScreen: () => Worker;
  private screen: Worker | undefined;
  private readonly writer: WriterClient;
  private pending: { ticket: number; request: WriteRequest }[] = [];
  private forget: ToScreen['forget'];
  private underWay = 0;
  private scheduled = false;

  constructor(startScreen: () => Worker, writer: WriterClient) {
    this.startScreen = startScreen;
    this.writer = writer;
  }

  /**
   * Screens, seals and stores a change; resolves when it is on disk.
   * @throws RemoteError from the screen, UnitRefused or DatabaseError from the writer.
   */
  async submit(request: WriteRequest): Promise<WriteResult> {
    try {
      return await this.attempt(request);
    } catch (error) {
      if ((error as { code?: string }).code !== 'subject_changed') throw error;
      // The subject's key was replaced since the screen read it: once more with the new one.
      const namespaceId = request.caller.namespace.id;
      const stale = ownersOf(request).map((entities) => ({ namespaceId, entity: subjectOf(entities) }));
      this.forget = [...(this.forget ?? []), ...stale];
      return this.attempt(request);
    }
  }

  private async attempt(request: WriteRequest): Promise<WriteResult> {
    if (this.pending.length >= QUEUE_LIMIT)
      throw new DatabaseError('overloaded', 'Too many writes are waiting: try again in a second.');
    const { ticket, answer } = this.writer.expect();
    this.pending.push({ ticket, request });
    if (!this.scheduled) {
      this.scheduled = true;
      setImmediate(() => {
        this.scheduled = false;
        this.send();
      });
    }
    return (await answer).note as WriteResult;
  }

  private listen(screen: Worker): Worker {
    screen.on('message', ({ failed }: FromScreen) => {
      this.underWay--;
      for (const { ticket, error } of failed)
        this.writer.abandon(ticket, new RemoteError(error.code, error.message));
      this.send();
    });
    return screen;
  }

  private send(): void {
    while (this.pending.length > 0 && this.underWay < BATCHES_UNDER_WAY) {
      const batch = this.pending.splice(0, BATCH_LIMIT);
      const message: ToScreen = { batch, ...(this.forget && { forget: this.forget }) };
      this.forget = undefined;
      this.underWay++;
      this.screen ??= this.listen(this.startScreen());
      this.screen.postMessage(message);
    }
  }
}
