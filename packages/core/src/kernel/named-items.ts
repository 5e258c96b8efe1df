import type { ItemsCell, ItemStatusCell } from '../model/cell.ts'
import { itemBlockName, itemsPerBlock } from './cell-names.ts'
import { MissingCells, type CellOverlay } from './cell-overlay.ts'
import type { Items } from './frame.ts'
import { visitCode } from './status-codes.ts'

const pristineBlock: ItemStatusCell = { statuses: '' }

/** The items of a map over named cells: one with the counts, and one for each 64 statuses. */
export class NamedItems implements Items {
  private readonly cells: CellOverlay
  private readonly name: string

  private constructor(cells: CellOverlay, name: string) {
    this.cells = cells
    this.name = name
  }

  /** The items of a map that was opened, else `undefined`. */
  static find(cells: CellOverlay, name: string): NamedItems | undefined {
    return cells.read(name) === undefined ? undefined : new NamedItems(cells, name)
  }

  static open(cells: CellOverlay, name: string, count: number, concurrency: number, tolerated: number): NamedItems {
    const cell = cells.write<ItemsCell>(name, { round: -1, count: 0, tolerated: 0, next: 0, settled: 0, failed: 0 })
    const round = cell.round + 1
    Object.assign(cell, { round, count, tolerated, next: 0, settled: 0, failed: 0 })
    if (concurrency === Infinity) delete cell.concurrency
    else cell.concurrency = concurrency
    for (let item = 0; item < count; item += itemsPerBlock) cells.assumeAbsent(itemBlockName(name, round, item))
    return new NamedItems(cells, name)
  }

  private get cell(): ItemsCell {
    return this.cells.read<ItemsCell>(this.name) as ItemsCell
  }

  private get draft(): ItemsCell {
    return this.cells.write<ItemsCell>(this.name, this.cell)
  }

  get count(): number {
    return this.cell.count
  }

  get concurrency(): number {
    return this.cell.concurrency ?? Infinity
  }

  get tolerated(): number {
    return this.cell.tolerated
  }

  get next(): number {
    return this.cell.next
  }

  set next(next: number) {
    this.draft.next = next
  }

  get settled(): number {
    return this.cell.settled
  }

  set settled(settled: number) {
    this.draft.settled = settled
  }

  get failed(): number {
    return this.cell.failed
  }

  set failed(failed: number) {
    this.draft.failed = failed
  }

  status(item: number): number {
    const name = itemBlockName(this.name, this.cell.round, item)
    // The block of the item that settles came along; whoever reads another one reads them all: the items are being cut off.
    if (!this.cells.has(name)) throw new MissingCells(this.blockNames())
    const { statuses } = this.cells.read<ItemStatusCell>(name) ?? pristineBlock
    return Number(statuses[item % itemsPerBlock] ?? visitCode.pending)
  }

  setStatus(item: number, status: number): void {
    const block = this.cells.write<ItemStatusCell>(itemBlockName(this.name, this.cell.round, item), pristineBlock)
    const at = item % itemsPerBlock
    const before = block.statuses.padEnd(at, String(visitCode.pending))
    block.statuses = `${before.slice(0, at)}${status}${before.slice(at + 1)}`
  }

  private blockNames(): string[] {
    const { round, next } = this.cell
    const names: string[] = []
    for (let item = 0; item < next; item += itemsPerBlock) names.push(itemBlockName(this.name, round, item))
    return names
  }
}
