import type { Leaf, Step, Unit, UnitRows } from './unit.ts';

/** A unit on its way to the writer: statements by number, bytes as views of the message's one buffer. */
export interface WireUnit {
  ticket: number;
  steps: [statement: number, parameters: unknown[], otherwise: string | undefined][];
  leaves: [
    hash: Uint8Array,
    skeleton: Uint8Array,
    privateSealed: Uint8Array | null,
    signed: true | undefined,
  ][];
  subject: Unit['subject'] | undefined;
  subjects: Unit['subjects'] | undefined;
  /** Handed on with the acknowledgement as it is; its presence sends the acknowledgement to the main thread. */
  note: unknown;
}

export type ToWriter =
  | { kind: 'units'; define: [number, string][]; units: WireUnit[] }
  | { kind: 'read'; ticket: number; sql: string; parameters: unknown[] }
  /** Something that only the writer thread can do, between two groups. */
  | { kind: 'call'; ticket: number; name: string; args: unknown }
  | { kind: 'close'; ticket: number };

export interface Acknowledgement {
  ticket: number;
  rows: UnitRows;
  firstChange: number;
  note: unknown;
  error?: { name: string; code: string; message: string } | undefined;
}

/** `null` in `note` means: answer the sender. */
export const NO_NOTE = null;

/**
 * Packs units for a transfer. All bytes are copied into one buffer that is moved, not cloned: a clone of a small
 * Buffer would copy the whole 8 KB pool that it is a view of.
 */
export class UnitPacker {
  private readonly numbers = new Map<string, number>();

  pack(units: { ticket: number; unit: Unit; note: unknown }[]): {
    message: ToWriter;
    transfer: ArrayBuffer[];
  } {
    let size = 0;
    const measure = (value: unknown): void => {
      if (value instanceof Uint8Array) size += value.length;
    };
    for (const { unit } of units) {
      for (const step of unit.steps) step.parameters.forEach(measure);
      for (const leaf of unit.leaves) {
        size += leaf.hash.length + leaf.skeleton.length + (leaf.privateSealed?.length ?? 0);
      }
    }
    const arena = new ArrayBuffer(size);
    let used = 0;
    const move = <T>(value: T): T => {
      if (!(value instanceof Uint8Array)) return value;
      const view = new Uint8Array(arena, used, value.length);
      view.set(value);
      used += value.length;
      return view as T;
    };
    const define: [number, string][] = [];
    const wire = units.map(
      ({ ticket, unit, note }): WireUnit => ({
        ticket,
        note,
        subject: unit.subject,
        subjects: unit.subjects,
        steps: unit.steps.map((step: Step) => [
          this.number(step.sql, define),
          step.parameters.map(move),
          step.otherwise,
        ]),
        leaves: unit.leaves.map((leaf: Leaf) => [
          move(leaf.hash),
          move(leaf.skeleton),
          move(leaf.privateSealed),
          leaf.signed,
        ]),
      }),
    );
    return { message: { kind: 'units', define, units: wire }, transfer: [arena] };
  }

  private number(sql: string, define: [number, string][]): number {
    let number = this.numbers.get(sql);
    if (number === undefined) {
      number = this.numbers.size;
      this.numbers.set(sql, number);
      define.push([number, sql]);
    }
    return number;
  }
}

/** The other end of `UnitPacker`: one for each port, because each sender numbers its own statements. */
export class UnitUnpacker {
  private readonly statements: string[] = [];

  unpack(message: Extract<ToWriter, { kind: 'units' }>): Unit[] {
    for (const [number, sql] of message.define) this.statements[number] = sql;
    return message.units.map((wire) => ({
      steps: wire.steps.map(([number, parameters, otherwise]) => ({
        sql: this.statements[number]!,
        parameters,
        ...(otherwise === undefined ? {} : { otherwise }),
      })),
      leaves: wire.leaves.map(([hash, skeleton, privateSealed, signed]) => ({
        hash,
        skeleton,
        privateSealed,
        ...(signed && { signed }),
      })),
      ...(wire.subject ? { subject: wire.subject } : {}),
      ...(wire.subjects ? { subjects: wire.subjects } : {}),
    }));
  }
}
