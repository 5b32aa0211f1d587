/** The command was used wrongly, or a file that it needs is wrong. */
export class UsageError extends Error {}
