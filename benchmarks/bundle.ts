import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = fileURLToPath(new URL('.', import.meta.url))

/** A program to fork, and how to remove it. */
export interface Bundle {
  readonly program: string
  readonly remove: () => void
}

/**
 * Compiles the child's program once, so that no process pays for a TypeScript loader; beside it lies the worker that recoveries kill. Heddle goes in from its sources, or from its
 * build (`usesBuild`: run `npm run build` before); peers stay what npm delivered. Each engine is a chunk of its own, loaded on demand.
 */
export async function bundleChild(usesBuild: boolean): Promise<Bundle> {
  if (usesBuild && !existsSync(path.join(folder, '../packages/core/dist/index.js'))) {
    throw new Error('--built: there is no packages/core/dist yet. Run npm run build first.')
  }
  // Inside the package, so that the peers are found; under node_modules, so that nobody commits it.
  const cache = path.join(folder, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const outdir = mkdtempSync(path.join(cache, 'bench-'))
  await build({
    entryPoints: ['run-case.ts', 'recovery-worker.ts'].map((file) => path.join(folder, file)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: usesBuild ? [] : ['@heddle/source'],
    external: ['flowcraft', '@flowcraft/*', '@langchain/*', 'bullmq', 'bullmq-5', 'ioredis', 'ioredis-5'],
    logLevel: 'error',
  })
  return { program: path.join(outdir, 'run-case.mjs'), remove: () => rmSync(outdir, { recursive: true, force: true }) }
}
