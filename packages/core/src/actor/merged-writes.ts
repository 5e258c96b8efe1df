import type { HeddleError } from '../errors/heddle-error.ts'
import { sharedTooLarge } from '../execution/checks/shared-growth.ts'
import { sharedCellName } from '../kernel/cell-names.ts'
import { MissingCells } from '../kernel/cell-overlay.ts'
import type { SharedCell } from '../model/cell.ts'
import type { StoredWrite } from '../model/stored-event.ts'
import { SharedValues } from '../traversal/shared-values.ts'
import type { ISerializer } from '../ports/serializer.ts'
import type { MergedValue, TurnView } from './turn-view.ts'

/** Whether another visit has committed a shared value since an attempt read it. */
export function hasConflict({ cells }: TurnView, reads: Readonly<Record<string, number>> = {}): boolean {
  return Object.entries(reads).some(
    ([key, version]) => (cells.read<SharedCell>(sharedCellName(key))?.version ?? 0) !== version,
  )
}

/**
 * The shared values as the writes of an outcome leave them, by key; or why the node fails that made it: one of them could not be stored.
 *
 * @throws MissingCells if a cell did not come along
 */
export function mergeWrites(
  { cells, definition, merged: known }: Pick<TurnView, 'cells' | 'definition' | 'merged'>,
  writes: readonly StoredWrite[],
  nodeId: string,
): ReadonlyMap<string, SharedCell> | HeddleError {
  const { serializer } = definition.engine
  const shared = new SharedValues(definition.blueprint.policy?.context)
  const merged = new Map<string, SharedCell>()
  for (const [key, ofKey] of writesByKey(writes)) {
    try {
      const current = cells.read<SharedCell>(sharedCellName(key))
      const version = (current?.version ?? 0) + ofKey.length
      const from = ofKey.findLastIndex(({ replace }) => replace === true)
      const before = ofKey[from] ?? current
      const added = ofKey.slice(from + 1)
      if (before !== undefined && added.length === 0) merged.set(key, { version, text: before.text })
      else {
        // Put together once: a list of many items would be read and written once for each of them.
        const items = added.map(({ text }) => serializer.deserialize(text))
        const value = shared.merged(key, before && valueOf(serializer, known.get(key), before.text), items)
        const text = serializer.serialize(value)
        known.set(key, { text, value })
        merged.set(key, { version, text })
      }
    } catch (error) {
      if (error instanceof MissingCells) throw error
      return sharedTooLarge(nodeId, key, error)
    }
  }
  return merged
}

function valueOf(serializer: ISerializer, known: MergedValue | undefined, text: string): unknown {
  return known?.text === text ? known.value : serializer.deserialize(text)
}

function writesByKey(writes: readonly StoredWrite[]): ReadonlyMap<string, readonly StoredWrite[]> {
  const byKey = new Map<string, StoredWrite[]>()
  for (const write of writes) {
    const ofKey = byKey.get(write.key)
    if (ofKey === undefined) byKey.set(write.key, [write])
    else ofKey.push(write)
  }
  return byKey
}

/** Writes merged values into their cells. */
export function writeMerged({ cells }: Pick<TurnView, 'cells'>, merged: ReadonlyMap<string, SharedCell>): void {
  for (const [key, cell] of merged) {
    Object.assign(cells.write<SharedCell>(sharedCellName(key), { version: 0, text: '' }), cell)
  }
}
