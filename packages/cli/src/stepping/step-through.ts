import {
  GraphTraverser,
  StepByStepOrchestrator,
  type OpenWait,
  type PreparedRun,
  type RunEvent,
  type WorkflowResult,
} from '@heddle/core'
import type { Definition } from '../definition/definition.ts'
import { parseJson } from '../definition/read-json.ts'
import { AnswerBook, type Answer } from '../flags/answers.ts'
import type { RunSettings } from '../flags/run-flags.ts'
import { errorMessage } from '../output/error-data.ts'
import { printableLine } from '../output/printable.ts'
import type { Printer } from '../output/printer.ts'
import type { RunProgress } from '../progress/run-progress.ts'
import type { RefusedAnswer } from '../run/answering.ts'
import { prepareRun } from '../run/prepare-run.ts'
import { readyLine, StepLines } from './step-lines.ts'

/** What the user wants next. */
export type Command =
  | { readonly type: 'next' }
  | { readonly type: 'all' }
  | { readonly type: 'quit' }
  | { readonly type: 'answer'; readonly text: string }
  | { readonly type: 'unknown'; readonly text: string }

/** Asks for the next command; for an open wait it asks for the answer. */
export type Ask = (question: { readonly prompt: string; readonly isWait: boolean }) => Promise<Command>

/** What {@link stepThrough} works with. */
export interface Stepping {
  readonly definition: Definition
  readonly settings: RunSettings
  readonly answers: readonly Answer[]
  readonly progress: RunProgress
  readonly out: Printer
  /** Undefined where nobody is asked. */
  readonly ask: Ask | undefined
  readonly signal: AbortSignal
}

/** How the steps ended. */
export interface SteppingReport {
  readonly result: WorkflowResult
  readonly refused: readonly RefusedAnswer[]
  readonly unused: readonly string[]
}

/**
 * Carries out a run batch by batch and shows each: what is ready, what came of it, which edges were marked how.
 *
 * @throws HeddleError for what is refused before the run starts
 */
export async function stepThrough(stepping: Stepping): Promise<SteppingReport> {
  const { definition, settings, answers, progress, out, signal } = stepping
  const lines = new StepLines(out, progress)
  const listener = {
    onEvent: (event: RunEvent) => lines.take(event),
    onNote: (_level: string, line: string) => out.line(`  ${printableLine(line)}`),
  }
  const prepared = await prepareRun(definition, settings, listener, signal)
  const stepper = new Stepper(stepping, prepared, new AnswerBook(answers))
  return stepper.run(lines)
}

class Stepper {
  private readonly stepping: Stepping
  private readonly prepared: PreparedRun
  private readonly book: AnswerBook
  private readonly refused: RefusedAnswer[] = []
  private readonly orchestrator = new StepByStepOrchestrator()
  private ask: Ask | undefined
  private steps = 0

  constructor(stepping: Stepping, prepared: PreparedRun, book: AnswerBook) {
    this.stepping = stepping
    this.prepared = prepared
    this.book = book
    this.ask = stepping.ask
  }

  async run(lines: StepLines): Promise<SteppingReport> {
    for (let isMore = true; isMore;) {
      const { status } = this.result()
      if (this.steps > 0 && status !== 'stalled') isMore = status === 'awaiting' && (await this.answerOne())
      else if (await this.mayGoOn()) await this.step(lines)
      else isMore = false
    }
    return { result: this.result(), refused: this.refused, unused: this.book.unused() }
  }

  private result(): WorkflowResult {
    return this.prepared.state.toResult(this.prepared.services.options.serializer)
  }

  private async step(lines: StepLines): Promise<void> {
    const { traverser, executorFactory, state, services } = this.prepared
    this.steps++
    await this.orchestrator.run(traverser, executorFactory, state, services)
    lines.flush()
  }

  /** Shows what is ready and asks whether to go on. */
  private async mayGoOn(): Promise<boolean> {
    const { out, definition, signal } = this.stepping
    // To ask the traverser of a run that has not begun would begin it.
    const traverser = this.steps === 0 ? new GraphTraverser(definition.blueprint) : this.prepared.traverser
    out.line(readyLine(this.steps + 1, traverser.getReadyNodes(), out.styles))
    if (this.ask === undefined) return true
    const command = await this.ask({ prompt: 'Enter: next step · a: all steps · q: quit > ', isWait: false })
    if (signal.aborted || command.type === 'quit') return this.quit()
    if (command.type === 'all') this.ask = undefined
    if (command.type !== 'unknown') return true
    out.line(`  "${printableLine(command.text)}" is none of: Enter, a, q`)
    return this.mayGoOn()
  }

  private async quit(): Promise<boolean> {
    // A run that has not begun cannot be cancelled.
    if (this.steps === 0) this.prepared.traverser.begin()
    await this.prepared.handle.cancel('quit by the user')
    return false
  }

  /** Answers one of the open waits, from the book or by asking. */
  private async answerOne(): Promise<boolean> {
    const { waits } = this.result()
    for (const wait of waits) {
      const answer = this.book.take(wait)
      if (answer !== undefined) return this.resume(wait, answer)
    }
    const [wait] = waits
    if (wait === undefined || this.stepping.ask === undefined) return false
    const { name } = wait
    const prompt = `"${printableLine(name)}" waits for an answer: JSON, ACTION=JSON or q > `
    const command = await this.stepping.ask({ prompt, isWait: true })
    if (this.stepping.signal.aborted || command.type === 'quit') return this.quit()
    return command.type === 'answer' ? this.answer(wait, command.text) : true
  }

  private async answer(wait: OpenWait, text: string): Promise<boolean> {
    if (text.trim() === '') {
      this.stepping.out.line(
        '  Nothing was typed. Type the answer as JSON, null for instance, or q to leave the wait open.',
      )
      return true
    }
    try {
      const [, action, json = text] = /^([\w.-]+)=(.*)$/su.exec(text) ?? []
      const payload = parseJson(json, 'The answer', 'INVALID_OPTION', ' A text needs quotes of its own: "text".')
      return await this.resume(wait, { wait: wait.name, payload, ...(action === undefined ? {} : { action }) })
    } catch (error) {
      this.stepping.out.line(`  ${errorMessage(error)}`)
      return true
    }
  }

  private async resume({ waitId }: OpenWait, { payload, action }: Answer): Promise<boolean> {
    try {
      await this.prepared.handle.resume(waitId as `${string}:${string}`, payload, action)
    } catch (error) {
      if (this.stepping.ask === undefined) this.refused.push({ wait: waitId, reason: error })
      else this.stepping.out.line(`  ${printableLine(errorMessage(error))}`)
    }
    return true
  }
}
