import { FlowRuntime, SuperjsonSerializer } from '@heddle/core'
import { FileStore } from '@heddle/core/node'
import { inner, weave, weaveRegistry } from './weave.ts'

/** Goes on with one run of the weave until it ends, says what came of it, and when it was opened: `DIR RUN SIDE_FILE`. */
const [dir = '', runId = '', sideFile = ''] = process.argv.slice(2)

const store = new FileStore({ dir })
const runtime = new FlowRuntime({ store, registry: weaveRegistry(sideFile), blueprints: { inner } })
const run = await runtime.start(weave, new Date(0), { runId })
process.stdout.write('open\n')
const { status, output, outputs, context, errors, skipped } = await run.result()
await runtime.close()
const serializer = new SuperjsonSerializer()
process.stdout.write(`${serializer.serialize({ status, output, outputs, context, errors, skipped })}\n`)
