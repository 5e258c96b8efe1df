import type { FlowRuntime, FlowRuntimeOptions, ForkOptions, OpenOptions, RunHandle, RunOptions } from '@heddle/core'
import type { Definition } from '../definition/definition.ts'

/** What the runs of a definition are carried out with. */
export function portsOf({ registry, blueprints, dependencies }: Definition): FlowRuntimeOptions {
  return { registry, blueprints, dependencies }
}

/** Starts a run of a definition. @throws HeddleError as `FlowRuntime.start` does */
export async function startRun(
  runtime: FlowRuntime,
  { workflow, blueprint }: Definition,
  input: unknown,
  options: RunOptions,
): Promise<RunHandle> {
  if (workflow === undefined) return runtime.start(blueprint, input, options)
  return (await runtime.start(workflow, input, options)) as RunHandle
}

/** Opens a run of a definition, which goes on in this process. @throws HeddleError if it cannot be opened */
export async function openRun(
  runtime: FlowRuntime,
  { workflow, blueprint }: Definition,
  runId: string,
  options: OpenOptions,
): Promise<RunHandle> {
  const handle =
    workflow === undefined
      ? runtime.open(blueprint, runId, options)
      : (runtime.open(workflow, runId, options) as RunHandle)
  // What is wrong with a run is told when its handle is asked something.
  await handle.status()
  return handle
}

/** Forks a run of a definition; the fork goes on in this process. @throws HeddleError as `FlowRuntime.fork` does */
export async function forkRun(
  runtime: FlowRuntime,
  { workflow, blueprint }: Definition,
  runId: string,
  options: ForkOptions,
): Promise<RunHandle> {
  const handle = await runtime.fork(workflow ?? blueprint, runId, options)
  await handle.status()
  return handle
}
