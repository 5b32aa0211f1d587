import { knownCanaries } from '../../canaries/known.ts';
import type { Notice } from '../notices.ts';
import type { LogSource } from '../source.ts';
import { Detector } from './detector.ts';
import { allDetections } from './registry.ts';

export interface DetectorStart {
  source: LogSource;
  notify(notice: Notice): void;
  now(): number;
}

/** The detector with every detection, already looking at what was logged before position `from`. */
export function startDetector(context: DetectorStart, from: number): Detector {
  const canaries = new Set<string>();
  const detector = new Detector({ ...context, detections: allDetections(canaries) });
  void detector.lookBack(from, async () => {
    for (const id of await knownCanaries(context.source.reader)) canaries.add(id);
  });
  return detector;
}
