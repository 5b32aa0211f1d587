import { printable, terminalSafe, withoutSecrets } from '../reports/presentable.ts';
import type { ScanPolicy } from './policy-files.ts';
import { type ScanRequest, UsageError } from './request.ts';
import { type LoadedSettings, loadOwnRules } from './settings-files.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Tries the user's own rules on their examples, which are named by their place and never repeated. Throws UsageError.
 * @returns 0: all hold; 1: a rule fails one; 2: a module is not trusted, so that its rules were not tried
 */
export async function checkRules(
  { format }: ScanRequest,
  loaded: LoadedSettings | undefined,
  policy: ScanPolicy | undefined,
  { out }: Surroundings,
): Promise<number> {
  const file = loaded?.file ?? policy?.loaded.file;
  if (file === undefined)
    throw new UsageError('there are no settings: write .memhold/scan.yaml, or name a file with --config');
  const own = await loadOwnRules(loaded, policy?.loaded);
  const untrusted = [...(loaded?.modules.untrusted ?? []), ...(policy?.untrusted ?? [])];
  if (own === undefined && untrusted.length === 0) throw new UsageError(`${file}: it has no rules to check`);
  const checks = own?.check() ?? [];
  const failed = checks.filter(({ failures }) => failures.length > 0).length;
  if (format === 'json') {
    const answer = {
      complete: untrusted.length === 0,
      rules: checks,
      untrusted_modules: untrusted.map(withoutSecrets),
    };
    await out(`${terminalSafe(JSON.stringify(answer, null, 2))}\n`);
  } else {
    const examples = checks.reduce((sum, one) => sum + one.examples, 0);
    const lines = [
      ...checks.map(({ id, examples: count, failures }) =>
        failures.length === 0
          ? `ok    ${id} (${plural(count, 'example')})`
          : `FAIL  ${id}: ${failures.map(({ example, problem }) => `${example} ${problem}`).join('; ')}`,
      ),
      ...untrusted.map(
        (name) => `not run  ${printable(name)}: nobody trusted it: look at it, then memhold trust`,
      ),
      `${plural(checks.length, 'rule')}, ${plural(examples, 'example')}: ${failed === 0 ? 'none fails' : `${failed} failed`}.`,
    ];
    await out(`${lines.join('\n')}\n`);
  }
  if (untrusted.length > 0) return 2;
  return failed > 0 ? 1 : 0;
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
