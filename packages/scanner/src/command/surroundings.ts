import type { OverrideOutbox } from '../push/outbox.ts';

/** What the command may touch of its surroundings besides files; who calls it decides. */
export interface Surroundings {
  readonly tool: { readonly name: string; readonly version: string };
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output takes colours. */
  readonly colours: boolean;
  readonly stdin: () => AsyncIterable<Buffer | string>;
  /** Writes text to standard output, and resolves when it is on its way. */
  out(text: string): Promise<void>;
  /** Writes a line to standard error. */
  err(text: string): void;
  /** Shows how far something is, in place of what it showed before; undefined where nobody watches. */
  readonly progress?: ((text: string) => void) | undefined;
  /** Where overrides of pushes are sent to besides; absent where nothing is connected. */
  readonly outbox?: OverrideOutbox | undefined;
  now(): Date;
}
