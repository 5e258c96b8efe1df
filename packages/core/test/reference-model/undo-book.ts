import { visitKey, type VisitName } from '../../src/model/visit.ts'
import type { Handler, NodeContext } from '../../src/ports/node-context.ts'

/** What is known of a visit that a handler was called for. */
interface Done {
  readonly input: string
  readonly output?: string
}

/** Remembers what each visit was given and gave, and holds it against what is told when the visit is undone. */
export class UndoBook {
  /** What was told wrongly, as sentences. */
  readonly problems: string[] = []
  private readonly done: Map<string, Done> = new Map()

  called(context: NodeContext): void {
    this.done.set(keyOf(context), { input: JSON.stringify(context.input) })
  }

  returned(context: NodeContext, output: unknown): void {
    const key = keyOf(context)
    this.done.set(key, { input: '', ...this.done.get(key), output: JSON.stringify(output) })
  }

  /** Keeps what is known now. @returns goes back to that */
  bookmark(): () => void {
    const known = new Map(this.done)
    return () => {
      this.done.clear()
      for (const [key, done] of known) this.done.set(key, done)
    }
  }

  /** Undoes visits; one in six cannot be undone, which depends on its name alone. */
  readonly undo: Handler = (context: NodeContext) => {
    const { input, output, error, isOutcomeKnown, visitIdempotencyKey = '', idempotencyKey } = context
    const key = visitIdempotencyKey.slice(visitIdempotencyKey.indexOf(':') + 1)
    const done = this.done.get(key)
    if (done === undefined && isOutcomeKnown === true) this.problems.push(`${key} is undone, and was never done`)
    // Nobody kept what a visit was given that did not complete; an early join may be given more by now.
    if (isOutcomeKnown === true && done?.input !== JSON.stringify(input)) {
      this.problems.push(`${key} is undone with the input ${JSON.stringify(input)}`)
    }
    const wanted = isOutcomeKnown === true ? done?.output : undefined
    if (wanted !== JSON.stringify(output)) {
      this.problems.push(`${key} is undone with the output ${JSON.stringify(output)}`)
    }
    if (!(error instanceof Error)) this.problems.push(`${key} is undone without an error`)
    if (idempotencyKey !== `${visitIdempotencyKey}~`) this.problems.push(`${key} is undone under ${idempotencyKey}`)
    if (cannotBeUndone(key)) throw new Error(`${key} cannot be undone`)
  }
}

function keyOf({ idempotencyKey }: NodeContext): string {
  return idempotencyKey.slice(idempotencyKey.indexOf(':') + 1)
}

/** Whether undoing a visit fails. */
export function cannotBeUndone(key: string): boolean {
  let sum = 0
  for (const character of key) sum += character.charCodeAt(0)
  return sum % 6 === 0
}

/** The key of a visit of which a fact tells. */
export function keyOfFact({ nodeId, iteration, item, insteadOf }: VisitName): string {
  return visitKey({
    nodeId,
    iteration,
    ...(item === undefined ? {} : { item }),
    ...(insteadOf === undefined ? {} : { insteadOf }),
  })
}
