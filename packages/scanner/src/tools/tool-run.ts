/** What one tool did. Everything but `ran`, `merged`, `nothing-to-do` and `not-installed` leaves the scan incomplete. */
export interface ToolRun {
  readonly name: string;
  readonly outcome: 'ran' | 'merged' | 'nothing-to-do' | 'not-installed' | 'failed' | 'incomplete';
  readonly version?: string;
  readonly findings: number;
  /** What more there is to say, without anything that the tool printed. */
  readonly detail?: string;
}
