import { compileCases } from './compile-cases.ts'
import type { BenchCase } from './contract.ts'
import { durableCases } from './durable-cases.ts'
import { firstNodeCases } from './first-node-cases.ts'
import { graphCases } from './graph-cases.ts'
import { loopCases } from './loop-cases.ts'
import { recoveryCases } from './recovery-cases.ts'
import { redisCases } from './redis-cases.ts'
import { wfCases } from './wf-cases.ts'

/** All cases, in the order of the tables. The real graphs need a folder to be read from. */
export function listCases(options: {
  readonly graphsFolder?: string | undefined
  readonly isQuick: boolean
}): BenchCase[] {
  const { graphsFolder, isQuick } = options
  const cases = [
    ...graphCases,
    ...loopCases,
    ...compileCases,
    ...firstNodeCases,
    ...durableCases,
    ...redisCases,
    ...recoveryCases,
    ...(graphsFolder === undefined ? [] : wfCases(graphsFolder, isQuick)),
  ]
  return isQuick ? cases.filter(({ isLarge = false }) => !isLarge) : cases
}
