import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that begin first, those that take longest before others. A fresh clone knows no durations, so names must tell. */
const longest = [/\/many-seeds\.test\.ts$/u, /\.property\.test\.ts$/u]

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.findIndex((name) => name.test(moduleId))
  return rank === -1 ? longest.length : rank
}

const waitsForServers = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith('.server.test.ts')

/** Takes from both lists by turns, then what is left of the longer one. */
const byTurns = <Item>(one: readonly Item[], other: readonly Item[]): Item[] =>
  Array.from({ length: Math.max(one.length, other.length) }, (_, at) => [
    ...one.slice(at, at + 1),
    ...other.slice(at, at + 1),
  ]).flat()

/**
 * The order of files: long ones first, so that none is left over when the others have ended, and those that wait for a server by turns with
 * those that compute, so that one uses the processor while another waits.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = (await super.sort(files)).sort((one, other) => rankOf(one) - rankOf(other))
    const waiting = sorted.filter(waitsForServers)
    const computing = sorted.filter((file) => !waitsForServers(file))
    return byTurns(computing, waiting)
  }
}
