import type { HeddleError } from '../errors/heddle-error.ts'
import { edgeGuard } from '../graph/edge-keys.ts'
import { originalError, toErrorData } from '../model/error-data.ts'
import type { Control } from '../kernel/control.ts'
import type { FlatFrame } from '../kernel/flat-frame.ts'
import { markCode } from '../kernel/status-codes.ts'
import type { Visit } from '../kernel/visit.ts'
import type { WorkflowState } from '../traversal/workflow-state.ts'
import { resolveDeps, resolveInput, type EdgeValues } from './node-input.ts'
import type { VisitInputs } from './visit-inputs.ts'

/** What an error edge carries: the error as the handler threw it, as plain data. */
function errorData(error: HeddleError | undefined): unknown {
  return error === undefined ? undefined : toErrorData(originalError(error))
}

/** Reads the data of a run in memory out of its frames. */
export class FrameInputs implements VisitInputs {
  readonly runId: string
  readonly runInput: unknown
  private readonly control: Control
  private readonly state: WorkflowState

  constructor(control: Control, state: WorkflowState) {
    this.control = control
    this.state = state
    this.runId = state.runId
    this.runInput = state.input
  }

  input(visit: Visit): unknown {
    const frame = visit.frame as FlatFrame
    return resolveInput(this.control.graph, frame, visit.routes, this.edgeValues(frame), this.runInput)
  }

  deps(visit: Visit): Record<string, unknown> {
    const frame = visit.frame as FlatFrame
    return resolveDeps(this.control.graph, frame, visit.routes, this.edgeValues(frame))
  }

  item(visit: Visit): unknown {
    return (visit.frame as FlatFrame).items(visit.itemsKey)?.values[visit.item]
  }

  itemOutputs(visit: Visit): unknown[] {
    const items = (visit.frame as FlatFrame).items(visit.itemsKey)
    return Array.from({ length: items?.count ?? 0 }, (_, item) => items?.outputs[item])
  }

  itemError(visit: Visit): unknown {
    return (visit.frame as FlatFrame).items(visit.itemsKey)?.error
  }

  error(visit: Visit): unknown {
    const error = (visit.frame as FlatFrame).errors?.get(visit.insteadOf)
    return error === undefined ? undefined : originalError(error)
  }

  shared(key: string): unknown {
    return this.state.shared.get(key)
  }

  sharedVersion(key: string): number {
    return this.state.shared.version(key)
  }

  sharedRecord(): Record<string, unknown> {
    return this.state.shared.toRecord()
  }

  mergeShared(key: string, current: unknown, write: unknown): unknown {
    return this.state.shared.merged(key, current, write)
  }

  private edgeValues(frame: FlatFrame): EdgeValues {
    const { graph } = this.control
    return {
      isTaken: (edge) => frame.edgeMark(edge) === markCode.taken,
      value: (edge) => {
        const source = frame.sourceFrame(edge)
        if (source?.transformed?.has(edge) === true) return source.transformed.get(edge)
        if (graph.edgeGuards[edge] === edgeGuard.error) {
          return errorData(source?.errors?.get(graph.edgeSource[edge] as number))
        }
        return source?.outputs[graph.place[graph.edgeSource[edge] as number] as number]
      },
    }
  }
}
