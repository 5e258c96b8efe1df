/**
 * Bundles @heddle/core for a browser and weighs it. Fails above the ceiling, and where anything of Node is imported.
 * The goal is for our own code and its dependencies, apart from the serializer (superjson). The expression language alone
 * (cel-js) takes more than half of it; the ceiling keeps what is there from growing.
 */
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { rootFolder } from './ensure-installed.mjs'

const goalKb = 40
const ceilingKb = 76
const serializer = 'superjson'

const bundle = async (external) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(rootFolder, 'packages/core/src/index.ts')],
    absWorkingDir: rootFolder,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser', // a Node built-in does not resolve here: the bundle fails and says who imports it
    target: 'es2022',
    conditions: ['@heddle/source'],
    external,
    logLevel: 'error',
  })
  const outputs = Object.values(metafile.outputs)
  const imported = outputs.flatMap(({ imports }) => imports.map(({ path: name }) => name))
  const bytes = outputFiles.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0)
  return {
    kb: bytes / 1024,
    strangers: imported.filter((name) => !external.includes(name)),
    inputs: Object.assign({}, ...outputs.map(({ inputs }) => inputs)),
  }
}

/** @param {string[]} external Packages that are not weighed. */
const bundleOrLeave = async (external) => {
  try {
    return await bundle(external)
  } catch {
    process.exit(1) // esbuild has said which import, in which file
  }
}

const own = await bundleOrLeave([serializer])
const whole = await bundleOrLeave([])

const byFolder = new Map()
for (const [input, { bytesInOutput }] of Object.entries(own.inputs)) {
  const [, folder = input] =
    /^packages\/core\/src\/([^/]+)/u.exec(input) ??
    /node_modules\/((?:@[^/]+\/)?[^/.][^/]*)\/(?!.*node_modules)/u.exec(input) ??
    []
  byFolder.set(folder, (byFolder.get(folder) ?? 0) + bytesInOutput)
}
console.log('minified bytes by folder or dependency:')
for (const [folder, bytes] of [...byFolder].sort(([, a], [, b]) => b - a)) {
  console.log(`  ${String(bytes).padStart(7)} ${folder}`)
}
console.log(
  `@heddle/core for browsers, gzip: ${own.kb.toFixed(1)} KB (goal ${goalKb} KB, ceiling ${ceilingKb} KB); with ${serializer} ${whole.kb.toFixed(1)} KB`,
)

if (own.strangers.length > 0) console.error(`Imports that a browser cannot load: ${own.strangers.join(', ')}.`)
if (own.kb > goalKb) console.log(`Over the goal by ${(own.kb - goalKb).toFixed(1)} KB.`)
if (own.kb > ceilingKb) console.error(`Over the ceiling by ${(own.kb - ceilingKb).toFixed(1)} KB.`)
process.exit(own.strangers.length > 0 || own.kb > ceilingKb ? 1 : 0)
