import type { HeddleError } from '../../errors/heddle-error.ts'
import { edgeGuard } from '../../graph/edge-keys.ts'
import { originalError, toErrorData } from '../../model/error-data.ts'
import type { Control } from '../../kernel/control.ts'
import type { FlatFrame } from '../../kernel/flat-frame.ts'
import type { FlatUndoEntry } from '../../kernel/flat-undo-log.ts'
import { markCode } from '../../kernel/status-codes.ts'
import type { CompensationVisit, Visit } from '../../kernel/visit.ts'
import type { WorkflowState } from '../../traversal/workflow-state.ts'
import { resolveDeps, resolveInput, type EdgeValues } from './node-input.ts'
import { StateInputs } from './state-inputs.ts'
import type { UndoneVisit, VisitInputs } from '../engine/visit-inputs.ts'

/** What an error edge carries: the error as the handler threw it, as plain data. */
function errorData(error: HeddleError | undefined): unknown {
  return error === undefined ? undefined : toErrorData(originalError(error))
}

/** Reads the data of a run in memory out of its frames. */
export class FrameInputs extends StateInputs implements VisitInputs {
  private readonly control: Control

  constructor(control: Control, state: WorkflowState) {
    super(state)
    this.control = control
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

  undone(visit: Visit): UndoneVisit {
    const [failure] = this.control.failures
    const entry = (visit as CompensationVisit).entry as FlatUndoEntry
    return { ...entry, failure: failure === undefined ? undefined : originalError(failure) }
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
