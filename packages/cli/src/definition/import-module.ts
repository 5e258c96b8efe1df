import { access } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { HeddleError } from '@heddle/core'
import { readTextFile } from './read-json.ts'

/** The exports of a module by name. */
export type ModuleExports = Readonly<Record<string, unknown>>

const typescript = new Set(['.ts', '.mts', '.cts'])
const javascript = new Set(['.js', '.mjs', '.cjs'])

/** Whether a file is imported rather than read. */
export function isModule(file: string): boolean {
  const extension = path.extname(file)
  return typescript.has(extension) || javascript.has(extension)
}

/**
 * Imports a module of the user's: JavaScript, or TypeScript with any Node that the command runs on.
 *
 * @param what names the file in messages: `FILE`, `--registry`
 * @throws HeddleError `INVALID_OPTION` where the module cannot be loaded, with what it threw and where
 */
export async function importModule(file: string, what: string): Promise<ModuleExports> {
  const absolute = path.resolve(file)
  try {
    await access(absolute)
  } catch {
    await readTextFile(file, what)
  }
  if (typescript.has(path.extname(file))) await readTypescript()
  try {
    return exportsOf(await load(absolute))
  } catch (error) {
    const reason = explainImport(error)
    throw new HeddleError('INVALID_OPTION', `${what} "${file}" could not be loaded: ${reason}`, {
      details: { file },
      cause: error,
    })
  }
}

async function load(file: string): Promise<unknown> {
  // Node 20 with tsx cannot import a `.cts` file; requiring one works everywhere.
  if (path.extname(file) === '.cts') return createRequire(import.meta.url)(file) as unknown
  return import(pathToFileURL(file).href)
}

/** The exports; those of TypeScript that was made into CommonJS stand in the default export. */
function exportsOf(loaded: unknown): ModuleExports {
  const { default: preferred } = loaded as ModuleExports
  const isCompiled = typeof preferred === 'object' && preferred !== null && '__esModule' in preferred
  return (isCompiled ? preferred : loaded) as ModuleExports
}

let isRegistered = false

/**
 * Lets Node import TypeScript from here on. `tsImport` would load every module a second time, `@heddle/core` among them, and what a
 * handler makes with that copy would not be recognised by this one.
 */
async function readTypescript(): Promise<void> {
  if (isRegistered) return
  isRegistered = true
  // A `.ts` file is CommonJS where the nearest package.json does not say otherwise: that is the other loader's.
  const [commonJs, esModules] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')])
  commonJs.register()
  esModules.register()
}

function explainImport(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `it threw ${String(thrown)}.`
  const code: unknown = 'code' in thrown ? thrown.code : undefined
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') return explainMissing(thrown.message)
  const place = ownFrame(thrown.stack)
  return `${thrown.name === 'Error' ? '' : `${thrown.name}: `}${thrown.message}${place === undefined ? '' : `\n    ${place}`}`
}

function explainMissing(message: string): string {
  const packageName = /Cannot find package '([^']+)'/u.exec(message)?.[1]
  if (packageName !== undefined) {
    return `it imports "${packageName}", which is not installed there; npm install ${packageName}`
  }
  const [first = message] = message.split('\n')
  return `${first}.`
}

/** The first line of a stack that lies in neither Node nor a package: where the user should look. */
export function ownFrame(stack: string | undefined): string | undefined {
  return stack
    ?.split('\n')
    .map((line) => line.trim())
    .find((line) => line.startsWith('at ') && !/node:|node_modules|<anonymous>/u.test(line))
}
