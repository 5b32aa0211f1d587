import type { ScanOption } from '../command/flags.ts';

/** Options of `rotation`, as both command lines show and parse them. */
export const rotationOptions: readonly ScanOption[] = [
  { flag: '--list', description: 'the providers with steps of their own' },
  { flag: '--json', description: 'print JSON' },
];

export interface RotationFlags {
  list?: boolean;
  json?: boolean;
}

export const rotationDescription =
  'what to do about a leaked credential, by its provider: a checklist in Markdown';

export const rotationExamples: readonly string[] = [
  'rotation aws-access-key',
  'rotation github stripe > checklist.md',
  'rotation --list',
];
