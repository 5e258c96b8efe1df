import type { Visit } from '../../kernel/visit.ts'
import type { SingleSuspension } from '../../model/outcome.ts'
import type { PendingState } from '../../traversal/run-snapshot.ts'
import type { ChildRun } from '../engine/child-run.ts'

/** A visit that waits here, and for what. */
export interface OpenSuspension {
  readonly visit: Visit
  readonly state: PendingState
  readonly child: ChildRun | undefined
  /** The durable calls that it waits for, where its handler made some. */
  readonly calls: readonly OpenCallView[]
}

/** A durable call that waits here. */
interface OpenCallView {
  readonly call: string
  readonly on: SingleSuspension
  /** When it ends by itself, and since when it is open, in milliseconds since 1970. */
  readonly due: number | undefined
  readonly since: number | undefined
  readonly child: ChildRun | undefined
}
