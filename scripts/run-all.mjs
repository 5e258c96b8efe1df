/**
 * Everything that CI runs, in one command: `npm test`. Plain Node: it installs what is missing first.
 *
 *   node scripts/run-all.mjs                       all sections, in order, up to the first that fails
 *   node scripts/run-all.mjs --only tests          some sections (comma-separated)
 *   node scripts/run-all.mjs --only tests --without-servers   leaves out the tests that need Redis or Postgres
 *   node scripts/run-all.mjs --only tests -- core  the rest goes to vitest
 *
 * The last line reads `N passed, 0 failed` and counts vitest's tests.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureInstalled, rootFolder } from './ensure-installed.mjs'

const resultsFile = path.join(rootFolder, 'node_modules/.cache/heddle/vitest.json')

const separator = process.argv.indexOf('--', 2)
const ownArguments = process.argv.slice(2, separator === -1 ? undefined : separator)
const passedOn = separator === -1 ? [] : process.argv.slice(separator + 1)

/**
 * What runs, in this order. A command starts with the name of a tool in node_modules/.bin, or with `node`.
 *
 * @type {Map<string, { title: string, commands: string[][] }>}
 */
const sections = new Map(
  Object.entries({
    format: { title: 'Format (prettier)', commands: [['prettier', '--check', '--log-level', 'warn', '.']] },
    lint: { title: 'Lint (oxlint, type-aware)', commands: [['oxlint']] },
    rules: {
      title: 'House rules (names, hosts, error pages, known faults)',
      commands: [['node', 'scripts/check-house-rules.mjs']],
    },
    layers: {
      title: 'Layers (dependency-cruiser)',
      commands: [['depcruise', '--output-type', 'err-long', 'packages', 'examples', 'benchmarks']],
    },
    types: { title: 'Types (tsc)', commands: [['node', 'scripts/check-types.mjs']] },
    tests: {
      title: 'Tests (vitest, type tests too)',
      commands: [
        ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`, ...passedOn],
      ],
    },
    unused: { title: 'Dead exports, unused dependencies (knip)', commands: [['knip', '--no-config-hints']] },
    build: { title: 'Build (tsc -b)', commands: [['tsc', '-b', 'tsconfig.build.json']] },
    packages: {
      title: 'Packages as published (publint, are-the-types-wrong)',
      commands: [['node', 'scripts/check-packages.mjs']],
    },
    docs: { title: 'Reference pages (typedoc)', commands: [['typedoc']] },
    browser: { title: 'One run in a browser (Chromium)', commands: [['node', 'scripts/check-browser.mjs']] },
    size: { title: 'Size and browser bundle (esbuild)', commands: [['node', 'scripts/check-size.mjs']] },
  }),
)

const chosen = () => {
  const index = ownArguments.indexOf('--only')
  if (index === -1) return [...sections.keys()]
  const names = (ownArguments[index + 1] ?? '').split(',')
  const unknown = names.filter((name) => !sections.has(name))
  if (unknown.length > 0) {
    console.error(`Unknown section: ${unknown.join(', ')}. There are: ${[...sections.keys()].join(', ')}.`)
    process.exit(2)
  }
  return names
}

const binFolder = path.join(rootFolder, 'node_modules/.bin')

const environment = {
  ...process.env,
  ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }),
  ...(ownArguments.includes('--without-servers') ? { HEDDLE_WITHOUT_SERVERS: '1' } : {}), // see vitest.workspace.ts
}

/** @param {string[]} command The name of a tool, or `node`, and its arguments. */
const execute = ([tool = 'node', ...toolArguments]) => {
  const isNode = tool === 'node'
  const { status, error } = spawnSync(isNode ? process.execPath : path.join(binFolder, tool), toolArguments, {
    cwd: rootFolder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32' && !isNode,
    env: environment,
  })
  if (error !== undefined) console.error(`${tool}: ${error.message}`)
  return status ?? 1
}

/** What vitest counted, or zeros where it did not come to an end. */
const readCounts = () => {
  try {
    const {
      numPassedTests,
      numFailedTests,
      numPendingTests,
      numTodoTests = 0,
    } = JSON.parse(readFileSync(resultsFile, 'utf8'))
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests }
  } catch {
    return { passed: 0, failed: 0, skipped: 0 } // no results were written: vitest said why above
  }
}

const seconds = (sinceMs) => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`

const names = chosen()
ensureInstalled()
mkdirSync(path.dirname(resultsFile), { recursive: true })
rmSync(resultsFile, { force: true })

const startedMs = performance.now()
const times = []
let failedTitle = ''
for (const [name, { title, commands }] of sections) {
  if (!names.includes(name)) continue
  console.log(`\n=== ${title} ===`)
  const sectionStartedMs = performance.now()
  const hasFailed = commands.some((command) => execute(command) !== 0)
  times.push(`${name} ${seconds(sectionStartedMs)}`)
  if (hasFailed) {
    failedTitle = title
    console.log(`\nTo repeat this section alone: node scripts/run-all.mjs --only ${name}`)
    break
  }
  console.log(`--- ${title}: ${seconds(sectionStartedMs)}`)
}

console.log(`\n=== Summary ===\n${times.join(', ')}; together ${seconds(startedMs)}`)
if (failedTitle !== '') console.log(`Failed: ${failedTitle}`)
const { passed, failed, skipped } = readCounts()
// A section other than the tests counts as one failure, so that nobody reads success out of the last line.
const failures = failedTitle === '' ? failed : Math.max(failed, 1)
if (names.includes('tests')) {
  console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
}
process.exit(failures > 0 ? 1 : 0)
