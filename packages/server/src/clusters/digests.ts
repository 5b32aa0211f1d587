import { keyedDigest } from '../encryption/digest.ts';
import type { DataKey } from '../encryption/seal.ts';

/**
 * What a cluster is looked up by. Keyed with its subject's own key: once that is destroyed, nobody can try names
 * against what an old copy of the table holds.
 */
export function digestsOf(key: DataKey, { topic, category }: { topic: string; category: string | null }) {
  return {
    name: keyedDigest(key.commitment, `cluster name:${JSON.stringify([topic, category])}`),
    topic: topicDigest(key, topic),
    category: category === null ? null : categoryDigest(key, category),
  };
}

export function topicDigest({ commitment }: DataKey, topic: string): Buffer {
  return keyedDigest(commitment, `cluster topic:${topic}`);
}

export function categoryDigest({ commitment }: DataKey, category: string): Buffer {
  return keyedDigest(commitment, `cluster category:${category}`);
}
