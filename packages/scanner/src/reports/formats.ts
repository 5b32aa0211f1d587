import type { Report } from './report.ts';
import type { TextOptions } from './text.ts';

type Render = (report: Report, options: TextOptions) => Iterable<string>;

/** Each format with what makes it, which is loaded only when somebody asks. */
const renderers = {
  text: async () => (await import('./text.ts')).textReport,
  json: async () => (await import('./json.ts')).jsonReport,
  sarif: async () => (await import('./sarif.ts')).sarifReport,
  html: async () => (await import('./html/html.ts')).htmlReport,
  markdown: async () => (await import('./markdown.ts')).markdownReport,
  junit: async () => (await import('./junit.ts')).junitReport,
  github: async () => (await import('./annotations.ts')).annotationsReport,
  gitlab: async () => (await import('./gitlab.ts')).gitlabReport,
} as const satisfies Record<string, () => Promise<Render>>;

export type Format = keyof typeof renderers;

export const formatNames = Object.keys(renderers) as readonly Format[];

/** The names in a sentence: `text, json or sarif`. */
export const formatList = `${formatNames.slice(0, -1).join(', ')} or ${formatNames.at(-1)}`;

export function isFormat(text: string): text is Format {
  return Object.hasOwn(renderers, text);
}

/** What makes reports of a format, in pieces. */
export function rendererOf(format: Format): Promise<Render> {
  return renderers[format]();
}
