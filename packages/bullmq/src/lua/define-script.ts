import { createHash } from 'node:crypto'
import { withStateFields } from './state-fields.ts'

/** One operation as Redis runs it: in one go, so that it happens as a whole or not at all. */
export interface RedisScript {
  readonly name: string
  readonly text: string
  /** What `EVALSHA` knows it by. */
  readonly sha: string
}

/**
 * The text of Lua code as it stands. Scripts and fragments are modules, not files beside the build: the published package loads
 * nothing at run time, the compiler checks which fragments a script is made of, and the text stands below the words that describe it.
 */
export const lua: (text: TemplateStringsArray, ...parts: readonly (string | number)[]) => string = String.raw

const functionStart = /^local function (\w+)/u

/** The pieces of Lua code: each function that begins at the start of a line, with what stands above it, and what is between them. */
function piecesOf(text: string): { readonly name?: string; readonly lines: string[] }[] {
  const pieces: { name?: string; lines: string[] }[] = [{ lines: [] }]
  for (const line of text.split('\n')) {
    const name = functionStart.exec(line)?.[1]
    if (name !== undefined) pieces.push({ name, lines: [] })
    pieces.at(-1)?.lines.push(line)
    if (line === 'end' && pieces.at(-1)?.name !== undefined) pieces.push({ lines: [] })
  }
  return pieces
}

/**
 * Leaves out the functions of fragments that nothing in a script calls: a script makes all its functions anew each time that it runs, and
 * the server has to collect them afterwards.
 */
function withoutUnused(text: string): string {
  let pieces = piecesOf(text)
  for (;;) {
    const all = pieces.map(({ lines }) => lines.join('\n'))
    const isUsed = (name: string, own: number): boolean =>
      all.some((other, at) => at !== own && new RegExp(`\\b${name}\\b`, 'u').test(other))
    const used = pieces.filter(({ name }, at) => name === undefined || isUsed(name, at))
    if (used.length === pieces.length) return all.join('\n')
    pieces = used
  }
}

/** How a script may be run. */
export interface ScriptOptions {
  /** It writes nothing, so it also runs where writes are refused. */
  readonly isReadOnly?: boolean
}

/**
 * Makes a script.
 *
 * The first line makes Redis refuse the whole script where a write would be refused (memory used up, disk failing, a read-only
 * replica): without it a script would be cut off in the middle, with half of its writes done.
 */
export function defineScript(name: string, body: string, { isReadOnly = false }: ScriptOptions = {}): RedisScript {
  const first = isReadOnly ? '#!lua flags=no-writes' : '#!lua'
  const text = [first, `-- ${name}`, body.trim(), ''].join('\n')
  return { name, text, sha: createHash('sha1').update(text).digest('hex') }
}

/**
 * Puts a script on one run together of the fragments that it uses, in order, and its own body, which returns two things. The first is
 * the time that the index of partitions has to be told, or false. The second is its answer, which goes out as JSON: a client reads one
 * text faster than it reads lists of lists.
 */
export function defineRunScript(
  name: string,
  fragments: readonly string[],
  body: string,
  options?: ScriptOptions,
): RedisScript {
  const parts = withStateFields(withoutUnused([...fragments, body].map((part) => part.trim()).join('\n')))
  const text = `
local function answer()
${parts}
end
local told, reply = unpack(answer())
return {told, cjson.encode(reply)}`
  return defineScript(name, text, options)
}
