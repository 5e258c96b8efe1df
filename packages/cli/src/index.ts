/**
 * The `heddle` command as functions: what the executable calls, for those who want to build a command of their own.
 *
 * @packageDocumentation
 */
export { exitCodeOf, exitCodes } from './exit-codes.ts'
export { processIo, type Io } from './io.ts'
export { main } from './main.ts'
export type { OutputStream } from './output/printer.ts'
export { layOut, type DrawnEdge, type DrawnNode, type Layout, type Point } from './drawing/layout.ts'
export { toSvg } from './drawing/to-svg.ts'
