import type { Bundle } from './bundle.ts'
import type { BenchCase } from './cases/contract.ts'
import { askChild } from './child.ts'
import type { ChildAnswer } from './child.ts'
import type { EngineName } from './engines/contract.ts'
import type { BenchOptions } from './options.ts'
import type { CaseResults, ResultLine } from './result.ts'

/** Hears of a case when it begins, and of each line when it is there. */
export interface Listener {
  readonly onCase: (shown: Omit<CaseResults, 'lines'>) => void
  readonly onLine: (shown: Omit<CaseResults, 'lines'>, line: ResultLine) => void
}

/** Runs the cases one after another, the engines of a case side by side in time: each in its own process, never two at once. */
export async function runCases(
  cases: readonly BenchCase[],
  { program }: Bundle,
  options: BenchOptions,
  { onCase, onLine }: Listener,
): Promise<CaseResults[]> {
  const results: CaseResults[] = []
  for (const benchCase of cases) {
    const { suite, id, title, n, goal, idealMs } = benchCase
    const shown = { suite, id, title, n, ...(goal && { goal }), ...(idealMs !== undefined && { idealMs }) }
    onCase(shown)
    const lines: ResultLine[] = []
    let floorMs: number | undefined
    for (const engineName of options.engines) {
      const head = { suite, case: id, engine: engineName, n }
      const answer = await ask(benchCase, engineName, program, options)
      if (answer === undefined) continue
      const line: ResultLine = { ...head, ...bodyOf(answer, n, floorMs) }
      if (engineName === 'floor') floorMs = line.medianMs
      lines.push(line)
      onLine(shown, line)
    }
    results.push({ ...shown, lines })
  }
  return results
}

async function ask(
  { id, engines, leftOut = {}, limitSeconds: least = 0 }: BenchCase,
  engineName: EngineName,
  program: string,
  { graphsFolder, isQuick, limitSeconds, profileFolder }: BenchOptions,
): Promise<ChildAnswer | undefined> {
  if (engines.includes(engineName)) {
    const limit = Math.max(limitSeconds, least)
    return askChild({ caseId: id, engineName, graphsFolder, isQuick }, { program, limitSeconds: limit, profileFolder })
  }
  const reason = leftOut[engineName]
  return reason === undefined ? undefined : { kind: 'unable', reason }
}

function bodyOf(answer: ChildAnswer, n: number, floorMs: number | undefined): Partial<ResultLine> {
  if (answer.kind === 'unable') return { reason: answer.reason }
  if (answer.kind === 'wrong') return { reason: answer.reason, isWrong: true }
  const { medianMs } = answer.measurement
  return {
    ...answer.measurement,
    perNodeUs: (medianMs * 1000) / n,
    ratioToFloor: floorMs === undefined ? 1 : medianMs / floorMs,
  }
}
