import type { NodeContext } from '@heddle/core'
import { answerWhenOpen } from '../answer-when-open.ts'
import { flow } from '../flow.ts'
import type { DrivenRun, OrchestratorBehaviour, OrchestratorHarness } from '../orchestrator-harness.ts'

/** Answers, at some time after the run began, what a handler waits for; a late one also after the race was won, however long that takes. */
type Answers = readonly (readonly [name: string, afterMs: number, late?: 'late'])[]

/** How often is looked whether a race was won: step by step it is not before the answers have come. */
const looks = 100

/** The handler tells each winner that it sees; it runs again behind the race. */
async function winnersOf(
  { prepare, sleep: pause, ms }: OrchestratorHarness,
  race: (context: NodeContext) => Promise<string>,
  answers: Answers,
): Promise<unknown[]> {
  const winners = new Set<string>()
  const driven: DrivenRun[] = []
  const untilWon = async (): Promise<void> => {
    for (let left = looks; winners.size === 0 && left > 0; left--) await pause(5)
  }
  const registry = {
    a: async (context: NodeContext) => {
      const winner = await race(context)
      winners.add(winner)
      await context.sleep('later', ms(150))
      return winner
    },
    user: () =>
      Promise.all(
        answers.map(async ([name, afterMs, late]) => {
          await pause(afterMs)
          if (late !== undefined) await untilWon()
          await answerWhenOpen(driven[0]!.prepared.handle, name, name, pause)
        }),
      ),
  }
  const run = prepare(flow({ a: {}, user: {} }), { registry })
  driven.push(run)
  const { status, outputs } = await run.drive()
  return [status, outputs['a'], ...winners]
}

/** A race in a handler has the same winner each time that the handler runs again, also when the loser has settled meanwhile. */
export const racesAreWonOnce: OrchestratorBehaviour = {
  name: 'a race in a handler has the same winner each time that the handler runs again, also when the loser has settled meanwhile',
  run: async (harness) => {
    const { expect, sleep: pause, ms } = harness
    const patience =
      (duration: number) =>
      ({ waitFor, sleep }: NodeContext): Promise<string> => {
        const time = sleep('patience', ms(duration)).then(() => 'time')
        const answers = Promise.all([waitFor('x'), waitFor('y')]).then(() => 'answers')
        return Promise.race([time, answers])
      }
    const inTime = await winnersOf(harness, patience(500), [
      ['x', 10],
      ['y', 20],
    ])
    expect(inTime).toEqual(['completed', 'answers', 'answers'])
    const tooLate = await winnersOf(harness, patience(100), [
      ['x', 10],
      ['y', 200, 'late'],
    ])
    expect(tooLate).toEqual(['completed', 'time', 'time'])
    const work = async ({ waitFor, sleep, step }: NodeContext): Promise<string> => {
      const answer = waitFor('x').then(() => 'answer')
      await sleep('nap', ms(50))
      return Promise.race([answer, step('work', () => pause(50)).then(() => 'work')])
    }
    expect(await winnersOf(harness, work, [['x', 10]])).toEqual(['completed', 'answer', 'answer'])
    // Which one wins depends on whether time passes for both nodes at once: step by step it does not.
    const [status, output, ...winners] = await winnersOf(harness, work, [['x', 75]])
    expect([status, winners]).toEqual(['completed', [output]])
  },
}
