import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { HeddleError, toMermaid, type WorkflowBlueprint } from '@heddle/core'
import { checkDefinition } from '../definition/check-definition.ts'
import { loadDefinition } from '../definition/load-definition.ts'
import { layOut } from '../drawing/layout.ts'
import { toSvg } from '../drawing/to-svg.ts'
import { exitCodes } from '../exit-codes.ts'
import type { DefinitionFlags } from '../flags/run-flags.ts'
import { redirectWrites, type Io } from '../io.ts'
import { problemLines } from '../output/problem-lines.ts'
import { printableLine } from '../output/printable.ts'
import { Printer } from '../output/printer.ts'
import { reportInvalid } from './valid-definition.ts'

/** Options of `heddle draw`. */
export interface DrawFlags extends DefinitionFlags {
  readonly format?: string
  readonly output?: string
}

const drawings: Readonly<Record<string, (blueprint: WorkflowBlueprint) => string>> = {
  mermaid: (blueprint) => toMermaid(blueprint),
  svg: (blueprint) => toSvg(layOut(blueprint)),
}

/**
 * `heddle draw FILE`: draws the graph of a workflow. What is wrong with its meaning is told and drawn all the same, so that one can
 * look at it; what is no blueprint at all cannot be drawn.
 *
 * @returns the exit code
 * @throws HeddleError for a file that cannot be read or written, an unknown format, a graph that is too large
 */
export async function drawCommand(file: string, flags: DrawFlags, io: Io): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  const format = formatOf(flags)
  const undo = redirectWrites([process.stdout], (text) => io.stderr.write(text))
  try {
    const definition = await loadDefinition({ file, registry: flags.registry, export: flags.export })
    const problems = checkDefinition(definition, false)
    if (
      problems.some(({ code, severity }) => severity === 'error' && (code === 'INVALID_SHAPE' || code === 'NOT_JSON'))
    ) {
      reportInvalid(definition, problems, errors)
      return exitCodes.usage
    }
    errors.lines(problemLines(problems, errors.styles))
    const drawing = (drawings[format] ?? toMermaid)(definition.blueprint)
    if (flags.output === undefined) new Printer(io.stdout, io.env).document(drawing)
    else {
      await write(flags.output, drawing)
      new Printer(io.stdout, io.env).line(`${format} written to ${printableLine(flags.output)}`)
    }
    return exitCodes.completed
  } finally {
    undo()
  }
}

function formatOf({ format, output }: DrawFlags): string {
  const chosen = format ?? (output !== undefined && path.extname(output).toLowerCase() === '.svg' ? 'svg' : 'mermaid')
  if (Object.hasOwn(drawings, chosen)) return chosen
  throw new HeddleError(
    'INVALID_OPTION',
    `--format is "${chosen}"; it must be one of ${Object.keys(drawings).join(', ')}.`,
    {
      details: { option: 'format' },
    },
  )
}

async function write(output: string, drawing: string): Promise<void> {
  try {
    await writeFile(output, drawing)
  } catch (error) {
    const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
    const mend = code === 'ENOENT' ? 'its folder does not exist' : code === 'EISDIR' ? 'it is a folder' : String(code)
    throw new HeddleError('INVALID_OPTION', `--output "${output}" cannot be written: ${mend}.`, {
      details: { output },
      cause: error,
    })
  }
}
