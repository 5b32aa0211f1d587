import { pathMatcher } from '../files/configuration.ts';
import { InvalidConfiguration, list, record, string } from '../files/settings-shape.ts';
import { scan } from '../scan.ts';

/** Who is asked about findings below some paths. */
export interface Owner {
  readonly path: string;
  /** Handles (`@team`, `@org/team`) and addresses. */
  readonly people: readonly string[];
}

const mostOwners = 200;
const mostPeople = 20;
const handle = /^@[A-Za-z\d](?:[\w.-]{0,38})(?:\/[A-Za-z\d][\w.-]{0,62})?$/;
const address = /^[\w.+-]{1,64}@[A-Za-z\d-]{1,63}(?:\.[A-Za-z\d-]{1,63}){1,4}$/;

/** The entries of `owners`: `{path, people}`. Throws InvalidConfiguration. */
export function ownersOf(value: unknown, where: string): Owner[] {
  return list(value, where, mostOwners).map((one, i) => {
    const entry = record(one, `${where}[${i}]`, ['path', 'people']);
    const people = list(entry.people, `${where}[${i}].people`, mostPeople).map((person, j) =>
      personOf(person, `${where}[${i}].people[${j}]`),
    );
    if (people.length === 0) throw new InvalidConfiguration(`${where}[${i}].people is empty: name somebody`);
    return { path: string(entry.path, `${where}[${i}].path`, 200), people };
  });
}

/** Reports show these as they are, so that nothing else than a handle or an address is taken. */
function personOf(value: unknown, where: string): string {
  const person = string(value, where, 100);
  const isSecret = scan(person).some(({ category }) => category === 'secret');
  if ((handle.test(person) || address.test(person)) && !isSecret) return person;
  throw new InvalidConfiguration(`${where} must be a handle (@team, @org/team) or an e-mail address`);
}

/** Who owns a path: as in CODEOWNERS files, the last entry that matches decides. */
export function ownerLookup(owners: readonly Owner[]): (path: string) => readonly string[] {
  const entries = owners.map(({ path, people }) => ({ matches: pathMatcher(path), people })).reverse();
  return (path) => entries.find(({ matches }) => matches(path))?.people ?? [];
}
