/** One thing to do, with the commands for it where there are any. None of them takes a secret as an argument. */
export interface Item {
  readonly text: string;
  readonly commands?: readonly string[];
}

/** How the credentials of one provider are replaced once they have leaked. */
export interface RotationGuide {
  /** `GitHub`, or what of it: `AWS session`. */
  readonly provider: string;
  /** Ids of the rules that find them. */
  readonly rules: readonly string[];
  /** Takes the power of the old one away, and makes a new one, in the order that breaks least. */
  readonly revoke: readonly Item[];
  /** Where uses that were not yours show. */
  readonly uses: readonly Item[];
  /** What else hangs on it, or may have been made with it. */
  readonly dependents: readonly Item[];
  /** How one sees that the old one is dead. */
  readonly dead: readonly Item[];
  /** The provider's own pages. */
  readonly sources: readonly string[];
}

export const item = (text: string, ...commands: string[]): Item =>
  commands.length === 0 ? { text } : { text, commands };

interface Asking {
  /** The header with `%s` in the place of the old one. */
  readonly header?: string;
  /** Other headers. */
  readonly with?: readonly string[];
  /** What a dead one is answered with. */
  readonly answer?: number;
}

const hint = 'It is typed unseen, in bash or zsh:';
const typed = 'read -rs OLD';
const ask = "curl -sS -o /dev/null -w '%{http_code}\\n'";
const words = (answer: number) =>
  answer === 401
    ? `The old one is answered with 401; with 200, and mostly with 403, it lives. ${hint}`
    : `The old one is answered with ${answer}; with 200 it lives. ${hint}`;

/** Asks with the old one in a header, which comes from standard input: arguments show in the list of processes. */
export function refusedAt(url: string, asking: Asking = {}): Item {
  const { header = 'Authorization: Bearer %s', answer = 401 } = asking;
  const others = (asking.with ?? []).map((one) => ` -H '${one}'`).join('');
  return item(words(answer), typed, `printf '${header}\\n' "$OLD" | ${ask} -H @-${others} '${url}'`);
}

/** The same where user and password are asked for (RFC 7617). */
export function refusedAsPassword(url: string, user: string): Item {
  return item(words(401), typed, `printf 'user = "%s:%s"\\n' "${user}" "$OLD" | ${ask} -K - '${url}'`);
}

/** Where only the provider's own list tells. */
export const goneFrom = (list: string): Item =>
  item(`It is no longer in ${list}, and what used it fails until it has the new one.`);
