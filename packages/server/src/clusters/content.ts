import { type Screened, screen } from '../memories/screening.ts';
import type { ClusterBody } from './cluster.ts';

/** What goes through the screen: everything that a caller wrote by hand. */
export type Words = Pick<ClusterBody, 'topic' | 'category' | 'summary'>;

/**
 * The words of a cluster after the screen that memories go through, and what it found. Nothing is kept of what it
 * redacts.
 * @throws MemoryError `content_rejected`
 */
export function screenWords({ topic, category, summary }: Words): Words & Pick<Screened, 'screening'> {
  const categories = [topic, ...(category === null ? [] : [category])];
  const { content, screening } = screen({ text: summary ?? '', metadata: {}, categories });
  const [cleanTopic, cleanCategory = null] = content.categories!;
  return {
    topic: cleanTopic!,
    category: cleanCategory,
    summary: summary === null ? null : content.text,
    screening,
  };
}

/** The rules that redacted something, for the log. */
export function rulesOf({ findings }: Screened['screening']): string[] {
  return [...new Set(findings.filter(({ action }) => action === 'redacted').map(({ rule }) => rule))];
}
