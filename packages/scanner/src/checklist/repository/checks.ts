import type { Severity } from '../../finding.ts';
import { severityOrder } from '../../reports/report.ts';
import { type Check, checksOf } from '../check.ts';
import type { ItemName } from '../items.ts';
import type { Profile } from '../profiles.ts';
import type { Audit } from './audits.ts';
import type { Pinning } from './files-evidence.ts';
import type { GitEvidence } from './git-evidence.ts';
import type { ScanEvidence } from './scan-evidence.ts';
import type { Hit, Survey } from './survey.ts';

/** Everything that was seen of a repository. */
export interface RepositoryEvidence {
  /** Undefined where the scan could not run. */
  readonly scan: ScanEvidence | undefined;
  readonly survey: Survey;
  /** Undefined where the folder is no git repository. */
  readonly git: GitEvidence | undefined;
  readonly pinning: Pinning;
  /** Undefined where no registry may be asked. */
  readonly audits: readonly Audit[] | undefined;
  readonly images: { readonly all: readonly string[]; readonly asRoot: readonly string[] };
  readonly leavesSecretsOut: boolean | undefined;
  readonly workflows: { readonly all: readonly string[]; readonly wide: readonly string[] };
  /** What watches for new versions: files of the repository, and schedules of this user. */
  readonly watchers: readonly string[];
}

/** Judges what was seen by a profile. */
export function repositoryChecks(evidence: RepositoryEvidence, profile: Profile): Check[] {
  return [
    ...secretChecks(evidence, profile),
    ...codeChecks(evidence, profile),
    ...dependencyChecks(evidence, profile),
    ...configurationChecks(evidence, profile),
  ];
}

const reaches = (severity: Severity, from: Severity) =>
  severityOrder.indexOf(severity) <= severityOrder.indexOf(from);

function secretChecks({ scan, git, survey }: RepositoryEvidence, profile: Profile): Check[] {
  const byScan = checksOf('memhold scan of the folder');
  const secrets = (scan?.findings ?? []).filter(({ category }) => category.startsWith('secret'));
  const counted = secrets.filter(({ severity }) => reaches(severity, profile.secretsFrom));
  const seen = counted.map((one) => `${one.severity}: ${one.title} at ${one.file}:${one.line}`);
  const whole = `${scan?.summary.scanned_files ?? 0} files scanned`;
  const isKnown = scan?.complete === true;
  const literals = counted.filter(({ rule_id }) => rule_id === 'generic-assignment').length;
  const reads = survey.secretReads;
  const byGit = checksOf('git ls-files and .gitignore');
  return [
    byScan(
      'no_hardcoded_secrets',
      'scan',
      counted.length > 0 ? 'fail' : isKnown ? 'pass' : 'unknown',
      counted.length > 0 ? seen : isKnown ? [whole] : ['the scan is not complete'],
      counted.length > 0
        ? 'take the values out, replace them where they were made, and look at the history: memhold scan --history'
        : 'memhold scan says what could not be scanned',
    ),
    byGit(
      'no_hardcoded_secrets',
      'env-files',
      git === undefined ? 'not-applicable' : git.trackedSecretFiles.length === 0,
      git?.trackedSecretFiles.map((path) => `${path} is tracked`) ?? [],
      'git rm --cached the files, name them in .gitignore, and replace what stands in them',
    ),
    byGit(
      'no_hardcoded_secrets',
      'env-ignored',
      git === undefined || (!profile.isStrict && !git.ignoresEnv) ? 'not-applicable' : git.ignoresEnv,
      git === undefined ? [] : [git.ignoresEnv ? '.env is ignored' : '.env would be taken by git add'],
      'add the line .env to .gitignore',
    ),
    checksOf('a simple search for reads of the environment, and memhold scan')(
      'environment_variables',
      'environment-reads',
      literals > 0
        ? 'fail'
        : !isKnown
          ? 'unknown'
          : reads.length > 0
            ? 'pass'
            : survey.sources === 0
              ? 'not-applicable'
              : 'unknown',
      literals > 0
        ? [`${literals} values are assigned in code`]
        : reads.length > 0
          ? reads
          : [`no read of a secret in ${survey.sources} files of code`],
      literals > 0
        ? 'read them from the environment'
        : 'nothing to do if the code needs no secret: say so in a review, the search cannot tell',
    ),
    checksOf('a simple search of documents for words about replacing keys')(
      'key_rotation_plan',
      'rotation-document',
      survey.rotationDocuments.length > 0 ? 'pass' : profile.isStrict ? 'fail' : 'not-applicable',
      survey.rotationDocuments,
      'write down which keys are replaced when and by whom, such as in SECURITY.md',
    ),
  ];
}

