import type { Checklist } from './checklist.ts';

/** Check boxes in Markdown, which a terminal shows as well and an issue takes as it is. */
export function checklistMarkdown(list: Checklist): string {
  const lines = [`## Replace: ${list.title}`, ''];
  for (const { title, items } of list.sections) {
    lines.push(`### ${title}`, '');
    for (const { text, commands = [] } of items) {
      lines.push(`- [ ] ${text}`);
      if (commands.length > 0) lines.push('', ...commands.map((command) => `      ${command}`), '');
    }
    if (lines.at(-1) !== '') lines.push('');
  }
  if (list.sources.length > 0) lines.push('Documentation:', ...list.sources.map((url) => `<${url}>`), '');
  return lines.join('\n');
}

/** Plain data with snake_case keys. */
export const checklistData = ({ title, rules, isExact, sections, sources }: Checklist) => ({
  title,
  rules,
  exact: isExact,
  sections: sections.map((section) => ({
    title: section.title,
    items: section.items.map(({ text, commands = [] }) => ({ text, commands, done: false })),
  })),
  sources,
});
