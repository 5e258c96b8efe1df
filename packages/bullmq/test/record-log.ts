import type { ILogger, LogMethod } from '@heddle/core'

/** A logger that keeps what it was told. */
export function recordLog(): { readonly logger: ILogger; readonly lines: string[] } {
  const lines: string[] = []
  const at =
    (level: string): LogMethod =>
    (fields, message) => {
      lines.push(`${level} ${typeof fields === 'string' ? fields : (message ?? '')}`)
    }
  const logger: ILogger = {
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  }
  return { logger, lines }
}
