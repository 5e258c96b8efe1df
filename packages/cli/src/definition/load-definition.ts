import path from 'node:path'
import {
  blueprintOf,
  HeddleError,
  isWorkflow,
  type Registry,
  type Runnable,
  type WorkflowBlueprint,
} from '@heddle/core'
import type { Definition } from './definition.ts'
import { checkHandlers, findRegistry, findRunnable } from './find-definition.ts'
import { importModule, isModule, type ModuleExports } from './import-module.ts'
import { parseJson, readTextFile } from './read-json.ts'

/** Where a definition comes from. */
export interface DefinitionSource {
  /** A blueprint in JSON, or a module. */
  readonly file: string
  /** A module with handlers. */
  readonly registry?: string | undefined
  /** Which export of FILE. */
  readonly export?: string | undefined
}

/**
 * Loads what FILE defines. Its content is not checked beyond telling what it is: `checkDefinition` does that.
 *
 * @throws HeddleError `INVALID_OPTION`, `INVALID_BLUEPRINT` for what cannot be read
 */
export async function loadDefinition(source: DefinitionSource): Promise<Definition> {
  const { file } = source
  if (isModule(file)) return fromModule(source)
  if (path.extname(file) === '.json') return fromJson(source)
  throw new HeddleError(
    'INVALID_OPTION',
    `FILE "${file}" is neither JSON (.json) nor a module (.js, .mjs, .cjs, .ts, .mts, .cts).`,
    { details: { file } },
  )
}

async function fromJson(source: DefinitionSource): Promise<Definition> {
  const { file, registry } = source
  if (source.export !== undefined) {
    throw new HeddleError('INVALID_OPTION', `--export names an export of a module, but FILE "${file}" is JSON.`, {
      details: { file },
    })
  }
  const blueprint = parseJson(
    await readTextFile(file, 'FILE'),
    `FILE "${file}"`,
    'INVALID_BLUEPRINT',
  ) as WorkflowBlueprint
  return assemble(file, blueprint, {}, await importRegistry(registry), registry)
}

async function fromModule(source: DefinitionSource): Promise<Definition> {
  const { file, registry } = source
  const exported = await importModule(file, 'FILE')
  const runnable = findRunnable(exported, file, source.export)
  return assemble(file, runnable, exported, await importRegistry(registry), registry)
}

function importRegistry(file: string | undefined): Promise<ModuleExports | undefined> {
  if (file === undefined) return Promise.resolve(undefined)
  if (isModule(file)) return importModule(file, '--registry')
  return Promise.reject(
    new HeddleError('INVALID_OPTION', `--registry "${file}" is not a module (.js, .mjs, .cjs, .ts, .mts, .cts).`, {
      details: { file },
    }),
  )
}

function assemble(
  file: string,
  runnable: Runnable,
  own: ModuleExports,
  added: ModuleExports | undefined,
  addedFile = '',
): Definition {
  const workflow = isWorkflow(runnable) ? runnable : undefined
  const ownRegistry = own['registry']
  if (ownRegistry !== undefined) checkHandlers(Object.entries(ownRegistry as Registry), file)
  return {
    file,
    runnable,
    blueprint: blueprintOf(runnable),
    workflow,
    registry: {
      ...(ownRegistry as Registry | undefined),
      ...(added === undefined ? {} : findRegistry(added, addedFile)),
    },
    hasRegistry: workflow !== undefined || ownRegistry !== undefined || added !== undefined,
    blueprints: { ...blueprintsOf(own), ...blueprintsOf(added ?? {}) },
    dependencies: added?.['dependencies'] ?? own['dependencies'],
  }
}

function blueprintsOf(exported: ModuleExports): Definition['blueprints'] {
  const { blueprints } = exported
  return typeof blueprints === 'object' && blueprints !== null ? (blueprints as Definition['blueprints']) : {}
}