const searches: readonly (readonly [ItemName, string, string])[] = [
  [
    'session_security',
    'cookies',
    'set HttpOnly and Secure, or say on the line why not: memhold:allow <id> -- <reason>',
  ],
  [
    'data_in_transit',
    'certificate-checks',
    'let certificates be checked, or say on the line why not: memhold:allow <id> -- <reason>',
  ],
  [
    'strong_algorithms',
    'algorithms',
    'take SHA-256 or better, AES-GCM, and Argon2id for passwords, or say on the line why not: memhold:allow <id> -- <reason>',
  ],
  [
    'secure_defaults',
    'debug-mode',
    'switch debug mode on by a setting of the developer, not in the repository',
  ],
  [
    'error_handling',
    'error-texts',
    'tell the caller a code and keep the stack in the log, or say on the line why not: memhold:allow <id> -- <reason>',
  ],
];

function codeChecks({ survey }: RepositoryEvidence, profile: Profile): Check[] {
  const isCounted = ({ weakness, isNearSecret }: Hit) => {
    if (weakness.isGrave || isNearSecret) return true;
    return weakness.item === 'strong_algorithms' ? profile.weakHashes === 'anywhere' : profile.isStrict;
  };
  const check = checksOf('a simple search of single lines, which reads no code');
  return searches.map(([item, id, advice]) => {
    const hits = survey.hits.filter(({ weakness }) => weakness.item === item);
    const counted = hits.filter(isCounted);
    const seen = (counted.length > 0 ? counted : hits).map(
      ({ weakness, path, line }) => `${path}:${line}: ${weakness.what} (${weakness.id})`,
    );
    const status =
      counted.length > 0
        ? 'fail'
        : survey.sources === 0
          ? 'not-applicable'
          : survey.isWhole
            ? 'pass'
            : 'unknown';
    return check(item, id, status, [...seen, `${survey.sources} files of code searched`], advice);
  });
}

