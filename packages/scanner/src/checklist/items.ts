/** The items of the checklist before a deployment, by section, with what each demands. */
export const sections = {
  secrets: {
    no_hardcoded_secrets: 'No secret stands in files',
    environment_variables: 'Secrets come from the environment',
    key_rotation_plan: 'Keys are replaced in time',
  },
  authentication: {
    strong_passwords: 'Passwords are strong, and hashed well',
    mfa_enabled: 'Administrators have a second factor',
    session_security: 'Sessions are short and cannot be taken over',
  },
  encryption: {
    data_at_rest: 'Stored data is encrypted, and its key lies elsewhere',
    data_in_transit: 'Connections are encrypted, and certificates checked',
    strong_algorithms: 'No weak algorithms',
  },
  dependencies: {
    no_known_vulnerabilities: 'No dependency has a known vulnerability',
    up_to_date_versions: 'Versions are pinned, and not far behind',
    security_patches: 'Patches are taken, and somebody watches for them',
  },
  configuration: {
    secure_defaults: 'Nothing is open or in debug mode that need not be',
    principle_of_least_privilege: 'Nobody and nothing may more than it needs',
    error_handling: 'Errors are noticed, and tell strangers nothing',
  },
} as const;

export type Section = keyof typeof sections;
export type ItemName = { [S in Section]: keyof (typeof sections)[S] }[Section];

export const itemNames = Object.values(sections).flatMap((items) => Object.keys(items)) as ItemName[];
