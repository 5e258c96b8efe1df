import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** A program to start, and how to remove it. */
export interface WorkerProgram {
  readonly file: string
  readonly remove: () => void
}

/** Compiles the worker of the chaos once, with all that it needs: workers that are killed all the time shall be there again at once. */
export async function bundleWorker(): Promise<WorkerProgram> {
  const folder = mkdtempSync(path.join(tmpdir(), 'heddle-chaos-worker-'))
  const file = path.join(folder, 'chaos-worker.cjs')
  await build({
    entryPoints: [fileURLToPath(new URL('../programs/chaos-worker.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    conditions: ['@heddle/source'],
    logLevel: 'error',
  })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
