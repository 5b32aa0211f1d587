import { describe, expect, it } from 'vitest';
import { QUIET_MS, Repetitions } from './repetitions.ts';

const about = (subject: string, kind = 'brute_force', namespace = 'n') => ({ kind, subject, namespace });

describe('repeated alerts', () => {
  it('are sent once in a quarter of an hour, and the next one says how many were not', () => {
    const repetitions = new Repetitions();
    expect(repetitions.admit(about('a'), 0)).toBe(0);
    for (let i = 1; i <= 7; i++) expect(repetitions.admit(about('a'), QUIET_MS - i)).toBeUndefined();
    expect(repetitions.admit(about('a'), QUIET_MS)).toBe(7);
    expect(repetitions.admit(about('a'), 2 * QUIET_MS)).toBe(0);
  });

  it('of many subjects are held back too, and counted', () => {
    const repetitions = new Repetitions();
    const sent = Array.from({ length: 100 }, (_, i) => repetitions.admit(about(`s${i}`), i)).filter(
      (heldBack) => heldBack !== undefined,
    );
    expect(sent).toEqual([0, 0, 0, 0, 0]);
    expect(repetitions.admit(about('s99'), QUIET_MS + 5)).toBe(95);
  });

  it('of one kind do not hide another, and those of one namespace not another one', () => {
    const repetitions = new Repetitions();
    for (let i = 0; i < 100; i++) repetitions.admit(about(`s${i}`), 0);
    expect(repetitions.admit(about('x', 'canary_read'), 0)).toBe(0);
    expect(repetitions.admit(about('x', 'brute_force', 'other'), 0)).toBe(0);
  });

  it('stay within bounded memory', () => {
    const repetitions = new Repetitions();
    for (let i = 0; i < 30_000; i++) repetitions.admit(about(`s${i}`, 'k', `n${i}`), 0);
    const { subjects, groups } = repetitions as unknown as Record<
      'subjects' | 'groups',
      Map<string, unknown>
    >;
    expect(Math.max(subjects.size, groups.size)).toBe(10_000);
  });
});
