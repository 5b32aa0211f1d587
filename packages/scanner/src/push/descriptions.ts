import type { GitOptions } from '../files/git.ts';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import type { LocatedFinding } from '../files/suppressions.ts';
import { gitBytes } from './git-lines.ts';
import type { Pushed } from './pushed.ts';
import type { RefUpdate } from './ref-updates.ts';

/**
 * What is found in what describes files: commits and annotated tags, whole as they are sent (headers, messages, copies of
 * merged tags), and the names of files and refs. The people whom headers and trailers name are left out: they
 * are in every commit, and meant to be read.
 * @throws GitFailure; `intake` tells what could not be scanned
 */
export async function scanDescriptions(
  { commits, tags, blobs, paths }: Pushed,
  updates: readonly RefUpdate[],
  options: IntakeOptions,
  git: GitOptions,
): Promise<{ findings: LocatedFinding[]; intake: Intake }> {
  const intake = new Intake(options);
  const findings: LocatedFinding[] = [];
  const scan = (place: Place, text: string) => {
    const before = intake.findings.length;
    // Never binary: a NUL in a message must not hide it.
    intake.take(place, Buffer.from(text.replaceAll('\0', ' ')));
    return Array.from({ length: intake.findings.length - before }, (_, i) => intake.findings.get(before + i));
  };
  for (const [kind, ids] of Object.entries({ commit: commits, tag: tags })) {
    if (ids.length === 0) continue;
    for (const { id, content } of objectsIn(await gitBytes(['cat-file', '--batch', '--buffer'], git, ids))) {
      const text = content.toString('utf8');
      const place = { path: `${kind} ${id.slice(0, 12)}`, ...(kind === 'commit' && { commit: id }) };
      const lines = text.split('\n');
      const isPerson = ({ finding }: LocatedFinding) =>
        finding.category === 'pii' && person.test(lines[finding.line - 1] ?? '');
      findings.push(...scan(place, text).filter((one) => !isPerson(one)));
    }
  }
  const names = [...new Set([...updates.map(({ remoteRef }) => remoteRef), ...namesOf({ blobs, paths })])];
  // Each on a line of its own, so that the line tells which; no name is longer than the text of it.
  const lines = names.map((name) => name.replace(/[\0\n]/g, ' '));
  for (const one of scan({ path: 'names' }, lines.join('\n'))) {
    if (one.finding.category !== 'secret') continue;
    const path = `the name of ${names[one.finding.line - 1]}`;
    findings.push({ ...one, finding: { ...one.finding, line: 1 }, place: { path } });
  }
  return { findings, intake };
}

const person = /^(?:author|committer|tagger) |^[A-Za-z][A-Za-z-]*-by: /;

function* namesOf({ blobs, paths }: Pick<Pushed, 'blobs' | 'paths'>): Generator<string> {
  for (const { path } of blobs.values()) yield path;
  for (const all of paths.values()) yield* all;
}

/** Parses `<id> <type> <size>\n<content>\n`. */
function* objectsIn(output: Buffer): Generator<{ id: string; content: Buffer }> {
  for (let at = 0; at < output.length; ) {
    const newline = output.indexOf(10, at);
    const [id, , size] = output.toString('latin1', at, newline).split(' ');
    const start = newline + 1;
    const end = start + Number(size);
    yield { id: id!, content: output.subarray(start, end) };
    at = end + 1;
  }
}
