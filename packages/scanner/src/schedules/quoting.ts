import { ScheduleProblem } from './place.ts';

/** A single-quoted word of the shell (POSIX 2.2.2). */
export const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A line of a crontab ends at a line break, and nothing can escape one. */
function refuseControls(text: string): void {
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new ScheduleProblem(
      'a path has a line break or another control character in it: rename the folder',
    );
}

/** A command of one word for a crontab, where a percent sign would end the command (crontab(5)). */
export function crontabCommand(path: string): string {
  refuseControls(path);
  return shellWord(path).replaceAll('%', '\\%');
}

/** A word of ExecStart=: quoted, with specifiers and variables as they are written (systemd.service(5), systemd.unit(5)). */
export function unitWord(text: string): string {
  refuseControls(text);
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `"${escaped}"`;
}

/** Words after `Description=`, which know specifiers and nothing else. */
export function unitText(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ').replaceAll('%', '%%');
}
