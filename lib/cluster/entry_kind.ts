/** The types of an entry: its members, and what comes of it. */
export interface EntryKind<Members, Outcome> {
  readonly members: Members;
  readonly outcome: Outcome;
}
