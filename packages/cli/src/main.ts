import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { isHeddleError } from '@heddle/core'
import { drawCommand, type DrawFlags } from './commands/draw.ts'
import { runCommand, type RunCommandFlags } from './commands/run.ts'
import { stepCommand, type StepFlags } from './commands/step.ts'
import { InvalidDefinition } from './commands/valid-definition.ts'
import { validateCommand, type ValidateFlags } from './commands/validate.ts'
import { exitCodes } from './exit-codes.ts'
import type { Io } from './io.ts'
import { thrownLines } from './output/error-lines.ts'
import { jsonText } from './output/plain-json.ts'
import { printableText } from './output/printable.ts'
import { Printer } from './output/printer.ts'

const file = 'a blueprint in JSON, or a module (.js, .mjs, .ts) that exports a workflow'
const registry = 'module with the handlers that the blueprint names'
const answer = 'answer to a wait when it opens, NAME/ACTION=JSON to route it; may be repeated'
const exportName = 'which export of FILE'

const exitCodeHelp = `
Exit codes:
  0    completed, or valid
  1    failed
  2    wrong options, or a definition or input that is not valid
  3    awaiting an answer from outside
  4    cancelled
  130  interrupted by Ctrl-C; the run is cancelled first`

/**
 * The `heddle` command.
 *
 * @param args what stands behind the command's name
 * @returns the exit code; nothing is thrown
 */
export async function main(args: readonly string[], io: Io): Promise<number> {
  const errors = new Printer(io.stderr, io.env)
  const done = { exitCode: exitCodes.completed as number }
  try {
    await createProgram(io, done).parseAsync(args, { from: 'user' })
    return done.exitCode
  } catch (error) {
    const isUsage = error instanceof CommanderError
    if (isUsage && error.exitCode === 0) return exitCodes.completed
    if (args.includes('--json')) {
      const data = isUsage ? { name: 'HeddleError', code: 'INVALID_OPTION', message: error.message } : error
      new Printer(io.stdout, io.env).document(jsonText({ error: data }, 2))
    }
    // Commander has told its own errors; all problems of a definition were listed.
    if (isUsage || error instanceof InvalidDefinition) return exitCodes.usage
    errors.lines(thrownLines(error, errors.styles))
    return isHeddleError(error) ? exitCodes.usage : exitCodes.failed
  }
}

function createProgram(io: Io, done: { exitCode: number }): Command {
  const out = new Printer(io.stdout, io.env)
  const errors = new Printer(io.stderr, io.env)
  const program = new Command('heddle')
    .description('Runs, checks and draws workflows of Heddle.')
    .version(packageVersion(), '-V, --version')
    .configureOutput({
      writeOut: (text) => out.line(printableText(text.trimEnd())),
      writeErr: (text) => errors.line(printableText(text.trimEnd())),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
    })
    .showHelpAfterError('(heddle --help lists the commands and their options)')
    .exitOverride()
    .addHelpText('after', exitCodeHelp)
  const ends = <Flags>(command: (name: string, flags: Flags, streams: Io) => Promise<number>) => {
    return async (name: string, flags: Flags): Promise<void> => {
      done.exitCode = await command(name, flags, io)
    }
  }
  addRunOptions(program.command('run').description('run a workflow in this process'))
    .option('--json', 'write the result as one JSON document to stdout, and everything else to stderr')
    .option('--answer <name=json>', answer, collect)
    .action(ends<RunCommandFlags>(runCommand))
  addDefinitionOptions(program.command('validate').description('list everything that is wrong with a definition'))
    .option('--json', 'write what was found as one JSON document to stdout')
    .action(ends<ValidateFlags>(validateCommand))
  addDefinitionOptions(program.command('draw').description('draw the graph of a workflow'))
    .option('--format <format>', 'mermaid or svg; by default what the name of OUT says, else mermaid')
    .option('-o, --output <out>', 'file to write; without it the drawing goes to stdout')
    .action(ends<DrawFlags>(drawCommand))
  addRunOptions(program.command('step').description('run a workflow one batch of ready nodes at a time'))
    .option('--all', 'do not ask before each step')
    .option('--answer <name=json>', answer, collect)
    .action(ends<StepFlags>(stepCommand))
  return program
}

function addDefinitionOptions(command: Command): Command {
  return command.argument('<file>', file).option('--registry <module>', registry).option('--export <name>', exportName)
}

function addRunOptions(command: Command): Command {
  return addDefinitionOptions(command)
    .option('--input <json>', 'input of the run: JSON, or @file')
    .option('--concurrency <n>', 'how many attempts may run at once; without it there is no limit')
    .option('--run-id <id>', 'id of the run: letters, digits, _ . -')
    .option('--deadline <duration>', 'limit of the whole run, such as 30s or 5m')
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
