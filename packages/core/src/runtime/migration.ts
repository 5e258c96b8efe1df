/** How a run goes on with another definition. */
export interface Migration {
  /** New id by old id, of nodes that were renamed. */
  readonly map?: Readonly<Record<string, string>>
}
