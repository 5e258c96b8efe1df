import { speaksOf, type Piece } from './pieces.ts'

const declaration = /^local ([\w, ]+?)(?: = (.*))?$/u

/**
 * Turns the code of a script into that of a function library.
 *
 * A script makes all its functions anew each time that it runs, some dozens, and the server has to collect them afterwards; those of a
 * library are made once, when it is loaded. So the variables that they share cannot be those of a call: they belong to the library, and
 * each call begins with none of them set, whatever became of the call before. What the functions do not speak of stays with the call.
 *
 * @param replying sets `reply` to what the script replies; its body is the function `carryOut`
 * @returns code with a function `call` of the keys and the arguments
 */
export function libraryOf(pieces: readonly Piece[], replying: string): string {
  const functions = pieces.filter(({ name }) => name !== undefined)
  const own = pieces.filter(({ name }) => name === undefined).flatMap(({ lines }) => lines)
  const isShared = (name: string): boolean => functions.some((piece) => speaksOf(piece, name))
  const shared = new Set(['KEYS', 'ARGV'])
  const body = own.map((line) => {
    const [, names = '', value = 'nil'] = declaration.exec(line) ?? []
    const declared = names.split(', ')
    if (names === '' || !declared.some((name) => isShared(name))) return line
    for (const name of declared) shared.add(name)
    return `${names} = ${value}`
  })
  const variables = [...shared].join(', ')
  return [
    `local ${variables}`,
    ...functions.flatMap(({ lines }) => lines),
    'local function carryOut()',
    ...body,
    'end',
    // Whatever has no value here becomes nil.
    'local function setVariables(keys, arguments)',
    `${variables} = keys, arguments`,
    'end',
    'local function call(keys, arguments)',
    'setVariables(keys, arguments)',
    replying,
    // What a call was given and has read may be large: it is not kept until the next one.
    'setVariables()',
    'return reply',
    'end',
  ].join('\n')
}
