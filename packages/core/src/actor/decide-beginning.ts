import { compileGraph } from '../graph/compile-graph.ts'
import { HeddleError } from '../errors/heddle-error.ts'
import { randomNonce } from '../defaults/random-nonce.ts'
import type { Beginning, RunRef, RunStanding } from '../ports/run-records.ts'
import type { TurnChanges } from '../ports/turn-store.ts'
import { Decisions } from './decisions.ts'
import type { Definition } from './definitions.ts'

/**
 * Decides the beginning of a run that is being started, as its first turn would: nothing of it is in a store yet.
 *
 * @returns `undefined` if it is more than nodes that become ready, or cannot be told: then a worker decides it in a turn, which also deals
 *   with what throws
 */
export async function decideBeginning(
  definition: Definition,
  run: RunRef,
  { onFailure, parent }: Pick<RunStanding, 'onFailure'> & { readonly parent: RunStanding['parent'] | undefined },
): Promise<Beginning | undefined> {
  const { blueprint, key } = definition
  const standing: RunStanding = {
    revision: 0,
    writtenBy: '',
    cells: { run: null },
    onFailure,
    workflowId: blueprint.id,
    definitionHash: key,
    ...(parent === undefined ? {} : { parent }),
    expansions: [],
  }
  try {
    const graph = compileGraph(blueprint)
    const decisions = new Decisions({ run, definition, graph, fetch: nothingToRead }, standing)
    return beginningOf(await decisions.decide([{ id: 'begin', touches: [], type: 'begin' }]))
  } catch {
    return undefined
  }
}

function beginningOf({ cells, journal, dispatches, handled: _handled, ...others }: TurnChanges): Beginning | undefined {
  const isMore = Object.values(others).some((more) => more !== undefined && Object.keys(more).length > 0)
  if (isMore || dispatches.length === 0) return undefined
  return { nonce: randomNonce(), cells, journal, dispatches }
}

function nothingToRead(): Promise<never> {
  throw new HeddleError('INTERNAL', 'a run that is being started has nothing to read')
}
