/** What an edge says after its source settled: exactly one of these, written once. */
export type EdgeMark = 'taken' | 'skipped' | 'failed'
