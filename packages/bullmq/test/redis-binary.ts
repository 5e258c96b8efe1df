import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/** A program that serves Redis: what to spawn. */
export interface RedisBinary {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
}

const programs = ['redis-server', 'valkey-server']

const usualFolders = ['/usr/bin', '/usr/local/bin', '/usr/sbin', '/opt/homebrew/bin', '/opt/local/bin', '/snap/bin']

/**
 * Finds a Redis without any manual step: on PATH and in the usual folders, else unpacked from Debian's packages into the user's cache
 * folder.
 *
 * @throws Error that names the ways out if there is none
 */
export function findRedis(): RedisBinary {
  const installed = installedProgram()
  if (installed !== undefined) return real(installed)
  const unpacked = unpackedProgram()
  if (unpacked !== undefined) return unpacked
  throw new Error(
    'No Redis for the tests: no redis-server or valkey-server on PATH, and no Debian packages to be had. Install one of them, set ' +
      'REDIS_URL to a server that may be used (tests keep to keys with a random prefix), or leave these tests out: npm run test:fast.',
  )
}

function real(command: string, env: Readonly<Record<string, string>> = {}): RedisBinary {
  return { command, env }
}

function installedProgram(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...usualFolders]
  return folders
    .flatMap((folder) => programs.map((program) => path.join(folder, program)))
    .find((file) => path.isAbsolute(file) && existsSync(file))
}

function cacheFolder(): string {
  const ofSystem =
    process.env['XDG_CACHE_HOME'] ??
    (process.platform === 'darwin' ? path.join(homedir(), 'Library/Caches') : path.join(homedir(), '.cache'))
  return path.join(ofSystem, 'heddle')
}

/** Debian's server with the libraries that this machine lacks, unpacked beside each other. No root is needed. */
function unpackedProgram(): RedisBinary | undefined {
  if (process.platform !== 'linux' || !existsSync('/etc/debian_version')) return undefined
  const root = path.join(cacheFolder(), `redis-${process.arch}`)
  if (!existsSync(root) && !unpackPackages(root)) return undefined
  const program = path.join(root, 'usr/bin/redis-server')
  const libraries = path.join(root, 'usr/lib')
  const folders = existsSync(libraries) ? readdirSync(libraries).map((name) => path.join(libraries, name)) : []
  const binary = real(program, { LD_LIBRARY_PATH: folders.join(path.delimiter) })
  const { status } = spawnSync(program, ['--version'], { env: { ...process.env, ...binary.env } })
  return status === 0 ? binary : undefined
}

function unpackPackages(root: string): boolean {
  mkdirSync(path.dirname(root), { recursive: true })
  const work = mkdtempSync(`${root}-`)
  try {
    if (!download(work, []) && !downloadWithOwnLists(work)) return false
    const unpacked = path.join(work, 'root')
    for (const name of readdirSync(work).filter((file) => file.endsWith('.deb'))) {
      if (spawnSync('dpkg-deb', ['-x', path.join(work, name), unpacked]).status !== 0) return false
    }
    if (!existsSync(path.join(unpacked, 'usr/bin/redis-server'))) return false
    // Somebody else may have been faster; theirs is as good.
    if (!existsSync(root)) renameSync(unpacked, root)
    return true
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function apt(settings: readonly string[], ...rest: readonly string[]): boolean {
  const options = ['Debug::NoLocking=1', ...settings].flatMap((setting) => ['-o', setting])
  return spawnSync('apt-get', [...options, ...rest], { timeout: 120_000 }).status === 0
}

function download(work: string, settings: readonly string[]): boolean {
  mkdirSync(path.join(work, 'partial'), { recursive: true })
  const archives = [`Dir::Cache::archives=${work}`, 'APT::Sandbox::User=', ...settings]
  return apt(archives, '--download-only', '--yes', '--no-install-recommends', 'install', 'redis-server')
}

/** A machine whose package lists were removed, as container images do: fetches them into a folder of its own. */
function downloadWithOwnLists(work: string): boolean {
  const lists = path.join(work, 'lists')
  mkdirSync(path.join(lists, 'partial'), { recursive: true })
  const settings = [`Dir::State::lists=${lists}`, `Dir::Cache::pkgcache=`, `Dir::Cache::srcpkgcache=`]
  return apt([...settings, 'APT::Sandbox::User='], 'update') && download(work, settings)
}
