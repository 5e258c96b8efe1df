/** One level of a logger: a message, or an object with fields (an error is one) and a message. */
export type LogMethod = (objectOrMessage: object | string, message?: string) => void

/** Where Heddle writes what it has to say. Has the shape of pino, so a pino logger fits as it is. Silent by default. */
export interface ILogger {
  readonly trace: LogMethod
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** A logger that adds these fields to each entry. */
  readonly child: (bindings: Readonly<Record<string, unknown>>) => ILogger
}
