import { printable } from '../reports/presentable.ts';

/** Words of other tools, as reports may show them: on one line, without secrets, not longer than anybody reads. */
export function cleanText(text: string, longest = 300): string {
  const head = text.slice(0, longest * 4).replace(/\s+/g, ' ');
  const isCut = text.length > longest * 4;
  // The word that is cut may be a secret, of which no rule would know what is left.
  const shown = printable((isCut ? head.slice(0, head.lastIndexOf(' ') + 1) : head).trim());
  return isCut || shown.length > longest ? `${shown.slice(0, longest - 1)}…` : shown;
}

/** A name of a tool as the first part of rule ids has it. */
export function cleanToolName(name: string): string {
  return (
    cleanText(name, 60)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'unnamed-tool'
  );
}

/** An id of a rule: letters, digits and what ids of the tools are made of. */
export function cleanRuleId(rule: string): string {
  return (
    cleanText(rule, 160)
      .replace(/[^\w.@/:+-]+/g, '-')
      .replace(/^[-/.]+|[-/.:]+$/g, '') || 'unnamed'
  );
}

/** Addresses that may stand in a report as links: http(s) of a host, nothing that a format could take for markup. */
export function cleanReferences(references: readonly string[]): readonly string[] {
  return references
    .filter((one) => one.length <= 300 && /^https?:\/\/[\w.-]+(?:[/#][\w./#%~=&?+,:;@-]*)?$/.test(one))
    .map((one) => cleanText(one))
    .slice(0, 5);
}
