import type { ILogger } from '../ports/logger.ts'

const nothing = (): void => {}

/** The default logger: drops everything. */
export const silentLogger: ILogger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
}
