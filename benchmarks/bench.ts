/** Measures Heddle beside a hand-written floor and its peers: `npm run bench -- --help`. */
import { writeDocs } from './docs-page.ts'
import { bundleChild } from './bundle.ts'
import { listCases } from './cases/index.ts'
import { describeMachine } from './machine.ts'
import { readOptions, usage } from './options.ts'
import type { BenchOptions } from './options.ts'
import { runCases } from './run-cases.ts'
import { printHead, printLine, printTitle } from './table.ts'

function chooseCases({ suites, casePatterns, graphsFolder, isQuick }: BenchOptions): ReturnType<typeof listCases> {
  const patterns = casePatterns.map((text) => new RegExp(`^${text.split('*').map(escape).join('.*')}$`, 'u'))
  return listCases({ graphsFolder, isQuick }).filter(
    ({ suite, id }) =>
      suites.includes(suite) && (patterns.length === 0 || patterns.some((pattern) => pattern.test(id))),
  )
}

function escape(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`)
}

async function main(options: BenchOptions): Promise<number> {
  const cases = chooseCases(options)
  if (options.isList) {
    for (const { suite, id, title } of cases) console.log(`${suite}  ${id.padEnd(24)}  ${title}`)
    return 0
  }
  if (cases.length === 0) throw new Error('No case has that name: --list shows all; the large ones are not in --quick.')
  const needsRedis = cases.some(({ suite }) => suite === 'redis')
  const machine = describeMachine({ usesBuild: options.usesBuild, needsRedis })
  const bundle = await bundleChild(options.usesBuild)
  process.once('exit', bundle.remove)
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))

  const out = process.stdout
  const { isJson } = options
  if (!isJson) printHead(out, machine, options.isQuick)
  const results = await runCases(cases, bundle, options, {
    onCase: (shown) => {
      if (!isJson) printTitle(out, shown)
    },
    onLine: (shown, line) => {
      if (isJson) out.write(`${JSON.stringify(line)}\n`)
      else printLine(out, shown, line)
    },
  })
  if (options.writesDocs) await writeDocs({ machine, results, isQuick: options.isQuick })
  // Slow is a number to look at; wrong is a failure.
  return results.some(({ lines }) => lines.some(({ engine, isWrong }) => engine === 'heddle' && isWrong === true))
    ? 1
    : 0
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options.isHelp) console.log(usage)
  else process.exitCode = await main(options)
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 2
}
