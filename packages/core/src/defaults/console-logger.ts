import type { ILogger, LogMethod } from '../ports/logger.ts'

/** Level of a log entry, from the most to the least talkative. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error'

const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error']

/** The part of `console` that is written to. */
export type LogConsole = Readonly<Record<LogLevel, (...data: unknown[]) => void>>

/** Options of a {@link consoleLogger}. */
export interface ConsoleLoggerOptions {
  /**
   * What is below this level is dropped.
   * @default 'info'
   */
  readonly level?: LogLevel
  /** @default globalThis.console */
  readonly console?: LogConsole
  /** Fields of every entry. */
  readonly bindings?: Readonly<Record<string, unknown>>
}

/** A logger for whoever wants to see what happens: the message and, where there are any, its fields, on the console. */
export function consoleLogger(options: ConsoleLoggerOptions = {}): ILogger {
  const { level = 'info', console: target = globalThis.console, bindings = {} } = options
  const lowest = levels.indexOf(level)
  const method = (name: LogLevel): LogMethod =>
    levels.indexOf(name) < lowest
      ? () => {}
      : (objectOrMessage, message) => {
          const isMessage = typeof objectOrMessage === 'string'
          const fields = isMessage ? bindings : { ...bindings, ...fieldsOf(objectOrMessage) }
          const text = isMessage ? objectOrMessage : (message ?? '')
          // `trace` of a console prints a stack for each entry.
          const write = target[name === 'trace' ? 'debug' : name].bind(target)
          if (Object.keys(fields).length === 0) write(text)
          else write(text, fields)
        }
  return {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    child: (more) => consoleLogger({ level, console: target, bindings: { ...bindings, ...more } }),
  }
}

/** As pino does: an error that is logged by itself is the field `err`. */
function fieldsOf(logged: object): object {
  return logged instanceof Error ? { err: logged } : logged
}
