/**
 * Everything that CI runs, in one command: `npm test`. Plain Node: it installs what is missing first.
 *
 *   node scripts/run-all.mjs                       all sections, stage by stage, up to the first that fails
 *   node scripts/run-all.mjs --only tests          some sections (comma-separated)
 *   node scripts/run-all.mjs --only tests --without-servers   leaves out the tests that need Redis or Postgres
 *   node scripts/run-all.mjs --only tests -- core  the rest goes to vitest
 *
 * The sections of a stage run side by side, one a core; each is printed in one piece when it has ended.
 * The last line reads `N passed, 0 failed` and counts vitest's tests.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { ensureInstalled, rootFolder } from './ensure-installed.mjs'

const resultsFile = path.join(rootFolder, 'node_modules/.cache/heddle/vitest.json')

const separator = process.argv.indexOf('--', 2)
const ownArguments = process.argv.slice(2, separator === -1 ? undefined : separator)
const passedOn = separator === -1 ? [] : process.argv.slice(separator + 1)

/**
 * What runs: a stage begins when the one before has ended, and within a stage long sections come first. A command starts with the name of a
 * tool in node_modules/.bin, or with `node`.
 *
 * @typedef {{ title: string, commands: string[][], after?: string }} Section `after` names a section of the same stage.
 * @type {Record<string, Section>[]}
 */
const stages = [
  {
    types: { title: 'Types (tsc)', commands: [['node', 'scripts/check-types.mjs']] },
    format: { title: 'Format (prettier)', commands: [['prettier', '--check', '--log-level', 'warn', '.']] },
    lint: { title: 'Lint (oxlint, type-aware)', commands: [['oxlint']] },
    layers: {
      title: 'Layers (dependency-cruiser)',
      commands: [['depcruise', '--output-type', 'err-long', 'packages', 'examples', 'benchmarks']],
    },
    rules: {
      title: 'House rules (names, hosts, error pages, known faults)',
      commands: [['node', 'scripts/check-house-rules.mjs']],
    },
  },
  {
    tests: {
      title: 'Tests (vitest, type tests too)',
      commands: [
        ['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${resultsFile}`, ...passedOn],
      ],
    },
  },
  {
    build: { title: 'Build (tsc -b)', commands: [['tsc', '-b', 'tsconfig.build.json']] },
    docs: { title: 'Reference pages (typedoc)', commands: [['typedoc']] },
    packages: {
      title: 'Packages as published (publint, are-the-types-wrong)',
      commands: [['node', 'scripts/check-packages.mjs']],
      after: 'build',
    },
    unused: { title: 'Dead exports, unused dependencies (knip)', commands: [['knip', '--no-config-hints']] },
    browser: { title: 'One run in a browser (Chromium)', commands: [['node', 'scripts/check-browser.mjs']] },
    size: { title: 'Size and browser bundle (esbuild)', commands: [['node', 'scripts/check-size.mjs']] },
  },
]

/** @type {Map<string, Section>} */
const sections = new Map(stages.flatMap((stage) => Object.entries(stage)))

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

/**
 * @param {string[]} command The name of a tool, or `node`, and its arguments.
 * @param {((text: string) => void) | undefined} hear Is told what the command writes, which is shown at once without it.
 * @returns {Promise<boolean>} Whether it succeeded.
 */
const execute = ([tool = 'node', ...toolArguments], hear) =>
  new Promise((resolve) => {
    const isNode = tool === 'node'
    const out = hear === undefined ? 'inherit' : 'pipe'
    const child = spawn(isNode ? process.execPath : path.join(binFolder, tool), toolArguments, {
      cwd: rootFolder,
      stdio: ['ignore', out, out],
      shell: process.platform === 'win32' && !isNode,
      env: environment,
    })
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', hear ?? (() => {}))
    child.on('error', (error) => {
      console.error(`${tool}: ${error.message}`)
      resolve(false)
    })
    child.on('close', (status) => resolve(status === 0))
  })

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
/** @type {string[]} */
const failedTitles = []

/**
 * Runs a section and prints it.
 *
 * @param {string} name By which it is chosen.
 * @param {Section} section What runs.
 * @param {boolean} isAlone Whether it shows what it does while it does it.
 */
const runSection = async (name, { title, commands }, isAlone) => {
  const heading = `\n=== ${title} ===\n`
  let said = ''
  const hear = (text) => {
    said += text
  }
  if (isAlone) process.stdout.write(heading)
  const sectionStartedMs = performance.now()
  let isOk = true
  for (const command of commands) isOk &&= await execute(command, isAlone ? undefined : hear)
  times.push(`${name} ${seconds(sectionStartedMs)}`)
  if (!isAlone) process.stdout.write(`${heading}${said}`)
  if (isOk) {
    console.log(`--- ${title}: ${seconds(sectionStartedMs)}`)
  } else {
    failedTitles.push(title)
    console.log(`\nTo repeat this section alone: node scripts/run-all.mjs --only ${name}`)
  }
}

/**
 * Runs sections side by side; those under way when one fails come to their end, and no more begin.
 *
 * @param {[string, Section][]} stage What runs, by name.
 */
const runStage = async (stage) => {
  const waiting = [...stage]
  /** @type {Map<string, Promise<void>>} */
  const ends = new Map()
  /** @param {[string, Section]} next By which name what runs. */
  const runNext = async ([name, section]) => {
    await ends.get(section.after ?? '')
    if (failedTitles.length === 0) await runSection(name, section, stage.length === 1)
  }
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const end = runNext(next)
      ends.set(next[0], end)
      await end
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

for (const stage of stages) {
  const wanted = Object.entries(stage).filter(([name]) => names.includes(name))
  await runStage(wanted)
}

console.log(`\n=== Summary ===\n${times.join(', ')}; together ${seconds(startedMs)}`)
if (failedTitles.length > 0) console.log(`Failed: ${failedTitles.join(', ')}`)
const { passed, failed, skipped } = readCounts()
// A section other than the tests counts as one failure, so that nobody reads success out of the last line.
const failures = failedTitles.length === 0 ? failed : Math.max(failed, 1)
if (names.includes('tests')) {
  console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
}
process.exit(failures > 0 ? 1 : 0)
