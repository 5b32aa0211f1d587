import { canonicalJson, type Json } from '../audit/canonical-json.ts';
import { keyedDigest } from '../encryption/digest.ts';
import type { NewScan } from './schema.ts';

/** What reports of a namespace are looked up by; keyed, so that nobody who has the table can try names. */
export class ScanDigests {
  private readonly key: Uint8Array;
  private readonly namespace: number;

  /** @param namespace the row of the namespace: the same project of another tenant looks different */
  constructor(key: Uint8Array, namespace: number) {
    this.key = key;
    this.namespace = namespace;
  }

  of(what: 'project' | 'ref' | 'commit' | 'override', value: Json): Buffer {
    return keyedDigest(this.key, `scan ${what}:${this.namespace}:${canonicalJson(value)}`);
  }

  /** One report for each environment: what may go to staging is not approved for production. */
  name({ scan_id: id, environment }: Pick<NewScan, 'scan_id' | 'environment'>): Buffer {
    return keyedDigest(this.key, `scan name:${this.namespace}:${canonicalJson([id, environment ?? null])}`);
  }

  /** Null without a commit: nothing can replace what belongs nowhere. */
  place({ project, commit, environment }: NewScan): Buffer | null {
    if (commit === undefined) return null;
    const place = canonicalJson([project, commit, environment ?? null]);
    return keyedDigest(this.key, `scan place:${this.namespace}:${place}`);
  }

  content(scan: NewScan): Buffer {
    return keyedDigest(this.key, `scan content:${this.namespace}:${canonicalJson(scan as unknown as Json)}`);
  }
}
