import { homedir } from 'node:os';
import { join } from 'node:path';

/** A program that starts MCP servers, and the file in which it is told which. */
export interface McpHost {
  title: string;
  /** What its file calls the object of servers. */
  key: 'mcpServers' | 'servers';
  /** Of all of a user's projects. */
  userFile(env: Env): string;
  /** Below the folder of one project. */
  projectFile: string;
  /** How its file refers to a variable of its environment, so that no secret stands in the file. */
  variable(name: string): string;
}
type Env = Readonly<Record<string, string | undefined>>;

const ofEditor = (name: string) => `\${env:${name}}`;

export const HOSTS: Readonly<Record<string, McpHost>> = {
  // https://code.claude.com/docs/en/mcp
  'claude-code': {
    title: 'Claude Code',
    key: 'mcpServers',
    userFile: (env) => join(env.CLAUDE_CONFIG_DIR || homeOf(env), '.claude.json'),
    projectFile: '.mcp.json',
    variable: (name) => `\${${name}}`,
  },
  // https://cursor.com/docs/context/mcp
  cursor: {
    title: 'Cursor',
    key: 'mcpServers',
    userFile: (env) => join(homeOf(env), '.cursor', 'mcp.json'),
    projectFile: join('.cursor', 'mcp.json'),
    variable: ofEditor,
  },
  // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
  vscode: {
    title: 'VS Code',
    key: 'servers',
    userFile: (env) => join(editorFolder(env), 'Code', 'User', 'mcp.json'),
    projectFile: join('.vscode', 'mcp.json'),
    variable: ofEditor,
  },
};

/** A variable that is set to nothing says nothing: a file in whatever folder this runs in is nobody's. */
const homeOf = (env: Env) => env.HOME || homedir();

function editorFolder(env: Env): string {
  if (process.platform === 'win32') return env.APPDATA || join(homeOf(env), 'AppData', 'Roaming');
  if (process.platform === 'darwin') return join(homeOf(env), 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || join(homeOf(env), '.config');
}

export interface Wanted {
  /** A running server; else the data folder. */
  url?: string;
  user?: string;
  /** Absolute. */
  dataDir?: string;
  keyFile?: string;
  /** Whether the data folder is opened with `MEMHOLD_PASSPHRASE`. */
  passphrase: boolean;
  /** The command that starts Memhold, with its first arguments. */
  command: readonly [string, ...string[]];
}

/** The entry of Memhold in a host's file. It never holds a secret, only the names of variables that do. */
export function entryFor(host: McpHost, wanted: Wanted): object {
  const { url, user, dataDir, keyFile, passphrase, command } = wanted;
  if (url !== undefined)
    return {
      type: 'http',
      url: `${url}/mcp`,
      headers: {
        Authorization: `Bearer ${host.variable('MEMHOLD_TOKEN')}`,
        ...(user !== undefined && { 'Memhold-Default-User': encodeURIComponent(user) }),
      },
    };
  const [program, ...first] = command;
  const args = [...first, 'mcp'];
  if (dataDir !== undefined) args.push('--data-dir', dataDir);
  if (user !== undefined) args.push('--user', user);
  const env = {
    ...(keyFile !== undefined && { MEMHOLD_KEY_FILE: keyFile }),
    ...(passphrase && { MEMHOLD_PASSPHRASE: host.variable('MEMHOLD_PASSPHRASE') }),
  };
  return { type: 'stdio', command: program, args, ...(Object.keys(env).length > 0 && { env }) };
}
