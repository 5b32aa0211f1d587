import { hash } from 'node:crypto';

const sha256 = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;

/**
 * The Content-Security-Policy of a page of our own: it runs this one script and style, and gets nothing from anywhere.
 * @param more further directives
 */
export function pagePolicy(script: string, style: string, more: readonly string[] = []): string {
  return [
    "default-src 'none'",
    `script-src ${sha256(script)}`,
    `style-src ${sha256(style)}`,
    ...more,
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
