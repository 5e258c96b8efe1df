import { createHash } from 'node:crypto'

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

/**
 * Puts a script together of the fragments that it uses, in order, and its own body.
 *
 * The first line makes Redis refuse the whole script where a write would be refused (memory used up, disk failing, a read-only
 * replica): without it a script would be cut off in the middle, with half of its writes done.
 *
 * @param isReadOnly it writes nothing, so it also runs where writes are refused
 */
export function defineScript(
  name: string,
  fragments: readonly string[],
  body: string,
  { isReadOnly = false }: { readonly isReadOnly?: boolean } = {},
): RedisScript {
  const first = isReadOnly ? '#!lua flags=no-writes' : '#!lua'
  const text = [first, `-- ${name}`, ...fragments.map((part) => part.trim()), body.trim(), ''].join('\n')
  return { name, text, sha: createHash('sha1').update(text).digest('hex') }
}
