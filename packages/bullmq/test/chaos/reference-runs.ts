import { FlowRuntime, type Workflow, type WorkflowResult } from '@heddle/core'
import { answerTo, chaosHandlers, withoutMarks } from './chaos-handlers.ts'
import { chaosFlows } from './chaos-flows.ts'

/** How many inputs there are. */
export const inputCount = 4

/** What a run must come to, whatever happens to it. */
export interface Reference {
  /** Status, outputs, shared values, errors and skipped nodes, as text. */
  readonly result: string
  /** The visits that a handler ended, in order. */
  readonly visits: readonly string[]
}

/** What counts of a result. */
export function resultText(result: WorkflowResult): string {
  const { status, outputs, context, errors, skipped } = result
  const messages = errors.map(({ message }) => message).sort()
  return JSON.stringify([status, sorted(withoutMarks(outputs)), sorted(context), messages, [...skipped].sort()])
}

/** Visits by name, with those of child runs under one name. */
export function visitsOf(names: Iterable<string>): string[] {
  return [...names].map((name) => name.replace(/^.*\//u, 'child/')).sort()
}

function sorted(record: unknown): unknown {
  return Object.entries(record as object).sort(([one], [other]) => (one < other ? -1 : 1))
}

async function refer(workflow: Workflow, n: number, ended: Set<string>): Promise<Reference> {
  const runtime = new FlowRuntime()
  const run = await runtime.start(workflow, { r: 'reference', n }, { runId: 'reference' })
  const answering = new AbortController()
  const result = run.result().finally(() => answering.abort())
  while (!answering.signal.aborted) {
    for (const { waitId } of await run.waits()) {
      await run.resume(waitId as `${string}:${string}`, answerTo('reference', waitId))
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
  return { result: resultText(await result), visits: visitsOf(ended) }
}

/** Runs every workflow with every input in this process, in memory; answers what they came to. */
export async function referenceRuns(): Promise<(workflow: number, n: number) => Reference> {
  const found = new Map<string, Reference>()
  const ended = new Set<string>()
  const handlers = chaosHandlers(({ kind, visit }) => {
    if (kind === 'end') ended.add(visit)
  }, 0)
  for (const [at, workflow] of chaosFlows(handlers).entries()) {
    for (let n = 0; n < inputCount; n++) {
      ended.clear()
      found.set(`${at} ${n}`, await refer(workflow, n, ended))
    }
  }
  return (workflow, n) => found.get(`${workflow} ${n}`) as Reference
}
