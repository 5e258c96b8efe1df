import { HeddleError } from '../errors/heddle-error.ts'
import type { ContextWrite } from '../model/outcome.ts'
import { refuseValue, refuseWrite } from '../model/reducer-values.ts'
import type { SharedValuesView } from '../ports/node-context.ts'
import type { VisitInputs } from './visit-inputs.ts'

/** One attempt's view of the shared values: the snapshot and its own buffered writes. */
export class SharedView implements SharedValuesView {
  readonly writes: ContextWrite[] = []
  /** Versions of the keys that `update` read: if one has moved on at commit, the attempt is dropped and made again. */
  readonly readVersions: Map<string, number> = new Map()
  private readonly inputs: VisitInputs
  private readonly nodeId: string
  private readonly own: Map<string, unknown> = new Map()

  constructor(inputs: VisitInputs, nodeId: string) {
    this.inputs = inputs
    this.nodeId = nodeId
  }

  get(key: string): unknown {
    return this.own.has(key) ? this.own.get(key) : this.inputs.shared(key)
  }

  /** @throws HeddleError `INVALID_WRITE`: whoever commits the write could only drop it or spoil the value */
  set(key: string, value: unknown): void {
    const reducer = this.inputs.sharedReducer(key)
    if (reducer !== 'set') this.refuse(key, refuseWrite(reducer, value))
    this.own.set(key, this.inputs.mergeShared(key, this.get(key), value))
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

  /** The shared values as they are after this attempt's own writes, for the expressions on its edges. */
  toRecord(): Record<string, unknown> {
    const record = this.inputs.sharedRecord()
    for (const [key, value] of this.own) record[key] = value
    return record
  }
}
