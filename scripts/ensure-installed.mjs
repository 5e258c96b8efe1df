/**
 * Installs the workspace's dependencies where they are missing or older than the lockfile. Plain Node, no dependencies:
 * it runs on a machine that has Node and npm and nothing else. Import it first in every script that a README names.
 *
 * import { ensureInstalled } from './ensure-installed.mjs'
 * ensureInstalled()
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** The folder of the repository, without a slash at its end. */
export const rootFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/u, '')

const inRoot = (file) => path.join(rootFolder, file)
const modifiedMs = (file) => statSync(inRoot(file), { throwIfNoEntry: false })?.mtimeMs

/** Holds the hash of the lockfile that was installed last: pnpm does not touch its own mark when nothing changed. */
const stampFile = inRoot('node_modules/.heddle-installed')

const lockfileHash = () =>
  createHash('sha256')
    .update(readFileSync(inRoot('pnpm-lock.yaml')))
    .digest('hex')

/** Whether what the lockfile names was installed after the lockfile was last written, or this very lockfile was. */
const isInstalled = () => {
  const installedMs = modifiedMs('node_modules/.modules.yaml')
  if (installedMs === undefined) return false
  if (installedMs >= (modifiedMs('pnpm-lock.yaml') ?? 0)) return true
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockfileHash()
}

/** The pinned pnpm as npx knows it: `pnpm@<version>`, without the hash. */
export const pinnedPnpm = () => {
  const { packageManager } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  return packageManager.split('+')[0]
}

/**
 * Installs what is missing; does nothing, at the cost of a few file reads, where nothing is.
 * A failed install ends the process with the installer's exit code.
 */
export const ensureInstalled = () => {
  if (isInstalled()) return
  console.log('Installing dependencies (once) …')
  const pnpm = pinnedPnpm()
  const { status, error } = spawnSync('npx', ['-y', pnpm, 'install', '--frozen-lockfile', '--prefer-offline'], {
    cwd: rootFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
    env: { ...process.env, CI: 'true' }, // no questions
  })
  if (status !== 0) {
    console.error(`Could not install dependencies with ${pnpm}${error === undefined ? '' : `: ${error.message}`}.`)
    process.exit(status ?? 1)
  }
  writeFileSync(stampFile, lockfileHash())
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) ensureInstalled()
