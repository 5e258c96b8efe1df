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
import { addDefinitionOptions, addRunOptions, jsonDocument } from './options.ts'
import { addStoreCommands } from './store-commands.ts'

const exitCodeHelp = `
Exit codes:
  0    completed, valid, or drawn; a command about runs did what it was asked
  1    failed, or stalled: it can never go on; what diff compares differs
  2    wrong options, a definition or input that is not valid, or a store or run that cannot be used
  3    awaiting an answer from outside
  4    cancelled
  130  interrupted by Ctrl-C; the run is cancelled first, one in a store is kept as it is`

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
    // A store that fails while a run is under way has failed the run, whatever was asked.
    const isRefusal = isHeddleError(error) && error.code !== 'STORE_UNAVAILABLE'
    return isRefusal ? exitCodes.usage : exitCodes.failed
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
    .option('--store <dir>', 'folder that keeps the run, so that it can go on after a crash or a wait')
    .option('--json', jsonDocument)
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
    .action(ends<StepFlags>(stepCommand))
  addStoreCommands(program, io, (exitCode) => {
    done.exitCode = exitCode
  })
  return program
}

function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
