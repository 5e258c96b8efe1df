/**
 * Bundles @heddle/core for a browser, runs one workflow in Chromium, and checks the result: what runs on Node runs there too.
 * Chromium is looked for in CHROMIUM_PATH, on PATH and in the usual places; under CI, as root on Debian, it is installed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { rootFolder } from './ensure-installed.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin']
const places = [
  ...(process.env.CHROMIUM_PATH === undefined ? [] : [process.env.CHROMIUM_PATH]),
  ...folders.flatMap((folder) => names.map((name) => path.join(folder, name))),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
const findBrowser = () => places.find((place) => existsSync(place))

const installBrowser = () => {
  console.log('No Chromium here: installing the one of the system (apt-get) …')
  const run = (args) =>
    spawnSync('apt-get', args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  run(['update'])
  run(['install', '-y', '--no-install-recommends', 'chromium'])
}

if (findBrowser() === undefined && process.env.CI !== undefined && process.getuid?.() === 0) installBrowser()
const executablePath = findBrowser()
if (executablePath === undefined) {
  if (process.env.CI !== undefined) {
    console.error('No Chromium was found and none could be installed. Name one in CHROMIUM_PATH.')
    process.exit(1)
  }
  console.log(
    'Left out: no Chromium was found on this machine. CI runs this check; name a browser in CHROMIUM_PATH to run it here.',
  )
  process.exit(0)
}

const program = `
  import { defineWorkflow, FlowRuntime, route } from './packages/core/src/index.ts'
  const workflow = defineWorkflow('in-a-browser')
    .node('numbers', () => [1, 2, 3, 4])
    .map('squares', { after: 'numbers', over: ({ deps }) => deps.numbers, concurrency: 2 }, async ({ item }) => item * item)
    .node('grade', { after: 'squares' }, ({ deps }) => route(deps.squares.length > 3 ? 'many' : 'few', deps.squares))
    .node('sum', { after: 'grade', action: 'many' }, ({ deps }) => deps.grade.reduce((sum, square) => sum + square, 0))
    .node('none', { after: 'grade', action: 'few' }, () => 0)
    .build({ output: 'sum' })
  globalThis.runHeddle = async () => {
    const { status, output, skipped } = await new FlowRuntime().run(workflow)
    return { status, output, skipped }
  }
`
const { outputFiles } = await build({
  stdin: { contents: program, resolveDir: rootFolder, loader: 'ts' },
  bundle: true,
  write: false,
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  conditions: ['@heddle/source'],
})

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage()
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  const result = await page.evaluate(() => globalThis.runHeddle())
  const expected = JSON.stringify({ status: 'completed', output: 30, skipped: ['none'] })
  console.log(`in ${browser.browserType().name()} ${browser.version()}: ${JSON.stringify(result)}`)
  if (JSON.stringify(result) !== expected) {
    console.error(`Expected ${expected}.`)
    process.exitCode = 1
  }
} finally {
  await browser.close()
}
