/** Ways in which people work on a problem, by the words they do it with. English only: other texts match none. */
export const PATTERNS: readonly { name: string; words: RegExp }[] = [
  {
    name: 'fixing errors',
    words:
      /\b(?:errors?|exceptions?|crash(?:es|ed)?|bugs?|fail(?:s|ed|ing|ures?)?|broken|stack ?traces?|debug\w*)\b/iu,
  },
  { name: 'finding out how', words: /\bhow (?:to|do|can|should|would)\b/iu },
  {
    name: 'comparing options',
    words:
      /\b(?:versus|vs\.?|compar(?:e[ds]?|ing|isons?)|alternatives?|instead of|better than|trade-?offs?)\b/iu,
  },
  {
    name: 'setting things up',
    words: /\b(?:install(?:s|ed|ing)?|set(?:ting)? up|configur\w+|deploy\w*|migrat\w+|upgrad\w+)\b/iu,
  },
  {
    name: 'making things faster',
    words: /\b(?:slow(?:er|ly)?|faster|latency|performance|optimi[sz]\w+|speed up)\b/iu,
  },
  { name: 'testing', words: /\b(?:tests?|tested|testing|regressions?|reproduc\w+)\b/iu },
  {
    name: 'planning',
    words: /\b(?:plan(?:s|ned|ning)?|roadmaps?|milestones?|deadlines?|next steps?|to-?dos?)\b/iu,
  },
];
