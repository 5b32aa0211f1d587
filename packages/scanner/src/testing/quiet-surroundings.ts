import type { Surroundings } from '../command/surroundings.ts';

/** What a command touches of its surroundings, with a home of its own and a fixed time; what it says is kept in `said`. */
export function quietSurroundings(folder: string, home: string, time = '2026-11-22T12:00:00Z') {
  const said: string[] = [];
  const surroundings: Surroundings = {
    tool: { name: 'memhold', version: '1.2.3' },
    folder,
    env: { PATH: process.env.PATH, HOME: home, GIT_CONFIG_NOSYSTEM: '1' },
    colours: false,
    stdin: async function* () {},
    out: async (text) => void said.push(text),
    err: (line) => void said.push(line),
    now: () => new Date(time),
  };
  return { surroundings, said };
}
