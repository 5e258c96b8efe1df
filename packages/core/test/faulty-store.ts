import { HeddleError } from '../src/errors/heddle-error.ts'
import type { ICoordinationStore } from '../src/ports/coordination-store.ts'
import { aroundStore } from './around-store.ts'
import type { Draw } from './reference-model/random-blueprint.ts'

/** How often faults happen, in percent of the operations. */
export interface FaultRates {
  /** The operation is sent twice, as if its first reply had been lost. */
  readonly resend?: number
  /** The caller dies before the operation, or after it before it has the reply. */
  readonly die?: number
}

/** Thrown at a worker that is dead: nothing that it does any more reaches anybody. */
export class WorkerDied extends HeddleError {
  override readonly name: string = 'WorkerDied'

  constructor() {
    super('INTERNAL', 'the worker is dead')
  }
}

/** A store as one worker sees it, and what kills the worker. */
export interface MortalStore {
  readonly store: ICoordinationStore
  kill(): void
}

/** A store as one worker sees it, over a line with faults. Once the worker has died, every operation fails. */
export function faultyStore(
  store: ICoordinationStore,
  draw: Draw,
  { resend = 0, die = 0 }: FaultRates,
  onDeath: () => void,
): MortalStore {
  let isDead = false
  const kill = (): void => {
    if (isDead) return
    isDead = true
    onDeath()
  }
  const stopIfDead = (): void => {
    if (isDead) throw new WorkerDied()
  }
  const faulty = aroundStore(store, async ({ carryOut }) => {
    stopIfDead()
    const fate = draw(1000)
    if (fate < die * 5) kill()
    stopIfDead()
    const reply = await carryOut()
    if (fate < die * 10) kill()
    stopIfDead()
    return draw(100) < resend ? carryOut() : reply
  })
  return { store: faulty, kill }
}
