import { delimiter } from 'node:path';

/**
 * What every tool gets of the environment: where programs and the user's own files are, the language, proxies and the
 * certificates that the network wants. No tokens, nothing of MEMHOLD_*, and nothing that makes interpreters load code
 * (NODE_OPTIONS, PYTHONPATH, LD_PRELOAD).
 */
const usual = [
  'HOME',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'SystemRoot',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TZ',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
] as const;

/**
 * Of git, which semgrep asks for the files of a tree: a folder of the tree that looks like a bare repository would bring
 * settings of its own, and with them a program to run.
 */
const gitSettings = {
  GIT_CONFIG_COUNT: '3',
  GIT_CONFIG_KEY_0: 'safe.bareRepository',
  GIT_CONFIG_VALUE_0: 'explicit',
  GIT_CONFIG_KEY_1: 'core.fsmonitor',
  GIT_CONFIG_VALUE_1: 'false',
  GIT_CONFIG_KEY_2: 'core.hooksPath',
  GIT_CONFIG_VALUE_2: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** @param variables of the one tool @param folders of PATH that may be used: see `find-program.ts` */
export function toolEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  variables: readonly string[],
  folders: readonly string[],
): Record<string, string> {
  const given: Record<string, string> = {
    PATH: folders.join(delimiter),
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
    PYTHONUTF8: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    SEMGREP_ENABLE_VERSION_CHECK: '0',
    YARN_IGNORE_PATH: '1',
    // Else the tree says which yarn is fetched and run.
    COREPACK_ENABLE_PROJECT_SPEC: '0',
    ...gitSettings,
    TRIVY_DISABLE_TELEMETRY: 'true',
    TRIVY_SKIP_VERSION_CHECK: 'true',
  };
  for (const name of [...usual, ...variables]) {
    const value = env[name];
    if (value !== undefined) given[name] = value;
  }
  return given;
}
