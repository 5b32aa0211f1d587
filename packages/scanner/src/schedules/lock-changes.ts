/** A package whose version changed between two lock files. */
export interface LockChange {
  readonly package: string;
  /** Undefined where it is new. */
  readonly from: string | undefined;
  /** Undefined where it is gone. */
  readonly to: string | undefined;
}

/** What differs between two package-lock.json, by place in the tree. Throws SyntaxError for what is no JSON. */
export function lockChanges(before: string, after: string): LockChange[] {
  const [old, next] = [versionsIn(before), versionsIn(after)];
  const places = [...new Set([...old.keys(), ...next.keys()])].sort();
  return places
    .filter((place) => old.get(place) !== next.get(place))
    .map((place) => ({
      package: place.replace(/^(?:.*\/)?node_modules\//, ''),
      from: old.get(place),
      to: next.get(place),
    }));
}

function versionsIn(text: string): Map<string, string> {
  const { packages = {} } = JSON.parse(text) as { packages?: Record<string, { version?: unknown }> };
  const found = Object.entries(packages).filter(
    ([place, one]) => place !== '' && typeof one.version === 'string',
  );
  return new Map(found.map(([place, one]) => [place, one.version as string]));
}

export const wordsOf = ({ package: name, from, to }: LockChange) =>
  from === undefined
    ? `${name} ${to} is new`
    : to === undefined
      ? `${name} ${from} is gone`
      : `${name} ${from} → ${to}`;
