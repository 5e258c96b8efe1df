/**
 * A process of its own that carries out a run over a file store: `node … run-process.ts <dir> <workflow>`. It prints lines of JSON: each
 * step that runs, each whose value its handler was given, the number of each event that listeners were told, and what came of the run here.
 */
import { isHeddleError } from '../src/errors/heddle-error.ts'
import { FileStore } from '../src/file/file-store.ts'
import { FlowRuntime } from '../src/runtime/flow-runtime.ts'
import { roundsRegistry, roundsWorkflows } from './rounds-of-steps.ts'

const [dir = '', workflow = ''] = process.argv.slice(2)
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

/** The error at the bottom of others. */
const bottomOf = (error: Error): Error => (error.cause instanceof Error ? bottomOf(error.cause) : error)

const store = new FileStore({ dir })
const runtime = new FlowRuntime({
  registry: roundsRegistry(print),
  blueprints: roundsWorkflows,
  store,
  snapshotEvery: 100,
})
runtime.eventBus.on('*', ({ runId, seq }) => print({ told: runId, seq }))
try {
  const blueprint = roundsWorkflows[workflow as keyof typeof roundsWorkflows]
  const { status, outputs } = await runtime.run(blueprint, 'input', { runId: 'run' })
  print({ status, outputs })
} catch (error) {
  if (!isHeddleError(error)) throw error
  print({ code: error.code, retryable: error.retryable, bottom: bottomOf(error).message })
}
await runtime.close().catch((error: unknown) => print({ notSynced: isHeddleError(error) ? error.code : String(error) }))
