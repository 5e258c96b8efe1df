import type { CompensationVisit } from '../../kernel/visit.ts'
import { nameVisit } from '../../kernel/visit.ts'
import { visitKey } from '../../model/visit.ts'
import { AttemptContext, type AttemptHost } from './attempt-context.ts'
import { compensationPlan } from './node-plan.ts'
import type { UndoneVisit } from '../engine/visit-inputs.ts'

/** The context of a `compensate` handler: that of the visit which is undone, with its output and the failure that ended the run. */
export class CompensationContext extends AttemptContext {
  private readonly undone: UndoneVisit

  /** @throws HeddleError `UNKNOWN_HANDLER` */
  constructor(host: AttemptHost, visit: CompensationVisit) {
    super(host, visit, compensationPlan(host.engine, host.graph, visit.node))
    this.undone = host.inputs.undone(visit)
  }

  override get input(): unknown {
    return this.undone.hasInput ? this.undone.input : super.input
  }

  get output(): unknown {
    return this.undone.output
  }

  get isOutcomeKnown(): boolean {
    return this.undone.isOutcomeKnown
  }

  /** The failure that ended the run. */
  override get error(): unknown {
    return this.undone.failure
  }

  override get item(): unknown {
    return this.visit.item === -1 ? undefined : this.undone.item
  }

  get visitIdempotencyKey(): string {
    const { compensates: _compensates, ...name } = nameVisit(this.graph, this.visit)
    return `${this.runId}:${visitKey(name)}`
  }

  /** Of a visit whose outcome is known, the input is known as well. */
  override evaluateInputs(): void {
    if (!this.undone.hasInput) super.evaluateInputs()
  }
}