function dependencyChecks(evidence: RepositoryEvidence, profile: Profile): Check[] {
  const { pinning, audits, watchers } = evidence;
  const hasNone = pinning.manifests.length === 0 && (audits ?? []).length === 0;
  const advisories = (audits ?? []).flatMap((one) => one.advisories ?? []);
  const grave = advisories.filter(({ severity }) => reaches(severity, profile.vulnerableFrom));
  const unasked = (audits ?? []).flatMap(({ file, problem }) => (problem ? [`${file}: ${problem}`] : []));
  const isUnknown = audits === undefined || unasked.length > 0 || audits.length === 0;
  const noAnswer = audits === undefined ? ['no registry was asked: --offline'] : unasked;
  const told = grave.map((one) => `${one.severity}: ${one.package}, ${one.id}: ${one.title} (${one.file})`);
  const fixable = grave.filter(({ hasFix }) => hasFix);
  const answered = (audits ?? [])
    .filter((one) => one.advisories)
    .map(({ file, tool }) => `${file} by ${tool}`);
  const byAudit = checksOf('npm audit and pip-audit, which ask their registries');
  const judged = (bad: boolean) =>
    bad ? 'fail' : hasNone ? 'not-applicable' : isUnknown ? 'unknown' : 'pass';
  const unpinned = [
    ...pinning.unlocked.map((path) => `${path} has no lock file`),
    ...pinning.unpinned.map((place) => `${place} names no exact version`),
  ];
  const versions = (audits ?? []).flatMap((one) => one.versions ?? []);
  const direct = versions.reduce((sum, one) => sum + one.direct, 0);
  const behind = versions.flatMap((one) => one.behind);
  return [
    byAudit(
      'no_known_vulnerabilities',
      'audit',
      judged(grave.length > 0),
      grave.length > 0 ? told : [...answered, ...noAnswer],
      grave.length > 0
        ? 'npm audit fix, or memhold schedule run weekly-dependencies --update-dependencies'
        : 'install the program that is missing, or ask the registry from where it can be reached',
    ),
    checksOf('lock files and requirement files')(
      'up_to_date_versions',
      'pinned',
      hasNone ? 'not-applicable' : unpinned.length === 0,
      unpinned.length > 0 ? unpinned : [`${pinning.manifests.length} manifests, all pinned`],
      'commit the lock file; in requirement files write name==version',
    ),
    checksOf('npm outdated')(
      'up_to_date_versions',
      'behind',
      direct === 0 ? 'not-applicable' : behind.length <= direct * profile.behind,
      [
        `${behind.length} of ${direct} direct dependencies are behind what their range allows`,
        ...behind.map((one) => `${one.package} ${one.current}, could be ${one.wanted}`),
      ],
      'npm update, or memhold schedule run weekly-dependencies --update-dependencies',
    ),
    byAudit(
      'security_patches',
      'fixes',
      judged(fixable.length > 0),
      fixable.length > 0
        ? fixable.map((one) => `${one.package}: ${one.id} has a fix`)
        : [...answered, ...noAnswer],
      fixable.length > 0 ? 'npm audit fix' : 'ask the registry from where it can be reached',
    ),
    checksOf('files of Dependabot, Renovate and memhold schedule, and schedules of this user')(
      'security_patches',
      'watched',
      hasNone
        ? 'not-applicable'
        : watchers.length > 0
          ? 'pass'
          : profile.isStrict
            ? 'fail'
            : 'not-applicable',
      watchers,
      'memhold schedule install weekly-dependencies',
    ),
  ];
}

function configurationChecks(evidence: RepositoryEvidence, { isStrict }: Profile): Check[] {
  const { images, leavesSecretsOut, workflows, survey } = evidence;
  const byModes = checksOf('the modes of files');
  const open = [
    ...survey.worldWritable.map((path) => `${path} can be changed by every user`),
    ...survey.openSecretFiles.map((path) => `${path} can be read by others`),
  ];
  const read = checksOf('reading Dockerfiles, .dockerignore and workflows');
  return [
    read(
      'secure_defaults',
      'image-contents',
      leavesSecretsOut === undefined ? 'not-applicable' : leavesSecretsOut,
      images.all,
      'write .env* into .dockerignore, so that no image takes them along',
    ),
    read(
      'principle_of_least_privilege',
      'image-user',
      images.all.length === 0 ? 'not-applicable' : images.asRoot.length === 0,
      images.asRoot.length > 0 ? images.asRoot.map((path) => `${path} runs as root`) : images.all,
      'end the last stage with USER and an account that is not root',
    ),
    read(
      'principle_of_least_privilege',
      'workflow-permissions',
      workflows.all.length === 0 ? 'not-applicable' : workflows.wide.length === 0 || !isStrict,
      workflows.wide.length > 0
        ? workflows.wide.map((path) => `${path} takes the default permissions, or all`)
        : workflows.all,
      'write permissions: contents: read at the top of the workflow',
    ),
    byModes(
      'principle_of_least_privilege',
      'file-modes',
      process.platform === 'win32' || survey.paths.size === 0
        ? 'not-applicable'
        : open.length > 0 && isStrict
          ? 'fail'
          : survey.isWhole
            ? 'pass'
            : 'unknown',
      open.length > 0 ? open : [`${survey.paths.size} files looked at`],
      'chmod o-w, and chmod 600 for files of secrets',
    ),
  ];
}
