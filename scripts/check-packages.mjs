/**
 * Packs every public package as it would be published (pnpm: npm does not apply publishConfig.exports) and lets publint
 * and are-the-types-wrong look at the tarball. Run the build before.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { pinnedPnpm, rootFolder } from './ensure-installed.mjs'

const tarballFolder = path.join(rootFolder, 'node_modules/.cache/heddle/tarballs')
rmSync(tarballFolder, { recursive: true, force: true })
mkdirSync(tarballFolder, { recursive: true })

const execute = (command, commandArguments, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, commandArguments, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (status === 0) return true
  console.error(`${command} ${commandArguments.join(' ')}\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  return false
}

const tool = (name) => path.join(rootFolder, 'node_modules/.bin', name)

/** What pnpm calls the tarball of a package: `@heddle/core` 1.0.0 is heddle-core-1.0.0.tgz. */
const tarballName = ({ name, version }) => `${name.replace('@', '').replace('/', '-')}-${version}.tgz`

const check = (folder, manifest) => {
  const tarball = path.join(tarballFolder, tarballName(manifest))
  return (
    execute('npx', ['-y', pinnedPnpm(), 'pack', '--pack-destination', tarballFolder], folder) &&
    execute(tool('publint'), ['run', tarball, '--strict'], rootFolder) &&
    execute(tool('attw'), [tarball, '--profile', 'node16', '--ignore-rules', 'cjs-resolves-to-esm'], rootFolder)
  )
}

let allOk = true
for (const name of readdirSync(path.join(rootFolder, 'packages'))) {
  const folder = path.join(rootFolder, 'packages', name)
  if (!existsSync(path.join(folder, 'package.json'))) continue
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
  if (manifest.private === true) continue
  const isOk = check(folder, manifest)
  console.log(`${isOk ? 'ok  ' : 'FAIL'} ${manifest.name}`)
  allOk &&= isOk
}
process.exit(allOk ? 0 : 1)
