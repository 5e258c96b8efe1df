import type { SharedValuesView } from '../ports/node-context.ts'
import type { ContextWrite } from '../model/outcome.ts'
import type { VisitInputs } from './visit-inputs.ts'

/** One attempt's view of the shared values: the snapshot and its own buffered writes. */
export class SharedView implements SharedValuesView {
  readonly writes: ContextWrite[] = []
  /** Versions of the keys that `update` read: if one has moved on at commit, the attempt is dropped and made again. */
  readonly readVersions: Map<string, number> = new Map()
  private readonly inputs: VisitInputs
  private readonly own: Map<string, unknown> = new Map()

  constructor(inputs: VisitInputs) {
    this.inputs = inputs
  }

  get(key: string): unknown {
    return this.own.has(key) ? this.own.get(key) : this.inputs.shared(key)
  }

  set(key: string, value: unknown): void {
    this.own.set(key, this.inputs.mergeShared(key, this.get(key), value))
    this.writes.push({ key, value })
  }

  update(key: string, fn: (current: unknown) => unknown): void {
    if (!this.readVersions.has(key)) this.readVersions.set(key, this.inputs.sharedVersion(key))
    const value = fn(this.get(key))
    this.own.set(key, value)
    this.writes.push({ key, value, replace: true })
  }

  /** The shared values as they are after this attempt's own writes, for the expressions on its edges. */
  toRecord(): Record<string, unknown> {
    const record = this.inputs.sharedRecord()
    for (const [key, value] of this.own) record[key] = value
    return record
  }
}
