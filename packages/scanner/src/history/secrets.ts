import { decodeText } from '../decoders/layers.ts';
import type { Place } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import type { Finding, Severity } from '../finding.ts';
import { keyOf, type SecretKey } from '../fingerprint.ts';
import { severityOrder } from '../reports/report.ts';
import type { Scanner } from '../scan.ts';

/** A secret whose history is asked for; its value is kept apart. */
export interface Secret {
  readonly ruleId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly preview: string;
  /** Of one of its findings; undefined for a value that was typed. */
  readonly fingerprint: string | undefined;
  /** `path:line` in the work tree. */
  readonly inTree: readonly { readonly path: string; readonly line: number }[];
}

type Known = { -readonly [key in keyof Secret]: Secret[key] } & {
  inTree: { path: string; line: number }[];
};

/** The secrets that are looked for, and their values, which never leave this object but to be searched for. */
export class Secrets {
  readonly #byValue = new Map<string, Known>();
  /** Values by what stays of their fingerprints, as the scanner finds them. */
  readonly #valueOf = new Map<SecretKey, string>();

  /** Once all are taken up. */
  #numbers: Map<string, number> | undefined;

  get list(): readonly Secret[] {
    return [...this.#byValue.values()];
  }

  /** In the order of the list. */
  get values(): readonly string[] {
    return [...this.#byValue.keys()];
  }

  has(key: SecretKey): boolean {
    return this.#byValue.has(this.#valueOf.get(key) ?? '');
  }

  /** The place in the list of the secret that a finding with this key has. */
  numberOf(key: SecretKey): number | undefined {
    const value = this.#valueOf.get(key);
    if (value === undefined || !this.#byValue.has(value)) return undefined;
    this.#numbers ??= new Map([...this.#byValue.keys()].map((one, i) => [one, i]));
    return this.#numbers.get(value);
  }

  /** The same scanner; what it finds can be taken up below. */
  watching(scanner: Scanner): Scanner {
    return (text, options) => {
      const findings = scanner(text, options);
      for (const finding of findings)
        this.#valueOf.set(keyOf(finding.fingerprint), secretOf(text, finding, scanner));
      return findings;
    };
  }

  /** Takes up the secret of a finding of a watched scanner. */
  take({ finding, place }: LocatedFinding, isInTree: boolean): void {
    const value = this.#valueOf.get(keyOf(finding.fingerprint));
    if (value === undefined || value.trim() === '') return;
    const { ruleId, title, severity, preview, fingerprint } = finding;
    let known = this.#byValue.get(value);
    if (known === undefined) {
      known = { ruleId, title, severity, preview, fingerprint, inTree: [] };
      this.#byValue.set(value, known);
    } else if (severityOrder.indexOf(severity) < severityOrder.indexOf(known.severity))
      Object.assign(known, { ruleId, title, severity, preview, fingerprint });
    if (isInTree) known.inTree.push(lineOf(place, finding));
  }

  /** Takes up a value that nobody found, but somebody gave. */
  takeTyped(value: string): void {
    this.#byValue.set(value, {
      ruleId: 'typed-value',
      title: 'The value on standard input',
      severity: 'high',
      preview: '…',
      fingerprint: undefined,
      inTree: [],
    });
  }

  /** Keeps the gravest only. @returns how many were left out */
  limit(most: number): number {
    const ranked = [...this.#byValue].sort(
      ([, a], [, b]) => severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity),
    );
    for (const [value] of ranked.slice(most)) this.#byValue.delete(value);
    return Math.max(0, ranked.length - most);
  }
}

const lineOf = ({ path }: Place, { line }: Pick<Finding, 'line'>) => ({ path, line });

/** The value of a finding: where it was found by decoding, what was decoded. */
function secretOf(text: string, finding: Finding, scanner: Scanner): string {
  const span = text.slice(finding.start, finding.end);
  if (finding.reasons?.[0]?.startsWith('decoded from ') !== true) return span;
  const { whole, lines } = decodeText(text);
  for (const layers of [whole, lines]) {
    for (const layer of layers) {
      for (const inner of scanner(layer.text)) {
        if (inner.ruleId !== finding.ruleId) continue;
        const origin = layer.originOf(inner.start, inner.end);
        const isSame = origin?.start === finding.start && origin.end === finding.end;
        const isPlain = inner.reasons?.[0]?.startsWith('decoded from ') !== true;
        if (isSame && isPlain) return layer.text.slice(inner.start, inner.end);
      }
    }
  }
  return span;
}
