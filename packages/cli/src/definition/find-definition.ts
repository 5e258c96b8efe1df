import { HeddleError, type Registry, type Runnable, type Workflow, type WorkflowBlueprint } from '@heddle/core'
import type { ModuleExports } from './import-module.ts'

/** What can be run, under the name of its export. */
interface Candidate {
  readonly name: string
  readonly runnable: Runnable
}

type Fields = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBlueprint(value: unknown): value is WorkflowBlueprint {
  return isRecord(value) && Array.isArray(value['nodes']) && Array.isArray(value['edges'])
}

function isWorkflow(value: unknown): value is Workflow {
  return isRecord(value) && isBlueprint(value['blueprint']) && isRecord(value['registry'])
}

/** Whether a value is a workflow's builder on which nobody called `build()`. */
function isBuilder(value: unknown): boolean {
  return isRecord(value) && typeof value['build'] === 'function' && typeof value['node'] === 'function'
}

/**
 * The workflow or blueprint that a module exports: the export that was named, else the default export, else the only one.
 *
 * @throws HeddleError `INVALID_OPTION` if there is none or no single one; it lists the exports
 */
export function findRunnable(exported: ModuleExports, file: string, exportName: string | undefined): Runnable {
  if (exportName !== undefined) return named(exported, file, exportName)
  const { default: preferred } = exported
  if (isWorkflow(preferred) || isBlueprint(preferred)) return preferred
  const candidates = candidatesOf(exported)
  const [only, second] = candidates
  if (only === undefined) throw nothingToRun(exported, file)
  if (second === undefined) return only.runnable
  const names = candidates.map(({ name }) => name)
  throw new HeddleError(
    'INVALID_OPTION',
    `"${file}" exports ${names.length} workflows (${names.join(', ')}); say which one with --export NAME.`,
    { details: { file, exports: names } },
  )
}

/** Workflows, and blueprints only where there is no workflow: a blueprint beside a workflow is likely the workflow's part. */
function candidatesOf(exported: ModuleExports): readonly Candidate[] {
  const all = Object.entries(exported)
  const workflows = all.flatMap(([name, value]) => (isWorkflow(value) ? [{ name, runnable: value }] : []))
  if (workflows.length > 0) return workflows
  return all.flatMap(([name, value]) => (isBlueprint(value) ? [{ name, runnable: value }] : []))
}

function named(exported: ModuleExports, file: string, exportName: string): Runnable {
  const value = Object.hasOwn(exported, exportName) ? exported[exportName] : undefined
  if (isWorkflow(value) || isBlueprint(value)) return value
  const details = { file, export: exportName }
  if (isBuilder(value)) throw notBuilt(file, exportName)
  if (value === undefined) {
    const names = Object.keys(exported)
    const list = names.length === 0 ? 'it exports nothing' : `it exports ${names.join(', ')}`
    throw new HeddleError('INVALID_OPTION', `"${file}" has no export "${exportName}"; ${list}.`, { details })
  }
  throw new HeddleError(
    'INVALID_OPTION',
    `Export "${exportName}" of "${file}" is neither a workflow (the result of build()) nor a blueprint (nodes and edges).`,
    { details },
  )
}

function nothingToRun(exported: ModuleExports, file: string): HeddleError {
  const builder = Object.entries(exported).find(([, value]) => isBuilder(value))
  if (builder !== undefined) return notBuilt(file, builder[0])
  const names = Object.keys(exported)
  const list = names.length === 0 ? 'It exports nothing.' : `It exports ${names.join(', ')}.`
  return new HeddleError(
    'INVALID_OPTION',
    `"${file}" exports no workflow. ${list} Export the result of build(), or a blueprint with nodes and edges.`,
    { details: { file, exports: names } },
  )
}

function notBuilt(file: string, exportName: string): HeddleError {
  return new HeddleError(
    'INVALID_OPTION',
    `Export "${exportName}" of "${file}" is a builder; export the result of its .build().`,
    {
      details: { file, export: exportName },
    },
  )
}

/**
 * The handlers that a module exports: its `registry`, else its default export, else every function that it exports, by name.
 *
 * @throws HeddleError `INVALID_OPTION` if there is none, or if one is not a function
 */
export function findRegistry(exported: ModuleExports, file: string): Registry {
  const { registry, default: preferred } = exported
  const source = registry ?? (isRecord(preferred) ? preferred : functionsOf(exported))
  const handlers = isRecord(source) ? Object.entries(source) : []
  if (handlers.length === 0) {
    throw new HeddleError(
      'INVALID_OPTION',
      `"${file}" exports no handlers; export \`registry\`, a record of functions by name, or the functions themselves.`,
      { details: { file } },
    )
  }
  checkHandlers(handlers, file)
  return source as Registry
}

/** @throws HeddleError `INVALID_OPTION` if one of them is not a function */
export function checkHandlers(handlers: readonly (readonly [string, unknown])[], file: string): void {
  const wrong = handlers.filter(([, handler]) => typeof handler !== 'function')
  if (wrong.length === 0) return
  const list = wrong.map(([name, handler]) => `"${name}" is ${handler === null ? 'null' : `of type ${typeof handler}`}`)
  throw new HeddleError(
    'INVALID_OPTION',
    `A handler is a function, but in the registry of "${file}" ${list.join(', ')}.`,
    {
      details: { file, handlers: wrong.map(([name]) => name) },
    },
  )
}

function functionsOf(exported: ModuleExports): Fields {
  return Object.fromEntries(Object.entries(exported).filter(([, value]) => typeof value === 'function'))
}
