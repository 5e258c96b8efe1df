/** The child process: one case on one engine, and nothing else. It is asked by its first argument and answers by a message. */
import { listCases } from './cases/index.ts'
import { loadEngine } from './engines/index.ts'
import { WrongAnswerError, measure } from './measure.ts'
import type { ChildAnswer, ChildRequest } from './child.ts'

async function answer({ caseId, engineName, graphsFolder, isQuick }: ChildRequest): Promise<ChildAnswer> {
  try {
    const benchCase = listCases({ graphsFolder, isQuick }).find(({ id }) => id === caseId)
    if (benchCase === undefined) return { kind: 'unable', reason: `there is no case ${caseId}` }
    const engine = await loadEngine[engineName]()
    const workload = await benchCase.prepare(engine)
    const measurement = await measure(benchCase, workload, isQuick)
    // Last, so that the memory and the warmth of the check do not count.
    const fault = await faultOf(workload.verify)
    if (fault !== undefined) return { kind: 'wrong', reason: fault }
    return { kind: 'measured', measurement }
  } catch (error) {
    return { kind: error instanceof WrongAnswerError ? 'wrong' : 'unable', reason: messageOf(error) }
  }
}

async function faultOf(verify: (() => Promise<void>) | undefined): Promise<string | undefined> {
  try {
    await verify?.()
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

// Nobody waits for an answer any more.
process.once('disconnect', () => process.exit(1))
process.once('message', () => process.exit(1))

const reply = await answer(JSON.parse(process.argv[2] ?? '{}') as ChildRequest)
process.send?.(reply, () => process.exit(0))
