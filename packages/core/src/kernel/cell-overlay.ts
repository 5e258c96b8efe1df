import { HeddleError } from '../errors/heddle-error.ts'
import type { Cell } from '../model/cell.ts'

/** A visit by indexes, from which the cells that a decision may need next can be computed. */
export interface CellSeed {
  readonly node: number
  readonly path: readonly number[]
}

/**
 * Thrown through the kernel when it reads a cell that did not come along. Whoever handed it the event discards what was changed so
 * far, fetches the cells and hands it the event again. It is no error and never leaves a turn.
 */
export class MissingCells extends HeddleError {
  // Not "HeddleError": code of the kernel that turns errors into outcomes must let this one pass.
  override readonly name: string = 'MissingCells'
  /** Names of the cells, or `'all'` cells of the run. */
  readonly names: readonly string[] | 'all'
  /** Where to look for what will be needed next. */
  readonly seeds: readonly CellSeed[]

  constructor(names: readonly string[] | 'all', seeds: readonly CellSeed[] = []) {
    super('INTERNAL', 'cells of the run did not come along')
    this.names = names
    this.seeds = seeds
  }
}

/**
 * The cells of one run that are at hand, and over them the changes of the event that is being decided. Changes of an event are kept
 * or discarded as a whole.
 */
export class CellOverlay {
  /** Whether every cell of the run is at hand: what is not there is pristine. */
  isComplete = false
  private readonly known: Map<string, Cell | undefined> = new Map()
  private readonly draft: Map<string, Cell> = new Map()
  private changed: Map<string, Cell> = new Map()
  /** Where the event under decision has spread to: what it will need next lies behind these. */
  private reached: (() => readonly CellSeed[])[] = []

  /** Takes in cells from the store; `null` says that there is no such cell. Cells that are at hand already stay as they are. */
  load(cells: Readonly<Record<string, Cell | null>>): void {
    for (const [name, cell] of Object.entries(cells)) if (!this.known.has(name)) this.known.set(name, cell ?? undefined)
  }

  /** Whether the content of a cell is known. */
  has(name: string): boolean {
    return this.isComplete || this.known.has(name)
  }

  /** How many cells are at hand. */
  get size(): number {
    return this.known.size
  }

  /** Says that a cell does not exist in the store. */
  assumeAbsent(name: string): void {
    if (!this.known.has(name)) this.known.set(name, undefined)
  }

  /** The names of all cells that exist. */
  names(): string[] {
    const names = new Set(this.draft.keys())
    for (const [name, cell] of this.known) if (cell !== undefined) names.add(name)
    return [...names]
  }

  /**
   * The content of a cell; `undefined` if it does not exist. Not to be changed.
   *
   * @throws MissingCells if it did not come along
   */
  read<T extends Cell>(name: string, seed?: () => readonly CellSeed[]): T | undefined {
    const drafted = this.draft.get(name)
    if (drafted !== undefined) return drafted as T
    const cell = this.known.get(name)
    if (cell === undefined && !this.has(name)) throw this.missing(name, seed)
    return cell as T | undefined
  }

  /**
   * A copy of a cell that may be changed; made of `pristine` if it does not exist.
   *
   * @throws MissingCells if it did not come along
   */
  write<T extends Cell>(name: string, pristine: T, seed?: () => readonly CellSeed[]): T {
    const drafted = this.draft.get(name)
    if (drafted !== undefined) return drafted as T
    const copy = { ...(this.read<T>(name, seed) ?? pristine) }
    this.draft.set(name, copy)
    if (seed !== undefined) this.reached.push(seed)
    return copy
  }

  private missing(name: string, seed: (() => readonly CellSeed[]) | undefined): MissingCells {
    const seeds = seed === undefined ? this.reached : [seed, ...this.reached]
    return new MissingCells(
      [name],
      seeds.flatMap((of) => of()),
    )
  }

  /** Keeps the changes of the event. */
  keep(): void {
    for (const [name, cell] of this.draft) {
      this.known.set(name, cell)
      this.changed.set(name, cell)
    }
    this.discard()
  }

  /** Discards the changes of the event. */
  discard(): void {
    this.draft.clear()
    this.reached = []
  }

  /** The cells that kept changes touched since the last call, by name. */
  takeChanges(): Record<string, Cell> {
    const { changed } = this
    this.changed = new Map()
    return Object.fromEntries(changed)
  }
}
