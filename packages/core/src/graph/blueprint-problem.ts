/** What can be wrong with a blueprint, sorted. Each has its own message and mend; see `validateBlueprint`. */
const problemCodes = [
  'AT_LEAST_OUT_OF_RANGE',
  'DUPLICATE_ID',
  'EXPANSION_CYCLE',
  'EXPANSION_EDGE',
  'EXPRESSION_INVALID',
  'FALLBACK_WITH_EDGES',
  'FALLBACK_WITH_FALLBACK',
  'INVALID_CANCELS',
  'INVALID_HANDLER',
  'INVALID_ID',
  'INVALID_NUMBER',
  'INVALID_SHAPE',
  'JOIN_NEVER_FIRES',
  'LOOP_WITH_SEVERAL_ENTRIES',
  'MISSING_PARAM',
  'NOT_JSON',
  'NO_START_NODE',
  'UNKNOWN_BLUEPRINT',
  'UNKNOWN_FALLBACK',
  'UNKNOWN_FIELD',
  'UNKNOWN_HANDLER',
  'UNKNOWN_NODE',
  'UNKNOWN_REDUCER',
  'UNREACHABLE_NODE',
  'UNUSED_SETTING',
] as const

/** One of {@link problemCodes}. */
export type ProblemCode = (typeof problemCodes)[number]

/** One thing that is wrong with a blueprint. With an `error` it cannot run. */
export interface BlueprintProblem {
  readonly code: ProblemCode
  readonly severity: 'error' | 'warning'
  /** What is wrong, with which id, and the mend. */
  readonly message: string
  readonly nodeId?: string
  /** Key of the edge: `source>target#ordinal`. */
  readonly edge?: string
  /** Where in the JSON, e.g. `nodes[2].config.retry`; only where the JSON itself is wrong. */
  readonly path?: string
  /** In an expression that does not parse: offset in its text, from 0. */
  readonly position?: number
}
