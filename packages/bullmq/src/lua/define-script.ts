import { createHash } from 'node:crypto'
import { libraryOf } from './library.ts'
import { piecesOf, withoutUnused } from './pieces.ts'
import { withStateFields } from './state-fields.ts'

/** One operation as Redis runs it: in one go, so that it happens as a whole or not at all. It is a function of a library of its own. */
export interface RedisScript {
  readonly name: string
  /** The library, as `FUNCTION LOAD` takes it. */
  readonly text: string
  /**
   * What `FCALL` knows it by, and the name of its library too: it has a hash of the text. So versions that differ live side by side on one
   * server, and share what they have in common.
   */
  readonly functionName: string
}

/**
 * The text of Lua code as it stands. Scripts and fragments are modules, not files beside the build: the published package loads
 * nothing at run time, the compiler checks which fragments a script is made of, and the text stands below the words that describe it.
 */
export const lua: (text: TemplateStringsArray, ...parts: readonly (string | number)[]) => string = String.raw

/** How a script may be run. */
export interface ScriptOptions {
  /** It writes nothing, so it also runs where writes are refused. */
  readonly isReadOnly?: boolean
}

/**
 * Makes a script of its code, which returns the reply. What begins at the start of a line counts: a function there is made once, a
 * variable there is set anew by each call.
 *
 * Redis refuses a function as a whole where a write would be refused (memory used up, disk failing, a read-only replica), unless it is
 * said that it writes nothing: so none is cut off in the middle, with half of its writes done.
 */
export function defineScript(name: string, code: string, options?: ScriptOptions): RedisScript {
  return define(name, code, 'local reply = carryOut()', options)
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
  const replying = ['local told, answer = unpack(carryOut())', 'local reply = {told, cjson.encode(answer)}'].join('\n')
  return define(name, [...fragments, body].join('\n'), replying, options)
}

function define(name: string, code: string, replying: string, { isReadOnly = false }: ScriptOptions = {}): RedisScript {
  const library = withStateFields(libraryOf(withoutUnused(piecesOf(code)), replying))
  const flags = isReadOnly ? "'no-writes'" : ''
  const hash = createHash('sha1').update(`${flags}\n${library}`).digest('hex').slice(0, 12)
  const functionName = `heddle_${name.replaceAll('-', '_')}_${hash}`
  const registration = `redis.register_function{function_name = '${functionName}', callback = call, flags = {${flags}}}`
  return { name, text: [`#!lua name=${functionName}`, library, registration, ''].join('\n'), functionName }
}
