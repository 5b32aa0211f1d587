/** A line of every hook that we write: what has it is ours to replace and to remove. */
export const marker =
  '# memhold: every commit is looked at before it is pushed. Undo: memhold hook uninstall';
export const endMarker = '# memhold: end';

export type HookName = 'pre-push' | 'pre-receive';

/** A hook that was here before ours, beside it: it runs after ours, with the same input. */
export const previousName = (hook: HookName) => `${hook}.before-memhold`;

/** How a hook starts the program again. */
export interface Program {
  /** Absolute path of the Node that runs it. */
  readonly node: string;
  /** Absolute path of its command line. */
  readonly script: string;
}

/**
 * What the program says on standard output when the push may go. A hook waits for it: an exit code of 0 alone is also
 * what help and a version end with.
 */
export const allowedWord = 'memhold: the push may go';

/**
 * The hook of one clone. With absolute paths, because a hook runs with whatever PATH its caller has; where they are gone
 * (another version of Node, a cleared cache) `memhold` is looked for, and where there is none the push is stopped. Only
 * the word of the program lets a push through: its exit code alone would also be that of a help page.
 */
export function hookScript({ node, script }: Program, hook: HookName): string {
  const arguments_ = hook === 'pre-push' ? '--from-git -- "$@"' : '';
  return `#!/bin/sh
${marker}
# What a caller sets for node must not change what this runs.
NODE_OPTIONS=
export NODE_OPTIONS
input=$(cat; printf x)
input=\${input%x}
if [ -x ${quoted(node)} ] && [ -f ${quoted(script)} ]; then
  word=$(printf '%s' "$input" | ${quoted(node)} ${quoted(script)} hook ${hook} ${arguments_}) || exit 1
elif command -v memhold >/dev/null 2>&1; then
  word=$(printf '%s' "$input" | memhold hook ${hook} ${arguments_}) || exit 1
else
  echo 'memhold: the program of this hook is gone, so the push was not scanned and is stopped.' >&2
  echo "Install it again (memhold hook install), or remove the hook: $0" >&2
  exit 1
fi
if [ "$word" != '${allowedWord}' ]; then
  echo 'memhold: the program of this hook did not say that the push may go, so it is stopped.' >&2
  exit 1
fi
previous=$(dirname "$0")/${previousName(hook)}
[ -x "$previous" ] || exit 0
printf '%s' "$input" | "$previous" "$@"
`;
}

/**
 * Lines for a hook that is a file of the project and shared by its people: no path of one machine, and what stands after
 * them gets git's list as if they were not there.
 */
export const sharedLines = `${marker}
memhold_refs=$(cat)
memhold_word=$({ [ -z "$memhold_refs" ] || printf '%s\\n' "$memhold_refs"; } | npx --no-install memhold hook pre-push -- "$@") || exit 1
[ "$memhold_word" = '${allowedWord}' ] || exit 1
exec <<MEMHOLD_REFS
$memhold_refs
MEMHOLD_REFS
${endMarker}
`;

/** A single-quoted word of the shell (POSIX 2.2.2). */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
