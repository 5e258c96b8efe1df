import type { Cell } from '../model/cell.ts'
import type { ICoordinationStore } from '../ports/coordination-store.ts'
import type { RunRef } from '../ports/run-records.ts'
import type { ClaimNames } from './claim-names.ts'

/** How many names are read at a time. */
const namesAtATime = 1000

/** Values by name, read in parts so that no single operation holds the store up. */
export async function readValuesInParts(
  store: ICoordinationStore,
  run: RunRef,
  names: readonly string[],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {}
  for (let at = 0; at < names.length; at += namesAtATime) {
    Object.assign(values, await store.readValues(run, names.slice(at, at + namesAtATime)))
  }
  return values
}

/** What the items of one map have in common. */
export interface MapInputs {
  readonly cells: Readonly<Record<string, Cell>>
  readonly values: Readonly<Record<string, string>>
}

/** How many maps are remembered. */
const mapsKept = 64

/** The inputs of maps whose items are attempted here: read once for each map, not for each item. */
export class MapInputCache {
  private readonly store: ICoordinationStore
  private readonly maps: Map<string, Promise<MapInputs>> = new Map()

  constructor(store: ICoordinationStore) {
    this.store = store
  }

  /** @param key names the map within its run */
  get(run: RunRef, key: string, names: ClaimNames): Promise<MapInputs> {
    const id = `${run.incarnation}/${key}`
    let inputs = this.maps.get(id)
    if (inputs === undefined) {
      inputs = this.read(run, id, names)
      this.maps.set(id, inputs)
      const [oldest] = this.maps.keys()
      if (this.maps.size > mapsKept && oldest !== undefined) this.maps.delete(oldest)
    }
    return inputs
  }

  private async read(run: RunRef, id: string, { cells, values }: ClaimNames): Promise<MapInputs> {
    try {
      const [readCells, readValues] = await Promise.all([
        this.store.readCells(run, cells),
        readValuesInParts(this.store, run, values),
      ])
      return { cells: readCells, values: readValues }
    } catch (error) {
      this.maps.delete(id)
      throw error
    }
  }
}
