import { type FrameworkName, frameworks } from './frameworks.ts';

/** A first `.memhold/security.yaml`: what is asked for, and what else there is, as comments. */
export function scaffoldOf(compliance: readonly FrameworkName[]): string {
  const asked =
    compliance.length === 0
      ? ['# compliance: [hipaa, pci-dss]']
      : [
          ...compliance.map((name) => `# ${frameworks[name].title}: ${frameworks[name].source}`),
          `compliance: [${compliance.join(', ')}]`,
        ];
  return `${[
    '# What this project guards. Pushes are judged by this file as it stands on the default branch of the remote.',
    '# Everything here makes it stricter but `allow`; `memhold security check` shows what comes out.',
    '',
    '# With high, medium findings block too, and nothing is overridden.',
    'posture: medium',
    '',
    ...asked,
    '',
    '# Fields whose values are regulated, in any spelling (patientId, patient-id).',
    '# pii_patterns: [patient_id, medical_record]',
    '',
    '# What kinds of personal data come to at least: note, warn, block or veto (nothing overrides it).',
    '# pii_kinds:',
    '#   email: warn',
    '',
    '# What findings come to at least, by severity (this and graver), category, rule and path.',
    '# thresholds:',
    "#   - { category: secrets, path: 'deploy/**', at_least: veto }",
    '',
    '# Rules of your own, as `rules` in .memhold/scan.yaml; `memhold scan --check-rules` tries their examples.',
    '# custom_patterns: []',
    '',
    '# What is known and may pass; a critical finding needs its fingerprint.',
    '# allow:',
    "#   - { path: 'docs/**', rule: email, reason: addresses of maintainers, until: '2027-12-31' }",
    '',
    '# Who is asked, by path; the last entry that matches decides.',
    '# owners:',
    "#   - { path: 'src/billing/**', people: ['@acme/billing'] }",
  ].join('\n')}\n`;
}
