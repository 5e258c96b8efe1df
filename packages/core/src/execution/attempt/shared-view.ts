import { HeddleError } from '../../errors/heddle-error.ts'
import type { ContextWrite } from '../../model/outcome.ts'
import { refuseValue, refuseWrite } from '../../model/reducer-values.ts'
import type { SharedValuesView } from '../../ports/node-context.ts'
import { defineLazy } from '../../traversal/shared-values.ts'
import type { VisitInputs } from '../engine/visit-inputs.ts'

/** One attempt's view of the shared values: the snapshot and its own buffered writes. */
export class SharedView implements SharedValuesView {
  readonly writes: ContextWrite[] = []
  /** Versions of the keys that `update` read: if one has moved on at commit, the attempt is dropped and made again. */
  readonly readVersions: Map<string, number> = new Map()
  private readonly inputs: VisitInputs
  private readonly nodeId: string
  private readonly own: Map<string, unknown> = new Map()
  /** Own writes by key that nobody has asked for yet: to merge each one would copy the value each time. */
  private unmerged: Map<string, unknown[]> | undefined

  constructor(inputs: VisitInputs, nodeId: string) {
    this.inputs = inputs
    this.nodeId = nodeId
  }

  get(key: string): unknown {
    const current = this.own.has(key) ? this.own.get(key) : this.inputs.shared(key)
    const writes = this.unmerged?.get(key)
    if (writes === undefined) return current
    const merged = this.inputs.mergeShared(key, current, writes)
    this.unmerged?.delete(key)
    this.own.set(key, merged)
    return merged
  }

  /** @throws HeddleError `INVALID_WRITE`: whoever commits the write could only drop it or spoil the value */
  set(key: string, value: unknown): void {
    const reducer = this.inputs.sharedReducer(key)
    if (reducer === 'set') this.own.set(key, value)
    else {
      this.refuse(key, refuseWrite(reducer, value))
      this.unmerged ??= new Map()
      const writes = this.unmerged.get(key)
      if (writes === undefined) this.unmerged.set(key, [value])
      else writes.push(value)
    }
    this.writes.push({ key, value })
  }

  /** @throws HeddleError `INVALID_WRITE` */
  update(key: string, fn: (current: unknown) => unknown): void {
    if (!this.readVersions.has(key)) this.readVersions.set(key, this.inputs.sharedVersion(key))
    const value = fn(this.get(key))
    const reducer = this.inputs.sharedReducer(key)
    // The reducer has to work on it at the next write.
    if (reducer !== 'set') this.refuse(key, refuseValue(reducer, value))
    this.own.set(key, value)
    this.writes.push({ key, value, replace: true })
  }

  private refuse(key: string, refusal: string | undefined): void {
    if (refusal === undefined) return
    const { nodeId } = this
    const reducer = this.inputs.sharedReducer(key)
    throw new HeddleError(
      'INVALID_WRITE',
      `node "${nodeId}" wrote a shared value that cannot be committed: "${key}" has the reducer "${reducer}", which ${refusal}`,
      { details: { nodeId, key, reducer } },
    )
  }

  /** The shared values as they are after this attempt's own writes, for expressions that are evaluated at once. */
  toRecord(): Record<string, unknown> {
    const record = this.inputs.sharedRecord()
    for (const [key, value] of this.own) record[key] = value
    for (const key of this.unmerged?.keys() ?? []) defineLazy(record, key, () => this.get(key))
    return record
  }
}
