/** A line of every hook that we write: what has it is ours to replace and to remove. */
export const marker =
  '# memhold: every commit is looked at before it is pushed. Undo: memhold hook uninstall';

/** A hook that was here before ours, beside it: it runs after ours, with the same input. */
export const previousName = 'pre-push.before-memhold';

/** How a hook starts the program again. */
export interface Program {
  /** Absolute path of the Node that runs it. */
  readonly node: string;
  /** Absolute path of its command line. */
  readonly script: string;
}

/**
 * The hook of one clone. With absolute paths, because a hook runs with whatever PATH its caller has; where they are gone
 * (another version of Node, a cleared cache) `memhold` is looked for, and where there is none the push is stopped.
 */
export function hookScript({ node, script }: Program): string {
  return `#!/bin/sh
${marker}
input=$(cat; printf x)
input=\${input%x}
if [ -x ${quoted(node)} ] && [ -f ${quoted(script)} ]; then
  printf '%s' "$input" | ${quoted(node)} ${quoted(script)} hook pre-push "$@" || exit 1
elif command -v memhold >/dev/null 2>&1; then
  printf '%s' "$input" | memhold hook pre-push "$@" || exit 1
else
  echo 'memhold: the program of this hook is gone, so the push was not scanned and is stopped.' >&2
  echo 'Install it again (memhold hook install), or remove the hook: .git/hooks/pre-push' >&2
  exit 1
fi
previous=$(dirname "$0")/${previousName}
[ -x "$previous" ] || exit 0
printf '%s' "$input" | "$previous" "$@"
`;
}

/** For a file that is committed and shared: the program comes from the project itself. */
export const huskyLines = `${marker}
npx --no-install memhold hook pre-push "$@" || exit 1
`;

/** A single-quoted word of the shell (POSIX 2.2.2). */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
