/**
 * Bundles @heddle/core for a browser and weighs it: everything that it exports, what a program with the engine takes, and what a page
 * takes that only looks at runs. Fails above a ceiling, and where anything of Node is imported.
 *
 * The goal is for our own code and its dependencies, apart from the serializer (superjson). It is not met with the engine inside:
 * the expression language alone (cel-js) takes more than half of it, and FlowRuntime holds all three ways to keep a run: in memory, by
 * a journal, in a store that workers share. The ceilings keep what is there from growing.
 */
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { rootFolder } from './ensure-installed.mjs'

const goalKb = 40
const serializer = 'superjson'
const parts = [
  { name: 'everything', exports: '*', ceilingKb: 178 },
  { name: 'the engine and the builder', exports: '{ FlowRuntime, defineWorkflow, route, expand }', ceilingKb: 149 },
  { name: 'reading journals and drawing', exports: '{ foldJournal, toMermaid, parseBlueprint }', ceilingKb: 20 },
]

/** @param {string} exported What the bundle exports of core. */
const bundle = async (exported) => {
  const { outputFiles, metafile } = await build({
    stdin: { contents: `export ${exported} from './packages/core/src/index.ts'`, resolveDir: rootFolder },
    absWorkingDir: rootFolder,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser', // a Node built-in does not resolve here: the bundle fails and says who imports it
    target: 'es2022',
    conditions: ['@heddle/source'],
    external: [serializer],
    logLevel: 'error',
  })
  const outputs = Object.values(metafile.outputs)
  const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  return {
    kb: bytes / 1024,
    strangers: outputs.flatMap(({ imports }) => imports.map((one) => one.path)).filter((name) => name !== serializer),
    inputs: Object.assign({}, ...outputs.map(({ inputs }) => inputs)),
  }
}

/** @param {Record<string, { bytesInOutput: number }>} inputs What is in the bundle, by file. */
const printFolders = (inputs) => {
  const byFolder = new Map()
  for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
    const [, folder = path.basename(input)] =
      /^packages\/core\/src\/([^/]+)/u.exec(input) ??
      /node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\/(?!.*node_modules)/u.exec(input) ??
      []
    byFolder.set(folder, (byFolder.get(folder) ?? 0) + bytesInOutput)
  }
  console.log('everything, minified bytes by folder or dependency:')
  for (const [folder, bytes] of [...byFolder].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(bytes).padStart(7)} ${folder}`)
  }
}

for (const { name, exports: exported, ceilingKb } of parts) {
  const { kb, strangers, inputs } = await bundle(exported)
  if (exported === '*') printFolders(inputs)
  const verdict =
    kb > goalKb ? `over the goal of ${goalKb} KB by ${(kb - goalKb).toFixed(1)} KB` : `within the goal of ${goalKb} KB`
  console.log(`${name}: ${kb.toFixed(1)} KB gzip without the serializer, ${verdict}; ceiling ${ceilingKb} KB`)
  if (strangers.length > 0) console.error(`Imports that a browser cannot load: ${strangers.join(', ')}.`)
  if (kb > ceilingKb) console.error(`Over the ceiling by ${(kb - ceilingKb).toFixed(1)} KB.`)
  if (strangers.length > 0 || kb > ceilingKb) process.exitCode = 1
}
