import { definitionHash } from '@heddle/core'
import { checkDefinition, isValid } from '../definition/check-definition.ts'
import { loadDefinition } from '../definition/load-definition.ts'
import { exitCodes } from '../exit-codes.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import { redirectWrites, type Io } from '../io.ts'
import { jsonText } from '../output/plain-json.ts'
import { counted } from '../output/counted.ts'
import { problemLines } from '../output/problem-lines.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { reportInvalid, titleOf } from './valid-definition.ts'

/** Options of `heddle validate`. */
export interface ValidateFlags extends DefinitionFlags {
  readonly json?: boolean
}

/**
 * `heddle validate FILE`: lists everything that is wrong with a definition, without running it.
 *
 * @returns the exit code: 0 if it can run, warnings or not
 * @throws HeddleError for a file that cannot be read
 */
export async function validateCommand(file: string, flags: ValidateFlags, io: Io): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  const output = new Printer(io.stdout, io.env)
  const undo = flags.json === true ? redirectWrites([process.stdout], (text) => io.stderr.write(text)) : undefined
  try {
    const definition = await loadDefinition({ file, registry: flags.registry, export: flags.export })
    const problems = checkDefinition(definition, false)
    const isFine = isValid(problems)
    const { blueprint, hasRegistry } = definition
    if (flags.json === true) {
      const facts = isFine
        ? { definitionHash: definitionHash(blueprint), nodes: blueprint.nodes.length, edges: blueprint.edges.length }
        : {}
      output.document(
        jsonText({ file, id: titleOf(definition), valid: isFine, handlersChecked: hasRegistry, ...facts, problems }, 2),
      )
    } else if (isFine) {
      const { styles } = output
      const size = `${counted(blueprint.nodes.length, 'node')}, ${counted(blueprint.edges.length, 'edge')}`
      const open = hasRegistry ? '' : '; its handlers were not checked (--registry MODULE)'
      output.line(`${styles.green('valid')} ${printableLine(titleOf(definition))}: ${size}${open}`)
    }
    if (isFine) errors.lines(problemLines(problems, errors.styles))
    else reportInvalid(definition, problems, errors)
    return isFine ? exitCodes.completed : exitCodes.usage
  } finally {
    undo?.()
  }
}
