/**
 * Type-checks everything from source, nothing built: the root's own files, each package's sources and tests, the
 * sources of core once more without node types (they run in browsers), every program that has a tsconfig of its own.
 */
import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { rootFolder } from './ensure-installed.mjs'

const skippedFolders = new Set(['node_modules', 'dist', 'coverage', '.git', 'api', '.vitepress'])

/** All files of a folder that belong to the project, as paths from the root. */
const filesBelow = (folder) =>
  readdirSync(path.join(rootFolder, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name)
    if (!entry.isDirectory()) return [file]
    return skippedFolders.has(entry.name) ? [] : filesBelow(file)
  })

const files = filesBelow('.')
const isTypeScript = /\.[cm]?tsx?$/u

/** Projects to check; one without a single TypeScript file is left out, since the compiler calls that an error. */
const projects = files
  .filter((file) => path.posix.basename(file) === 'tsconfig.json')
  .filter((file) => {
    const folder = path.posix.dirname(file)
    return files.some((other) => isTypeScript.test(other) && (folder === '.' || other.startsWith(`${folder}/`)))
  })
projects.push('packages/core/tsconfig.build.json')

const compiler = path.join(rootFolder, 'node_modules/typescript/bin/tsc')

const check = (project) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [compiler, '--noEmit', '--pretty', 'false', '-p', project], {
      cwd: rootFolder,
    })
    let output = ''
    const add = (chunk) => {
      output += String(chunk)
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${project}${output === '' ? '' : `\n${output.trimEnd()}`}`)
      resolve(code === 0)
    })
  })

const waiting = [...projects]
let allOk = true
const work = async () => {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
    if (!(await check(project))) allOk = false
  }
}
await Promise.all(Array.from({ length: Math.max(1, availableParallelism()) }, work))
process.exit(allOk ? 0 : 1)
