/** Removes what the tools wrote: builds, coverage, generated pages. Dependencies stay. */
import { readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { rootFolder } from './ensure-installed.mjs'

const folders = ['coverage', 'docs/api', 'docs/.vitepress/dist', 'docs/.vitepress/cache', 'node_modules/.cache']
for (const name of readdirSync(path.join(rootFolder, 'packages'))) folders.push(`packages/${name}/dist`)
for (const folder of folders) rmSync(path.join(rootFolder, folder), { recursive: true, force: true })
