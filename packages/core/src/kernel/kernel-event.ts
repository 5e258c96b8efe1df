import type { HeddleError } from '../errors/heddle-error.ts'
import type { Outcome, Resumption } from '../model/outcome.ts'
import type { Visit } from './visit.ts'

/**
 * What can happen to a run. `dropped`: an attempt came to nothing through no fault of its own and is made again, not counted;
 * `lost` tells how many of this visit's attempts were lost with the process that made them. `recalled`: the run stops in order to be
 * compensated, and these visits were not under way, though attempts of some were lost before; those that were cut off earlier were.
 * `random` (0 to 1) is used for the jitter of a retry.
 */
export type KernelEvent =
  | { readonly type: 'begin' }
  | { readonly type: 'started'; readonly visit: Visit }
  | { readonly type: 'settled'; readonly visit: Visit; readonly outcome: Outcome; readonly random: number }
  | { readonly type: 'dropped'; readonly visit: Visit; readonly lost?: number }
  | { readonly type: 'resumed'; readonly visit: Visit; readonly resumption: Resumption }
  | {
      readonly type: 'recalled'
      readonly unstarted: readonly Visit[]
      readonly lost: readonly Visit[]
      readonly cutOff: readonly Visit[]
    }
  | { readonly type: 'cancel'; readonly reason?: string }
  | { readonly type: 'limit'; readonly error: HeddleError }
