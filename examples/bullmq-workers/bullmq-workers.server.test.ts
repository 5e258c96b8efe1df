import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const run = promisify(execFile)

it('a run is finished although one of its two workers is killed', async () => {
  const program = fileURLToPath(new URL('main.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--conditions=@heddle/source', '--import', 'tsx', program])
  const lines = stdout.trim().split('\n')
  expect(lines).toContain('worker 1 is killed')
  expect(lines.at(-1)).toBe('client sees the run completed, with 10 cards sent')
  expect(lines.filter((line) => line.endsWith('sends 10 cards'))).toEqual(['worker 2 sends 10 cards'])
  expect(lines.filter((line) => line.startsWith('client sees') && line.endsWith('of 10 cards'))).toHaveLength(10)
})
