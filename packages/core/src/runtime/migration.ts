/** How a run goes on with another definition. Names are those of the definition that it has by then, and of the new one. */
export interface Migration {
  /** New id by old id, of nodes that were renamed. */
  readonly map?: Readonly<Record<string, string>>
}
