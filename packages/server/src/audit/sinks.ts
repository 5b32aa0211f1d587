import { setTimeout as pause } from 'node:timers/promises';
import type { Unit } from '../database/unit.ts';
import { keyedDigest } from '../encryption/digest.ts';
import type { Notice } from './notices.ts';
import { keptLogKeys } from './signing-keys/log-keys.ts';
import { type Sink, SinkRunner, type SinkState } from './sink-runner.ts';
import type { LogSource } from './source.ts';
import { lastCheckpoint } from './store.ts';
import { type StreamAddress, streamAddressOf } from './streams/address.ts';
import { formatterOf } from './streams/payload.ts';
import { streamSink } from './streams/stream-sink.ts';
import { targetOf } from './streams/target-of.ts';
import { fileWitness, folderWitness, webWitness } from './witnesses/witness.ts';
import { witnessSink } from './witnesses/witness-sink.ts';

export interface SinkSettings {
  /** Folder of the database: the newest checkpoint is kept beside it. */
  dataDir: string;
  witnessFile: string | undefined;
  witnessUrl: string | undefined;
  witnessToken: string | undefined;
  streams: readonly string[];
  streamToken: string | undefined;
}

export interface SinkDeps {
  /** With a connection of its own: an export's long snapshot must not hide new events from the sinks. */
  source: LogSource;
  /** Verifier key text of the key that signed when the server started. */
  logKey: string;
  settings: SinkSettings;
  /** Keys the names of streams in the database. */
  digestKey: Uint8Array;
  /** Events that the log had when the server started: a new stream begins after them. */
  sizeAtStart: number;
  /** Leaves that are committed. */
  size(): number;
  /** Stores how far a stream has come. */
  commit(unit: Unit): Promise<unknown>;
  notify(notice: Notice): void;
}

const LOOK_EVERY_MS = 250;
/** Longest pauses after failures. That of a witness is short: it is to be found well again within 5 s. */
const WITNESS_PAUSE_MS = 2000;
const STREAM_PAUSE_MS = 30_000;
/** What closing may take: the last events and, where there is an outside witness, a checkpoint over them. */
const CLOSE_MS = 2000;
const CHECKPOINT_WAIT_MS = 1300;

/** Everything that the log is copied to while it grows: witnesses of its checkpoints, and streams of its events. */
export class AuditSinks {
  private readonly deps: SinkDeps;
  private readonly sinks: Sink[];
  private readonly runners: SinkRunner[];
  private timer: NodeJS.Timeout | undefined;

  constructor(deps: SinkDeps) {
    this.deps = deps;
    const { notify } = deps;
    this.sinks = [...witnessesOf(deps), ...streamsOf(deps)];
    this.runners = this.sinks.map((sink) => {
      const longestPause = sink.what === 'witness' ? WITNESS_PAUSE_MS : STREAM_PAUSE_MS;
      return new SinkRunner(sink, { notify, longestPause });
    });
  }

  start(): void {
    this.timer = setInterval(() => {
      for (const runner of this.runners) runner.look();
    }, LOOK_EVERY_MS);
    this.timer.unref();
  }

  /** How each of them is. */
  states(): SinkState[] {
    return this.runners.map(({ state }) => state);
  }

  /** Hands over what it can within 2 s, and ends. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    const { witnessFile, witnessUrl } = this.deps.settings;
    const covered = witnessFile || witnessUrl ? this.lastCheckpoint() : Promise.resolve();
    const flushed = this.runners.map(async (runner) => {
      if (runner.state.what === 'witness') await covered;
      await runner.flush();
    });
    const end = new AbortController();
    const late = pause(CLOSE_MS, undefined, { signal: end.signal }).catch(() => undefined);
    const closed = Promise.allSettled(flushed).then(() =>
      Promise.allSettled(this.sinks.map((sink) => sink.close())),
    );
    await Promise.race([closed, late]);
    end.abort();
  }

  /** Resolves when a checkpoint covers everything that is committed, or none comes in time. */
  private async lastCheckpoint(): Promise<void> {
    const { source, size } = this.deps;
    const end = performance.now() + CHECKPOINT_WAIT_MS;
    while (performance.now() < end) {
      const [newest] = await source.reader.all(lastCheckpoint, {});
      if (newest && newest.size >= size()) return;
      await pause(50);
    }
  }
}

function witnessesOf({ settings, source, size, notify, logKey }: SinkDeps): Sink[] {
  const { dataDir, witnessFile, witnessUrl, witnessToken } = settings;
  const witnesses = [folderWitness(dataDir)];
  if (witnessFile !== undefined) witnesses.push(fileWitness(witnessFile, notify));
  if (witnessUrl !== undefined) witnesses.push(webWitness(witnessUrl, witnessToken));
  const { reader } = source;
  const keys = keptLogKeys(reader, logKey);
  return witnesses.map((witness) => witnessSink(witness, { reader, size, keys }));
}

function streamsOf({ settings, source, sizeAtStart, size, commit, notify, digestKey }: SinkDeps): Sink[] {
  const names = new Map<string, number>();
  const nameOf = ({ name }: StreamAddress) => {
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
  return settings.streams.map((text) => {
    const address = streamAddressOf(text);
    return streamSink({
      name: nameOf(address),
      cursorName: keyedDigest(digestKey, `audit stream ${address.identity}`).toString('hex'),
      target: targetOf(address, settings.streamToken, notify),
      formatter: () => formatterOf(address.format),
      source,
      begin: sizeAtStart,
      size,
      commit,
    });
  });
}
