import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exitCodes } from '../src/exit-codes.ts'
import { cli } from './run-cli.ts'

const textOf = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8')

/** What a text says of an exit code: the rest of the line that begins with it, in a table or a list. */
function meaningOf(text: string, code: number): string {
  const [, meaning = ''] = new RegExp(String.raw`^[| ]*${code}[ |]+(.*?)[ |]*$`, 'mu').exec(text) ?? []
  return meaning
}

describe('heddle --help', { timeout: 60_000 }, () => {
  it('says of every exit code what the pages say', async () => {
    const { stdout } = await cli('--help')
    const texts = [stdout, textOf('../README.md'), textOf('../../../docs/cli.md')]
    for (const code of Object.values(exitCodes)) {
      const words = texts.map((text) => /[a-z]+/u.exec(meaningOf(text, code))?.[0])
      expect([code, ...words]).toEqual([code, words[0], words[0], words[0]])
      expect(words[0]).toBeDefined()
    }
    for (const text of texts) expect(meaningOf(text, exitCodes.failed)).toMatch(/^failed, or stalled/u)
  })
})
